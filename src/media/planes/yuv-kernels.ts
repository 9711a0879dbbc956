import { kernelsOn } from "../../core/kernels/kernels.ts";

/** What turns one row of a frame into pixels; numbers are addresses in its memory, lengths in pixels. */
export interface YuvKernels {
  /** Chroma of every pixel. */
  fullRow(y: number, u: number, v: number, constants: number, out: number, width: number): void;
  /** Chroma of every second pixel, repeated. */
  halfRow(y: number, u: number, v: number, constants: number, out: number, width: number): void;
}

/** Weights of luma and chroma in red, green and blue; what is added to each sum. All in 1/8192. */
export interface YuvConstants {
  readonly y: number;
  readonly redV: number;
  readonly greenU: number;
  readonly greenV: number;
  readonly blueU: number;
  readonly add: readonly [red: number, green: number, blue: number];
}

/** Fraction bits of {@link YuvConstants}. */
export const YUV_BITS = 13;
/** Vectors may reach this many bytes beyond the end of what they read or write. */
export const YUV_SLACK = 64;
/** Bytes of the constants. */
export const YUV_CONSTANTS = 7 * 16;

/** The kernels on a memory, WebAssembly SIMD. */
export function yuvKernelsOn(memory: WebAssembly.Memory): YuvKernels {
  return kernelsOn<YuvKernels>("yuv", memory);
}

/** Writes constants where the kernels read them. */
export function writeYuvConstants(memory: WebAssembly.Memory, at: number, constants: YuvConstants): void {
  const { y, redV, greenU, greenV, blueU } = constants;
  const pairs = [
    [y, redV],
    [y, greenU],
    [0, greenV],
    [y, blueU],
  ];
  const lanes = new Int16Array(memory.buffer, at, 32);
  pairs.forEach(([first, second], i) => {
    for (let k = 0; k < 8; k += 2) lanes.set([first!, second!], 8 * i + k);
  });
  const sums = new Int32Array(memory.buffer, at + 64, 12);
  constants.add.forEach((value, i) => sums.fill(value, 4 * i, 4 * i + 4));
}
