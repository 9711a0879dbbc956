import { assemble, wasm, type Code } from "../../core/wasm-assembler.ts";

/** Doubles pictures by Catmull-Rom interpolation; numbers are addresses in the memory of the kernels. */
export interface DoublingKernels {
  /** Writes each of `pixels` pixels, and after it the value half-way to the next; `source` begins one pixel before. */
  widen(source: number, out: number, pixels: number): void;
  /** Writes the values half-way between rows `b` and `c`, whose neighbours are `a` and `d`. */
  between(a: number, b: number, c: number, d: number, out: number, bytes: number): void;
}

/** Vectors may reach this many bytes beyond the end of what they read or write. */
export const DOUBLING_SLACK = 64;

const { get, set, add, number } = wasm;

/** The 16 values half-way between `b` and `c` on a Catmull-Rom curve through four: (9 (b + c) − a − d + 8) / 16. */
function halfWay(a: Code, b: Code, c: Code, d: Code): Code {
  const eight = (offset: number): Code => {
    const bytes = (address: Code) => wasm.loadBytes(add(address, number(offset)));
    const inner = wasm.multiplyShorts(wasm.addShorts(bytes(b), bytes(c)), wasm.shortsEverywhere(number(9)));
    const outer = wasm.subtractShorts(wasm.shortsEverywhere(number(8)), wasm.addShorts(bytes(a), bytes(d)));
    return wasm.shiftShortsRight(wasm.addShorts(inner, outer), 4);
  };
  return wasm.narrowToBytes(eight(0), eight(8));
}

function widen(): Code {
  const [source, out, pixels, x, own, made] = [0, 1, 2, 3, 4, 5] as const;
  const at = (offset: number) => add(get(source), number(offset));
  const words = (...order: number[]) => order.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte));
  return wasm.loop(
    [
      ...set(own, wasm.loadVector(at(4))),
      ...set(made, halfWay(at(0), at(4), at(8), at(12))),
      ...wasm.storeVector(get(out), wasm.shuffle(get(own), get(made), words(0, 4, 1, 5))),
      ...wasm.storeVector(add(get(out), number(16)), wasm.shuffle(get(own), get(made), words(2, 6, 3, 7))),
      ...set(source, at(16)),
      ...set(out, add(get(out), number(32))),
      ...set(x, add(get(x), number(4))),
    ],
    wasm.less(get(x), get(pixels)),
  );
}

function between(): Code {
  const [a, b, c, d, out, bytes, x] = [0, 1, 2, 3, 4, 5, 6] as const;
  const at = (row: number) => add(get(row), get(x));
  return wasm.loop(
    [...wasm.storeVector(at(out), halfWay(at(a), at(b), at(c), at(d))), ...set(x, add(get(x), number(16)))],
    wasm.less(get(x), get(bytes)),
  );
}

let module: WebAssembly.Module | undefined;

/** The kernels on a memory, WebAssembly SIMD. */
export function doublingKernelsOn(memory: WebAssembly.Memory): DoublingKernels {
  module ??= assemble([
    { name: "widen", parameters: 3, numbers: 1, vectors: 2, body: widen() },
    { name: "between", parameters: 6, numbers: 1, vectors: 0, body: between() },
  ]);
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as DoublingKernels;
}
