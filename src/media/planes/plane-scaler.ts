import type { Plane } from "./frame-planes.ts";
import { resizeTaps, type ResizeTaps } from "../image/resize-image.ts";
import { kernelsOn, WASM_PAGE } from "../../core/kernels/kernels.ts";

/** A scaler for planes of one size, with its own working memory. */
export type PlaneScaler = (source: Plane) => Plane;

/** Vectors may reach this many bytes beyond the end of what they read or write. */
const SLACK = 64;

/** The two filters; numbers are addresses in their memory. */
interface ScalingKernels {
  /** The sum of `count` rows (an even number), each times its 16-bit weight, as 16-bit samples. */
  mixRows(source: number, stride: number, weights: number, count: number, row: number, width: number): void;
  /** A row of bytes, each the sum of `count` (a multiple of eight) samples from its address in `firsts` times their weights. */
  filterRow(firsts: number, weights: number, count: number, out: number, width: number): void;
}

/** The kernels on a memory, WebAssembly SIMD. */
export function scalingKernelsOn(memory: WebAssembly.Memory): ScalingKernels {
  return kernelsOn<ScalingKernels>("scaling", memory);
}

/** The same taps for vectors: 16-bit weights, their number filled up with 0 to a multiple of `multiple`. */
function padTaps({ first, count, weights }: ResizeTaps, multiple: number, outputs: number) {
  const padded = Math.ceil(count / multiple) * multiple;
  const wider = new Int16Array(outputs * padded);
  for (let i = 0; i < first.length; i++) wider.set(weights.subarray(i * count, (i + 1) * count), i * padded);
  return { first, count: padded, weights: wider };
}

/**
 * A Lanczos-3 scaler in integers (the result is the same on every machine), in WebAssembly SIMD: ten times
 * as fast as TypeScript (a 4:2:0 frame of 1920 × 1080 pixels becomes 480 lines in 2.5 ms).
 * The plane that it returns is overwritten by its next call.
 */
export function createPlaneScaler(
  from: { width: number; height: number },
  width: number,
  height: number,
): PlaneScaler {
  if (from.width === width && from.height === height) return (source) => source;
  const across = padTaps(resizeTaps(from.width, width), 8, Math.ceil(width / 4) * 4);
  const down = padTaps(resizeTaps(from.height, height), 2, height);
  let end = 0;
  const reserve = (bytes: number) => {
    const start = end;
    end += Math.ceil((bytes + SLACK) / 16) * 16;
    return start;
  };
  // Filled-up taps read rows below the last one: there is memory, and their weight is 0.
  const source = reserve((from.height + down.count) * from.width);
  const row = reserve((from.width + across.count) * 2);
  const downWeights = reserve(down.weights.byteLength);
  const firsts = reserve(Math.ceil(width / 4) * 16);
  const acrossWeights = reserve(across.weights.byteLength);
  const out = reserve(width * height);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / WASM_PAGE) });
  const bytes = new Uint8Array(memory.buffer);
  new Int16Array(memory.buffer, downWeights).set(down.weights);
  new Int16Array(memory.buffer, acrossWeights).set(across.weights);
  new Int32Array(memory.buffer, firsts, Math.ceil(width / 4) * 4)
    .fill(row)
    .set(across.first.map((first) => row + 2 * first));
  const kernels = scalingKernelsOn(memory);
  return ({ data }) => {
    bytes.set(data, source);
    for (let y = 0; y < height; y++) {
      kernels.mixRows(
        source + down.first[y]! * from.width,
        from.width,
        downWeights + 2 * y * down.count,
        down.count,
        row,
        from.width,
      );
      kernels.filterRow(firsts, acrossWeights, across.count, out + y * width, width);
    }
    return { width, height, data: bytes.subarray(out, out + width * height) };
  };
}
