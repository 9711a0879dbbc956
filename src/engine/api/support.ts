import { findWasmProblem } from "../../inference/wasm-support.ts";

/** Why something is not there, or is slower or smaller than it could be. */
export type LimitationCode =
  /** This browser runs no WebAssembly here (a lockdown mode). Nothing runs. */
  | "wasm/missing"
  /** Its WebAssembly has no vectors. Nothing runs. */
  | "wasm/no-simd"
  /** The page's content security policy forbids WebAssembly: `'wasm-unsafe-eval'` is missing. Nothing runs. */
  | "wasm/forbidden"
  /** There is no `OffscreenCanvas`. Nothing runs. */
  | "canvas/missing"
  /** The browser has no WebGPU, or withholds it from this page. */
  | "webgpu/missing"
  /** It has WebGPU but no adapter on this machine. */
  | "webgpu/no-adapter"
  /** The adapter is an emulation on the processor (`adapter`), so the engine chooses WebAssembly. */
  | "webgpu/emulated"
  /** The page is not cross-origin isolated (COOP and COEP), so WebAssembly has one thread. */
  | "threads/not-isolated"
  /** The browser has no WebCodecs, or withholds them from this page. */
  | "codecs/no-webcodecs"
  /** The browser does not decode `codec`. */
  | "codecs/no-decoder"
  /** The browser does not encode `codec`. */
  | "codecs/no-encoder"
  /** The page is neither on https nor at localhost. */
  | "page/insecure"
  /** The browser keeps no files for this page; long results lie in memory. */
  | "storage/no-files"
  /** It has no database, so no queue outlives the page. */
  | "storage/no-database"
  /** It has no locks, so no queue outlives the page. */
  | "storage/no-locks";

/** One fact: a code of the closed list and what it is about. */
export interface Limitation {
  readonly code: LimitationCode;
  readonly values: Readonly<Record<string, string | number>>;
}

/** A fact. */
export const fact = (code: LimitationCode, values: Limitation["values"] = {}): Limitation => ({
  code,
  values,
});

/** What keeps the engine from running at all. */
export function obstacles(): readonly Limitation[] {
  const problem = findWasmProblem();
  return [
    ...(problem ? [fact(`wasm/${problem}`)] : []),
    ...(typeof OffscreenCanvas === "undefined" ? [fact("canvas/missing")] : []),
  ];
}

/**
 * Whether the engine runs in this browser on this page; `capabilities()` says why not. Loads nothing.
 * @example
 * if (!isSupported()) showFallback();
 */
export function isSupported(): boolean {
  return obstacles().length === 0;
}
