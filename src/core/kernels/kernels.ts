import { COMPILED } from "./compiled.ts";

/** Bytes of a page, in which WebAssembly counts memory. */
export const WASM_PAGE = 65_536;

const modules = new Map<string, WebAssembly.Module>();

/**
 * The functions of `assembly/NAME.ts` on a memory of the caller's: WebAssembly with fixed-width SIMD, which every browser
 * with WebCodecs has. Exponentials are the browser's own, as in TypeScript.
 */
export function kernelsOn<Kernels>(name: keyof typeof COMPILED, memory: WebAssembly.Memory): Kernels {
  let module = modules.get(name);
  if (!module) {
    const binary = Uint8Array.from(atob(COMPILED[name]), (letter) => letter.charCodeAt(0));
    module = new WebAssembly.Module(binary);
    modules.set(name, module);
  }
  return new WebAssembly.Instance(module, { env: { memory, exp: Math.exp } }).exports as unknown as Kernels;
}

/** Makes a memory at least so many bytes long; what was read from it before must be read again. */
export function growTo(memory: WebAssembly.Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / WASM_PAGE));
}

/** A memory that holds a picture which kernels may work on where it lies. */
export interface PictureMemory {
  readonly memory: WebAssembly.Memory;
  /** Where they find room for a moment, on a multiple of 16, and its bytes. */
  readonly roomAt: number;
  readonly roomBytes: number;
}

const pictureMemories = new WeakMap<ArrayBufferLike, PictureMemory>();

/** Lets kernels find a memory by its buffer; it must not grow any more. */
export function holdsPictures(held: PictureMemory): void {
  pictureMemories.set(held.memory.buffer, held);
}

/** The memory in which a picture lies, if it is one of kernels. */
export function pictureMemoryOf(buffer: ArrayBufferLike): PictureMemory | undefined {
  return pictureMemories.get(buffer);
}
