import { kernelsOn } from "../../core/kernels/kernels.ts";

/** Doubles pictures by Catmull-Rom interpolation; numbers are addresses in the memory of the kernels. */
export interface DoublingKernels {
  /** Writes each of `pixels` pixels, and after it the value half-way to the next; `source` begins one pixel before. */
  widen(source: number, out: number, pixels: number): void;
  /** Writes the values half-way between rows `b` and `c`, whose neighbours are `a` and `d`. */
  between(a: number, b: number, c: number, d: number, out: number, bytes: number): void;
  /** The same, halves rounded to the even number, as stores to a `Uint8ClampedArray` are. */
  widenEven(source: number, out: number, pixels: number): void;
  betweenEven(a: number, b: number, c: number, d: number, out: number, bytes: number): void;
}

/** Vectors may reach this many bytes beyond the end of what they read or write. */
export const DOUBLING_SLACK = 64;

/** The kernels on a memory, WebAssembly SIMD. */
export function doublingKernelsOn(memory: WebAssembly.Memory): DoublingKernels {
  return kernelsOn<DoublingKernels>("doubling", memory);
}
