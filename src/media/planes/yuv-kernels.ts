import { assemble, wasm, type Code } from "../../core/wasm-assembler.ts";

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

const { get, set, add, number } = wasm;

/** Sixteen pixels at a time; `half` says whether two pixels share a chroma sample. */
function row(half: boolean): Code {
  const [y, u, v, constants, out, width, x, chroma] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
  const [luma, uLow, vLow, uHigh, vHigh, red, green, blue, part, low, high] = [
    8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
  ] as const;
  const constant = (index: number) => wasm.loadVector(add(get(constants), number(16 * index)));
  /** Luma and chroma of four pixels as pairs of 16-bit lanes; the high byte of a chroma lane is 0. */
  const pairs = (group: number, lowPart: number, highPart: number): Code => {
    const from = half || group < 2 ? lowPart : highPart;
    const lane = (i: number) => (half ? 2 * group + (i >> 1) : 4 * (group % 2) + i);
    const bytes = [0, 1, 2, 3].flatMap((i) => [4 * group + i, 17, 16 + 2 * lane(i), 17]);
    return wasm.shuffle(get(luma), get(from), bytes);
  };
  const sums = (index: number, group: number): Code => {
    const [fromU, fromV] = [pairs(group, uLow, uHigh), pairs(group, vLow, vHigh)];
    const products = [
      wasm.dot(fromV, constant(0)),
      wasm.addLanes(wasm.dot(fromU, constant(1)), wasm.dot(fromV, constant(2))),
      wasm.dot(fromU, constant(3)),
    ];
    return wasm.shiftRight(wasm.addLanes(products[index]!, constant(4 + index)), YUV_BITS);
  };
  const channels = [red, green, blue].flatMap((channel, index) => [
    ...set(part, wasm.narrow(sums(index, 0), sums(index, 1))),
    ...set(channel, wasm.narrowToBytes(get(part), wasm.narrow(sums(index, 2), sums(index, 3)))),
  ]);
  const bytesOf = (first: number) => Array.from({ length: 16 }, (_, i) => first + (i >> 1) + 16 * (i % 2));
  const wordsOf = (first: number) =>
    Array.from({ length: 16 }, (_, i) => first + 2 * (i >> 2) + (i % 2) + (i % 4 < 2 ? 0 : 16));
  const store = (first: number): Code => [
    ...set(low, wasm.shuffle(get(red), get(green), bytesOf(first))),
    ...set(high, wasm.shuffle(get(blue), wasm.everywhere(number(-1)), bytesOf(first))),
    ...wasm.storeVector(get(out), wasm.shuffle(get(low), get(high), wordsOf(0))),
    ...wasm.storeVector(add(get(out), number(16)), wasm.shuffle(get(low), get(high), wordsOf(8))),
    ...set(out, add(get(out), number(32))),
  ];
  const loads = [
    ...set(luma, wasm.loadVector(add(get(y), get(x)))),
    ...set(uLow, wasm.loadBytes(add(get(u), get(chroma)))),
    ...set(vLow, wasm.loadBytes(add(get(v), get(chroma)))),
    ...(half
      ? []
      : [
          ...set(uHigh, wasm.loadBytes(add(add(get(u), get(chroma)), number(8)))),
          ...set(vHigh, wasm.loadBytes(add(add(get(v), get(chroma)), number(8)))),
        ]),
  ];
  return wasm.loop(
    [
      ...loads,
      ...channels,
      ...store(0),
      ...store(8),
      ...set(chroma, add(get(chroma), number(half ? 8 : 16))),
      ...set(x, add(get(x), number(16))),
    ],
    wasm.less(get(x), get(width)),
  );
}

let module: WebAssembly.Module | undefined;

/** The kernels on a memory, WebAssembly SIMD. */
export function yuvKernelsOn(memory: WebAssembly.Memory): YuvKernels {
  const shape = { parameters: 6, numbers: 2, vectors: 11 };
  module ??= assemble([
    { name: "fullRow", ...shape, body: row(false) },
    { name: "halfRow", ...shape, body: row(true) },
  ]);
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as YuvKernels;
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
