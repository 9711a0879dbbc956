import type * as OnnxRuntime from "onnxruntime-web";
import asyncifyGlue from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url";
import asyncifyUrl from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import jspiGlue from "onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url";
import jspiUrl from "onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url";
import wasmGlue from "onnxruntime-web/ort-wasm-simd-threaded.mjs?url";
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import type { Backend } from "../job/job.ts";

/** onnxruntime-web's interface, the same for all its builds. */
export type Ort = typeof OnnxRuntime;

const loaded = new Map<Backend, Promise<Ort>>();

/** One build: its wasm, and the script that its threads start with. */
interface OrtBuild {
  readonly ort: Ort;
  readonly wasm: string;
  readonly mjs: string;
}

async function importOrt(backend: Backend): Promise<OrtBuild> {
  if (backend === "wasm") return { ort: await import("onnxruntime-web/wasm"), wasm: wasmUrl, mjs: wasmGlue };
  // The build with stack switching is 10 MB smaller; browsers without it get the other.
  if ("Suspending" in WebAssembly)
    return { ort: await import("onnxruntime-web/jspi"), wasm: jspiUrl, mjs: jspiGlue };
  return { ort: await import("onnxruntime-web/webgpu"), wasm: asyncifyUrl, mjs: asyncifyGlue };
}

/**
 * The smallest build of onnxruntime-web that serves a backend, loaded once in this thread from where our files are.
 * @param threads of its WebAssembly; the first call in this thread decides.
 */
export function loadOrt(backend: Backend, threads: number): Promise<Ort> {
  const known = loaded.get(backend);
  if (known !== undefined) return known;
  const loading = importOrt(backend).then(({ ort, wasm, mjs }) => {
    // Each build holds this script, too, but threads cannot be started from another origin's: then it is fetched.
    const foreign = new URL(wasm, location.href).origin !== location.origin;
    ort.env.wasm.wasmPaths = foreign ? { wasm, mjs } : { wasm };
    ort.env.wasm.numThreads = threads;
    ort.env.logLevel = "error";
    return ort;
  });
  loaded.set(backend, loading);
  loading.catch(() => loaded.delete(backend));
  return loading;
}
