import { EngineError } from "../job/errors.ts";

/** The smallest module with a vector instruction: `i8x16.splat`. */
const VECTOR_MODULE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
]);

/**
 * Checks that this thread can run the engine's WebAssembly, which fails in unreadable ways where it cannot.
 * @param given the namespace of this thread.
 * @throws EngineError `device/unsupported`.
 */
export function requireWasm(
  given: Pick<typeof WebAssembly, "validate" | "Module"> | undefined = globalThis.WebAssembly,
): void {
  if (!given) {
    throw new EngineError(
      "device/unsupported",
      "This browser does not run WebAssembly here. Switch off its lockdown or enhanced security mode for this site, or use another browser.",
    );
  }
  if (!given.validate(VECTOR_MODULE)) {
    throw new EngineError(
      "device/unsupported",
      "This browser's WebAssembly is too old for the engine (it has no vectors, SIMD). Update the browser: Chrome or Edge 94, Firefox 130, Safari 16.4 or newer.",
    );
  }
  try {
    new given.Module(VECTOR_MODULE);
  } catch (cause) {
    throw new EngineError(
      "device/unsupported",
      "This site's content security policy forbids WebAssembly. Whoever runs the site adds 'wasm-unsafe-eval' to script-src, for the page and for its worker scripts.",
      { cause },
    );
  }
}
