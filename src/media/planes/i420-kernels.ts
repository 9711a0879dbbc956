import { kernelsOn } from "../../core/kernels/kernels.ts";

/** What turns RGBA into the planes of an I420 picture; numbers are addresses in its memory, widths in pixels. */
export interface I420Kernels {
  lumaRow(pixels: number, out: number, constants: number, width: number): void;
  /** Chroma of two rows of pixels. */
  chromaRow(upper: number, lower: number, u: number, v: number, constants: number, width: number): void;
}

/** Weights of red, green and blue, in 1/32768 for luma and in 1/65536 for chroma, and where luma begins. */
export interface I420Constants {
  readonly luma: readonly [number, number, number];
  readonly black: number;
  readonly u: readonly [number, number, number];
  readonly v: readonly [number, number, number];
}

/** Bytes of the constants. */
export const I420_CONSTANTS = 4 * 16;

/** Vectors may reach this many bytes beyond the end of what they read or write. */
export const I420_SLACK = 64;

const LUMA_BITS = 15;
/** Place of what is added to luma, after the weights of luma, U and V. */
const LUMA_ADD = 48;

/** The kernels on a memory, WebAssembly SIMD. */
export function i420KernelsOn(memory: WebAssembly.Memory): I420Kernels {
  return kernelsOn<I420Kernels>("i420", memory);
}

/** Writes constants where the kernels read them. */
export function writeI420Constants(memory: WebAssembly.Memory, at: number, constants: I420Constants): void {
  const { luma, u, v, black } = constants;
  const lanes = new Int16Array(memory.buffer, at, 24);
  [luma, u, v].forEach((weights, i) => lanes.set([...weights, 0, ...weights, 0], 8 * i));
  new Int32Array(memory.buffer, at + LUMA_ADD, 4).fill(black * 2 ** LUMA_BITS + 2 ** (LUMA_BITS - 1));
}
