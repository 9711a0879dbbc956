import { assemble, wasm, type Code } from "../../core/wasm-assembler.ts";

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

const { get, set, add, number } = wasm;

const LUMA_BITS = 15;
/** Of a sum over four pixels. */
const CHROMA_BITS = 18;
const CHROMA_ADD = 128 * 2 ** CHROMA_BITS + 2 ** (CHROMA_BITS - 1);
/** Places of the constants: weights of luma, of u and of v, and what is added to luma. */
const [LUMA, U, V, LUMA_ADD] = [0, 16, 32, 48] as const;

const words = (...order: number[]) => order.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte));

/** Weighted sums of four pixels: `a` and `b` hold two pixels of four 16-bit lanes each. */
function four(a: number, b: number, by: Code, plus: Code, bits: number, first: number, second: number): Code {
  return [
    ...set(first, wasm.dot(get(a), by)),
    ...set(second, wasm.dot(get(b), by)),
    ...wasm.shiftRight(
      wasm.addLanes(
        wasm.addLanes(
          wasm.shuffle(get(first), get(second), words(0, 2, 4, 6)),
          wasm.shuffle(get(first), get(second), words(1, 3, 5, 7)),
        ),
        plus,
      ),
      bits,
    ),
  ];
}

function lumaRow(): Code {
  const [pixels, out, constants, width, x, a, b, first, second, low] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
  ] as const;
  const constant = (place: number) => wasm.loadVector(add(get(constants), number(place)));
  const quad = (index: number): Code => [
    ...set(a, wasm.loadBytes(add(get(pixels), number(16 * index)))),
    ...set(b, wasm.loadBytes(add(get(pixels), number(16 * index + 8)))),
    ...four(a, b, constant(LUMA), constant(LUMA_ADD), LUMA_BITS, first, second),
  ];
  return wasm.loop(
    [
      ...set(low, wasm.narrow(quad(0), quad(1))),
      ...wasm.storeHalf(add(get(out), get(x)), wasm.narrowToBytes(get(low), get(low))),
      ...set(pixels, add(get(pixels), number(32))),
      ...set(x, add(get(x), number(8))),
    ],
    wasm.less(get(x), get(width)),
  );
}

function chromaRow(): Code {
  const [upper, lower, u, v, constants, width, x] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [a, b, c, d, first, second, made] = [7, 8, 9, 10, 11, 12, 13] as const;
  const plus = wasm.everywhere(number(CHROMA_ADD));
  const halves = (...order: number[]) =>
    order.flatMap((half) => Array.from({ length: 8 }, (_, i) => 8 * half + i));
  /** Sums over two rows of the two pixels that lie `offset` bytes from here. */
  const column = (offset: number) =>
    wasm.addShorts(
      wasm.loadBytes(add(get(upper), number(offset))),
      wasm.loadBytes(add(get(lower), number(offset))),
    );
  /** Sums over 2 × 2 pixels, two of them. */
  const squares = (offset: number): Code => [
    ...set(first, column(offset)),
    ...set(second, column(offset + 8)),
    ...wasm.addShorts(
      wasm.shuffle(get(first), get(second), halves(0, 2)),
      wasm.shuffle(get(first), get(second), halves(1, 3)),
    ),
  ];
  const plane = (place: number, out: number): Code => {
    const by = wasm.loadVector(add(get(constants), number(place)));
    return [
      ...set(
        made,
        wasm.narrow(
          four(a, b, by, plus, CHROMA_BITS, first, second),
          four(c, d, by, plus, CHROMA_BITS, first, second),
        ),
      ),
      ...wasm.storeHalf(get(out), wasm.narrowToBytes(get(made), get(made))),
      ...set(out, add(get(out), number(8))),
    ];
  };
  return wasm.loop(
    [
      ...[a, b, c, d].flatMap((squared, i) => set(squared, squares(16 * i))),
      ...plane(U, u),
      ...plane(V, v),
      ...set(upper, add(get(upper), number(64))),
      ...set(lower, add(get(lower), number(64))),
      ...set(x, add(get(x), number(16))),
    ],
    wasm.less(get(x), get(width)),
  );
}

let module: WebAssembly.Module | undefined;

/** The kernels on a memory, WebAssembly SIMD. */
export function i420KernelsOn(memory: WebAssembly.Memory): I420Kernels {
  module ??= assemble([
    { name: "lumaRow", parameters: 4, numbers: 1, vectors: 5, body: lumaRow() },
    { name: "chromaRow", parameters: 6, numbers: 1, vectors: 7, body: chromaRow() },
  ]);
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as I420Kernels;
}

/** Writes constants where the kernels read them. */
export function writeI420Constants(memory: WebAssembly.Memory, at: number, constants: I420Constants): void {
  const { luma, u, v, black } = constants;
  const lanes = new Int16Array(memory.buffer, at, 24);
  [luma, u, v].forEach((weights, i) => lanes.set([...weights, 0, ...weights, 0], 8 * i));
  new Int32Array(memory.buffer, at + LUMA_ADD, 4).fill(black * 2 ** LUMA_BITS + 2 ** (LUMA_BITS - 1));
}
