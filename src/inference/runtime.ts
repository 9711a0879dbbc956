/// <reference types="@webgpu/types" />
import { EngineError, toEngineError } from "../job/errors.ts";
import type { Backend } from "../job/job.ts";
import type { Warning } from "../job/warnings.ts";
import { openChecked, type CheckedModel, type CheckedOpening } from "./check/checked-model.ts";
import { DeviceWatch, lostInThisThread } from "./device-watch.ts";
import { exclusively } from "./exclusive.ts";
import { findGpu, requestDevice } from "./gpu.ts";
import { loadAsset } from "./load-asset.ts";
import type { Model, Tensor } from "./model.ts";
import { ASSETS, type AssetName, type ModelName } from "./model-registry.ts";
import { OWN_KERNELS } from "./own-kernels.ts";
import { openNetwork } from "./network/network.ts";
import { widenConvolutions } from "./onnx/widen-convolutions.ts";
import { loadOrt, type Ort } from "./ort.ts";
import { OrtModel } from "./ort-model.ts";
import { probeBackend } from "./choose-backend.ts";
import { describeWasm } from "./wasm-threads.ts";
import { requireWasm } from "./wasm-support.ts";

/** The place where networks run: one backend on one device, usable in a worker and on a page. */
export interface Runtime {
  readonly backend: Backend;
  /** What to show the user: the GPU's name, or WebAssembly and its threads. */
  readonly adapter: string;
  readonly threads: number;
  /** The device of the WebGPU backend, for sharing buffers; undefined on wasm. */
  readonly device: GPUDevice | undefined;
  /** Says of every model of ours that runs on the processor instead, why it does. */
  readonly notes: readonly Warning[];
  /**
   * A model that ships with the project, fetched and verified.
   * @param sample feeds of one real frame: on WebGPU the model is tried with them (see {@link openChecked}) and runs on
   * the processor when its numbers differ there by more than {@link OWN_TOLERANCE}. Without them it is not tried.
   * @throws EngineError `model/load`, `model/integrity`, `device/lost`, `device/memory`.
   */
  load(name: ModelName, sample?: Sample): Promise<Model>;
  /**
   * A model that the user brought, as it is on this backend; on WebGPU what is known to go wrong there is mended first.
   * @param label names it in errors.
   * @throws EngineError `model/unsupported` when onnxruntime refuses it, `model/integrity` when it breaks off.
   */
  loadFile(file: Blob, label: string): Promise<Model>;
  /**
   * A model that the user brought, compared with the processor first; this runtime must be on WebGPU.
   * @param opening what {@link openChecked} needs besides; `hash` names the file and all else that decides on the shaders.
   */
  loadChecked(
    opening: Omit<CheckedOpening, "adapter" | "key"> & { readonly hash: string },
  ): Promise<CheckedModel>;
  /** The runtime on the processor in this thread, started when it is first asked for; on wasm it is this one. */
  processor(): Promise<Runtime>;
  /** A file that ships with the project, fetched and verified, in bytes. */
  loadAsset(name: AssetName): Promise<Uint8Array<ArrayBuffer>>;
  /** Releases all models and the device; after a loss there is nothing left to release. */
  dispose(): Promise<void>;
}

/** Feeds of one real frame, made when they are needed. */
export type Sample = () => Promise<Readonly<Record<string, Tensor>>>;

/**
 * Largest difference of our own models' numbers between WebGPU and wasm, as a share of each output's largest value.
 * Measured: 2e-6 on an emulated adapter; at 1e-3 a landmark is off by a fifth of a pixel of the 192 that the mesh sees.
 */
export const OWN_TOLERANCE = 1e-3;

/** Part of every verdict's key: what this engine does with a model before it is opened. */
const TREATMENT = "widened-1";

/** Settings of {@link createRuntime}. */
export interface RuntimeOptions {
  /** Overrides the probe's choice. */
  readonly backend?: Backend;
  /** Overrides the number of wasm threads; the first runtime of a thread decides. */
  readonly threads?: number;
  /** Refuses models of which a part would run on the CPU, for checks of the WebGPU backend. */
  readonly gpuOnly?: boolean;
  /**
   * Seconds after which a run or an opening on WebGPU counts as never answered and the device as lost. 120 when absent,
   * and whatever takes longer than that is faster on wasm; 900 on adapters that are emulated on the CPU.
   */
  readonly answerSeconds?: number;
  /** Told once when the GPU device is lost. */
  readonly onLost?: (error: EngineError) => void;
}

const ANSWER_SECONDS = { real: 120, emulated: 900 } as const;

class OrtRuntime implements Runtime {
  private readonly models = new Set<Model>();
  private readonly checked: CheckedModel[] = [];
  private onProcessor: Promise<Runtime> | undefined;

  constructor(
    private readonly ort: Ort,
    private readonly watch: DeviceWatch,
    private readonly gpuOnly: boolean,
    readonly backend: Backend,
    readonly adapter: string,
    readonly threads: number,
  ) {}

  get device(): GPUDevice | undefined {
    return this.watch.device;
  }

  get notes(): readonly Warning[] {
    return this.checked.flatMap(({ note }) => note ?? []);
  }

  async load(name: ModelName, sample?: Sample): Promise<Model> {
    if (this.device === undefined && OWN_KERNELS.has(name)) return openNetwork(await loadAsset(name), name);
    if (this.device === undefined || !sample) return this.create(await loadAsset(name), name, "model/load");
    const feeds = await sample();
    const model = await this.loadChecked({
      label: name,
      hash: ASSETS[name].sha256,
      trial: { run: (tried) => tried.run(feeds), tolerance: OWN_TOLERANCE },
      openOnDevice: () => this.load(name),
      openOnProcessor: async () => (await this.processor()).load(name),
    });
    this.checked.push(model);
    return model;
  }

  async loadFile(file: Blob, label: string): Promise<Model> {
    const treated = this.device === undefined ? file : (await widenConvolutions(file)).file;
    return this.create(new Uint8Array(await treated.arrayBuffer()), label, "model/unsupported");
  }

  loadChecked({
    hash,
    ...opening
  }: Omit<CheckedOpening, "adapter" | "key"> & { readonly hash: string }): Promise<CheckedModel> {
    const { adapter, ort } = this;
    const key = [hash, TREATMENT, ort.env.versions.web, navigator.userAgent, adapter].join(" | ");
    return openChecked({ ...opening, adapter, key });
  }

  processor(): Promise<Runtime> {
    if (this.device === undefined) return Promise.resolve(this);
    this.onProcessor ??= createRuntime({ backend: "wasm" });
    this.onProcessor.catch(() => (this.onProcessor = undefined));
    return this.onProcessor;
  }

  loadAsset(name: AssetName): Promise<Uint8Array<ArrayBuffer>> {
    return loadAsset(name);
  }

  async dispose(): Promise<void> {
    if (!this.watch.isLost) for (const model of this.models) await model.release();
    this.models.clear();
    this.watch.close();
    await (await this.onProcessor?.catch(() => undefined))?.dispose();
  }

  private create(bytes: Uint8Array, label: string, code: "model/load" | "model/unsupported"): Promise<Model> {
    const { device } = this.watch;
    return exclusively(async () => {
      try {
        const session = await this.watch.guard(() =>
          this.ort.InferenceSession.create(bytes, {
            executionProviders: [device === undefined ? { name: "wasm" } : { name: "webgpu", device }],
            graphOptimizationLevel: "all",
            ...(this.gpuOnly ? { extra: { session: { disable_cpu_ep_fallback: "1" } } } : {}),
          }),
        );
        const model = new OrtModel(
          this.ort,
          session,
          this.watch,
          label,
          code === "model/load" ? "internal/bug" : code,
        );
        this.models.add(model);
        return model;
      } catch (error) {
        throw toEngineError(error, code, `The model ${label} could not be opened on ${this.adapter}`);
      }
    });
  }
}

/**
 * Opens the backend that the probe chooses, or the one asked for.
 * @throws EngineError `device/backend` when WebGPU is asked for and the machine has no adapter or refuses a device,
 * `device/unsupported` when this thread cannot run WebAssembly;
 * `device/lost` when it is asked for in a thread that has lost a device (a new worker can have it);
 * `model/load` when onnxruntime itself cannot be downloaded.
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  requireWasm();
  const choice = await probeBackend(options.backend);
  if (options.backend !== undefined && choice.backend !== options.backend) {
    throw new EngineError(
      "device/backend",
      `${choice.reason} Choose the WebAssembly backend or a browser with WebGPU.`,
    );
  }
  const { backend } = choice;
  let device: GPUDevice | undefined;
  let emulated = false;
  const lostHere = lostInThisThread();
  if (backend === "webgpu" && lostHere) {
    if (options.backend === undefined) return createRuntime({ ...options, backend: "wasm" });
    throw lostHere;
  }
  if (backend === "webgpu") {
    try {
      const gpu = (await findGpu())!;
      emulated = gpu.software;
      device = await requestDevice(gpu.adapter);
    } catch (error) {
      if (options.backend === undefined) return createRuntime({ ...options, backend: "wasm" });
      throw toEngineError(
        error,
        "device/backend",
        `The graphics device of ${choice.adapter} could not be opened`,
      );
    }
  }
  let ort: Ort;
  try {
    ort = await loadOrt(backend, options.threads ?? choice.threads);
  } catch (error) {
    throw new EngineError(
      "model/load",
      "The inference engine could not be downloaded. Check the connection and reload the page.",
      { cause: error },
    );
  }
  const threads = ort.env.wasm.numThreads ?? 1;
  const adapter = device === undefined ? describeWasm(threads) : choice.adapter;
  const watch = new DeviceWatch({
    device,
    adapter,
    answerSeconds: options.answerSeconds ?? ANSWER_SECONDS[emulated ? "emulated" : "real"],
    onLost: options.onLost,
  });
  return new OrtRuntime(ort, watch, options.gpuOnly ?? false, backend, adapter, threads);
}
