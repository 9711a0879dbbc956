import type { Backend } from "../job/job.ts";
import { findGpu, type GpuFacts } from "./gpu.ts";
import { describeWasm, wasmThreads } from "./wasm-threads.ts";

/** Where the networks should run on this machine, and why. */
export interface BackendChoice {
  readonly backend: Backend;
  /** The GPU's name, or the number of wasm threads, to show the user. */
  readonly adapter: string;
  /** Threads of the wasm backend; 1 on WebGPU. */
  readonly threads: number;
  readonly crossOriginIsolated: boolean;
  /** A sentence for the user. */
  readonly reason: string;
}

/**
 * The choice for given facts.
 * @param wanted overrides the choice of the backend when the machine has it.
 */
export function chooseBackend(
  facts: {
    readonly gpu: Pick<GpuFacts, "name" | "software"> | undefined;
    readonly isolated: boolean;
    readonly cores: number;
  },
  wanted?: Backend,
): BackendChoice {
  const { gpu, isolated, cores } = facts;
  const backend = gpu === undefined ? "wasm" : (wanted ?? (gpu.software ? "wasm" : "webgpu"));
  if (backend === "webgpu" && gpu !== undefined) {
    const reason =
      wanted === "webgpu"
        ? `WebGPU was asked for; the adapter is ${gpu.name}.`
        : `${gpu.name} offers WebGPU.`;
    return { backend, adapter: gpu.name, threads: 1, crossOriginIsolated: isolated, reason };
  }
  const threads = wasmThreads(isolated, cores);
  const why =
    gpu === undefined
      ? "No WebGPU adapter was found"
      : wanted === "wasm"
        ? "WebAssembly was asked for"
        : `The WebGPU adapter ${gpu.name} is emulated on the CPU, which is slower than WebAssembly`;
  const single = isolated ? "" : " The page is not cross-origin isolated, so one thread is used.";
  return {
    backend,
    adapter: describeWasm(threads),
    threads,
    crossOriginIsolated: isolated,
    reason: `${why}.${single}`,
  };
}

/**
 * Chooses WebGPU when the machine has a real adapter, else wasm.
 * @param wanted overrides the choice; WebGPU still needs an adapter, an emulated one then suffices.
 */
export async function probeBackend(wanted?: Backend): Promise<BackendChoice> {
  return chooseBackend(
    {
      gpu: await findGpu(),
      isolated: globalThis.crossOriginIsolated,
      cores: globalThis.navigator.hardwareConcurrency,
    },
    wanted,
  );
}
