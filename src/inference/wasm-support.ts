import { EngineError } from "../job/errors.ts";

/** The smallest module with a vector instruction: `i8x16.splat`. */
const VECTOR_MODULE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
]);

/** What of WebAssembly the engine needs, as a thread has it. */
type WasmNamespace = Pick<typeof WebAssembly, "validate" | "Module">;

/** Why a thread cannot run the engine's WebAssembly: there is none, it has no vectors, or a policy forbids it. */
export type WasmProblem = "missing" | "no-simd" | "forbidden";

/**
 * Looks for what keeps a thread from running the engine's WebAssembly, without loading anything.
 * @param given the namespace of this thread.
 */
export function findWasmProblem(
  given: WasmNamespace | undefined = globalThis.WebAssembly,
): WasmProblem | undefined {
  if (!given) return "missing";
  if (!given.validate(VECTOR_MODULE)) return "no-simd";
  try {
    new given.Module(VECTOR_MODULE);
    return undefined;
  } catch {
    return "forbidden";
  }
}

const SENTENCES: Readonly<Record<WasmProblem, string>> = {
  missing:
    "This browser does not run WebAssembly here. Switch off its lockdown or enhanced security mode for this site, or use another browser.",
  "no-simd":
    "This browser's WebAssembly is too old for the engine (it has no vectors, SIMD). Update the browser: Chrome or Edge 94, Firefox 130, Safari 16.4 or newer.",
  forbidden:
    "This site's content security policy forbids WebAssembly. Whoever runs the site adds 'wasm-unsafe-eval' to script-src, for the page and for its worker scripts.",
};

/**
 * Checks that this thread can run the engine's WebAssembly, which fails in unreadable ways where it cannot.
 * @param given the namespace of this thread.
 * @throws EngineError `device/unsupported`.
 */
export function requireWasm(given: WasmNamespace | undefined = globalThis.WebAssembly): void {
  const problem = findWasmProblem(given);
  if (problem) throw new EngineError("device/unsupported", SENTENCES[problem]);
}
