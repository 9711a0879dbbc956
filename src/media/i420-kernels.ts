import { assemble, wasm, type Code } from "../core/wasm-assembler.ts";

/** What turns RGBA into the planes of an I420 picture; numbers are addresses in its memory, widths in pixels. */
export interface I420Kernels {
  lumaRow(pixels: number, out: number, width: number): void;
  /** Chroma of two rows of pixels. */
  chromaRow(upper: number, lower: number, u: number, v: number, width: number): void;
}

/** Vectors may reach this many bytes beyond the end of what they read or write. */
export const I420_SLACK = 64;

const { get, set, add, number } = wasm;

/** Weights of red, green and blue for two pixels of eight 16-bit lanes. */
const weights = (red: number, green: number, blue: number): Code =>
  wasm.constantShorts([red, green, blue, 0, red, green, blue, 0]);

// BT.709, limited range. Luma in 1/32768; chroma in 1/65536 of a sum of four pixels.
const LUMA = weights(5983, 20_127, 2032);
const LUMA_ADD = 16 * 32_768 + 16_384;
const U = weights(-6596, -22_189, 28_784);
const V = weights(28_784, -26_145, -2639);
const CHROMA_ADD = 128 * 262_144 + 131_072;

const words = (...order: number[]) => order.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte));

/** Weighted sums of four pixels: `a` and `b` hold two pixels of four 16-bit lanes each. */
function four(
  a: number,
  b: number,
  by: Code,
  plus: number,
  bits: number,
  first: number,
  second: number,
): Code {
  return [
    ...set(first, wasm.dot(get(a), by)),
    ...set(second, wasm.dot(get(b), by)),
    ...wasm.shiftRight(
      wasm.addLanes(
        wasm.addLanes(
          wasm.shuffle(get(first), get(second), words(0, 2, 4, 6)),
          wasm.shuffle(get(first), get(second), words(1, 3, 5, 7)),
        ),
        wasm.everywhere(number(plus)),
      ),
      bits,
    ),
  ];
}

function lumaRow(): Code {
  const [pixels, out, width, x, a, b, first, second, low] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
  const quad = (index: number): Code => [
    ...set(a, wasm.loadBytes(add(get(pixels), number(16 * index)))),
    ...set(b, wasm.loadBytes(add(get(pixels), number(16 * index + 8)))),
    ...four(a, b, LUMA, LUMA_ADD, 15, first, second),
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
  const [upper, lower, u, v, width, x] = [0, 1, 2, 3, 4, 5] as const;
  const [a, b, c, d, first, second, made] = [6, 7, 8, 9, 10, 11, 12] as const;
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
  const plane = (by: Code, out: number): Code => [
    ...set(
      made,
      wasm.narrow(
        four(a, b, by, CHROMA_ADD, 18, first, second),
        four(c, d, by, CHROMA_ADD, 18, first, second),
      ),
    ),
    ...wasm.storeHalf(get(out), wasm.narrowToBytes(get(made), get(made))),
    ...set(out, add(get(out), number(8))),
  ];
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
    { name: "lumaRow", parameters: 3, numbers: 1, vectors: 5, body: lumaRow() },
    { name: "chromaRow", parameters: 5, numbers: 1, vectors: 7, body: chromaRow() },
  ]);
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as I420Kernels;
}
