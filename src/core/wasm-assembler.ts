/** Instructions of a WebAssembly function, as bytes. */
export type Code = readonly number[];

/** A function that takes whole numbers and gives nothing back. */
export interface WasmFunction {
  readonly name: string;
  /** Parameters, which are its first locals. */
  readonly parameters: number;
  /** Further locals that hold whole numbers; then those that hold vectors. */
  readonly numbers: number;
  readonly vectors: number;
  readonly body: Code;
}

/** Bytes of a page, in which WebAssembly counts memory. */
export const WASM_PAGE = 65_536;

const I32 = 0x7f;
const V128 = 0x7b;
const NOTHING = 0x40;
const SIMD = 0xfd;

/** LEB128 of a number that is not negative. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const rest = value >>> 7;
    bytes.push((value & 0x7f) | (rest > 0 ? 0x80 : 0));
    value = rest;
  } while (value > 0);
  return bytes;
}

/** LEB128 of a signed number. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = value & 0x7f;
    value >>= 7;
    const last = value === (low & 0x40 ? -1 : 0);
    bytes.push(last ? low : low | 0x80);
    if (last) return bytes;
  }
}

const vector = (opcode: number, ...parts: Code[]): Code => [...parts.flat(), SIMD, ...unsigned(opcode)];

/** Instructions by what they do; operands come first, as code. @see WebAssembly Core Specification 2.0, section 5.4. */
export const wasm = {
  number: (value: number): Code => [0x41, ...signed(value)],
  get: (local: number): Code => [0x20, ...unsigned(local)],
  set: (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)],
  add: (a: Code, b: Code): Code => [...a, ...b, 0x6a],
  /** Runs `body` again and again while `condition` is not 0 after it. */
  loop: (body: Code, condition: Code): Code => [0x03, NOTHING, ...body, ...condition, 0x0d, 0x00, 0x0b],
  /** Whether a < b, both signed. */
  less: (a: Code, b: Code): Code => [...a, ...b, 0x48],
  load: (address: Code): Code => [...address, 0x28, 2, 0],
  /** 16 bytes. */
  loadVector: (address: Code): Code => [...vector(0x00, address), 0, 0],
  /** Eight bytes as eight 16-bit lanes. */
  loadBytes: (address: Code): Code => [...vector(0x02, address), 0, 0],
  /** 32 bits in all four lanes. */
  loadEverywhere: (address: Code): Code => [...vector(0x09, address), 0, 0],
  storeVector: (address: Code, value: Code): Code => [...vector(0x0b, address, value), 0, 0],
  /** The lower 64 bits. */
  storeHalf: (address: Code, value: Code): Code => [...vector(0x5b, address, value), 0, 0, 0],
  /** The lowest 32 bits. */
  storeLowest: (address: Code, value: Code): Code => [...vector(0x5a, address, value), 0, 0, 0],
  /** Picks bytes 0–15 of `a` and 16–31 of `b`. */
  shuffle: (a: Code, b: Code, bytes: readonly number[]): Code => [...vector(0x0d, a, b), ...bytes],
  /** The number in all four lanes. */
  everywhere: (value: Code): Code => vector(0x11, value),
  /** Sums of two products each of signed 16-bit lanes, as four 32-bit lanes. */
  dot: (a: Code, b: Code): Code => vector(0xba, a, b),
  addLanes: (a: Code, b: Code): Code => vector(0xae, a, b),
  shiftRight: (value: Code, bits: number): Code => vector(0xac, value, wasm.number(bits)),
  /** Eight 16-bit lanes. */
  constantShorts: (lanes: readonly number[]): Code => [
    ...vector(0x0c),
    ...lanes.flatMap((lane) => [lane & 255, (lane >> 8) & 255]),
  ],
  /** The number in all eight 16-bit lanes. */
  shortsEverywhere: (value: Code): Code => vector(0x10, value),
  addShorts: (a: Code, b: Code): Code => vector(0x8e, a, b),
  subtractShorts: (a: Code, b: Code): Code => vector(0x91, a, b),
  multiplyShorts: (a: Code, b: Code): Code => vector(0x95, a, b),
  shiftShortsRight: (value: Code, bits: number): Code => vector(0x8c, value, wasm.number(bits)),
  /** Eight 32-bit lanes limited to signed 16 bits. */
  narrow: (a: Code, b: Code): Code => vector(0x85, a, b),
  /** Sixteen signed 16-bit lanes limited to 0…255. */
  narrowToBytes: (a: Code, b: Code): Code => vector(0x66, a, b),
};

/** Makes a memory at least so many bytes long; what was read from it before must be read again. */
export function growTo(memory: WebAssembly.Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / WASM_PAGE));
}

const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const text = (value: string): Code => list([...new TextEncoder().encode(value)].map((byte) => [byte]));

/**
 * Puts functions together to a module that works on the memory it is given as `env.memory`. Fixed-width SIMD, which
 * every browser with WebCodecs has.
 * @see WebAssembly Core Specification 2.0, section 5.5.
 */
export function assemble(functions: readonly WasmFunction[]): WebAssembly.Module {
  const types = functions.map(({ parameters }) => [
    0x60,
    ...list(Array.from({ length: parameters }, () => [I32])),
    0,
  ]);
  const code = functions.map(({ numbers, vectors, body }) => {
    const locals = list([
      [...unsigned(numbers), I32],
      [...unsigned(vectors), V128],
    ]);
    const content = [...locals, ...body, 0x0b];
    return [...unsigned(content.length), ...content];
  });
  const bytes = [
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(types)),
    ...section(2, list([[...text("env"), ...text("memory"), 0x02, 0x00, ...unsigned(1)]])),
    ...section(3, list(functions.map((_, i) => unsigned(i)))),
    ...section(7, list(functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)]))),
    ...section(10, list(code)),
  ];
  return new WebAssembly.Module(Uint8Array.from(bytes));
}
