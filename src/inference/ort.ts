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

/** The WebAssembly of onnxruntime-web 1.30's builds, with its size in bytes; a test compares with the package. */
export const ORT_FILES = {
  wasm: { url: wasmUrl, bytes: 14_239_897 },
  jspi: { url: jspiUrl, bytes: 16_758_545 },
  asyncify: { url: asyncifyUrl, bytes: 26_781_914 },
} as const;

/** The build that serves a backend in this browser. */
export function ortBuildFor(backend: Backend): keyof typeof ORT_FILES {
  if (backend === "wasm") return "wasm";
  // The build with stack switching is 10 MB smaller; browsers without it get the other.
  return "Suspending" in WebAssembly ? "jspi" : "asyncify";
}

async function importOrt(backend: Backend): Promise<OrtBuild> {
  switch (ortBuildFor(backend)) {
    case "wasm":
      return { ort: await import("onnxruntime-web/wasm"), wasm: wasmUrl, mjs: wasmGlue };
    case "jspi":
      return { ort: await import("onnxruntime-web/jspi"), wasm: jspiUrl, mjs: jspiGlue };
    case "asyncify":
      return { ort: await import("onnxruntime-web/webgpu"), wasm: asyncifyUrl, mjs: asyncifyGlue };
  }
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
