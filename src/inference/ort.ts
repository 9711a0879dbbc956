import type * as OnnxRuntime from "onnxruntime-web";
import asyncifyUrl from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import jspiUrl from "onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url";
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import type { Backend } from "../core/job.ts";

/** onnxruntime-web's interface, the same for all its builds. */
export type Ort = typeof OnnxRuntime;

const loaded = new Map<Backend, Promise<Ort>>();

async function importOrt(backend: Backend): Promise<{ ort: Ort; wasm: string }> {
  if (backend === "wasm") return { ort: await import("onnxruntime-web/wasm"), wasm: wasmUrl };
  // The build with stack switching is 10 MB smaller; browsers without it get the other.
  if ("Suspending" in WebAssembly) return { ort: await import("onnxruntime-web/jspi"), wasm: jspiUrl };
  return { ort: await import("onnxruntime-web/webgpu"), wasm: asyncifyUrl };
}

/**
 * The smallest build of onnxruntime-web that serves a backend, loaded once in this thread from our own origin.
 * @param threads of its WebAssembly; the first call in this thread decides.
 */
export function loadOrt(backend: Backend, threads: number): Promise<Ort> {
  const known = loaded.get(backend);
  if (known !== undefined) return known;
  const loading = importOrt(backend).then(({ ort, wasm }) => {
    ort.env.wasm.wasmPaths = { wasm };
    ort.env.wasm.numThreads = threads;
    ort.env.logLevel = "error";
    return ort;
  });
  loaded.set(backend, loading);
  loading.catch(() => loaded.delete(backend));
  return loading;
}
