const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** Bits of the half-precision number nearest to `value`, ties to even; too large ones become infinite. */
export function toHalfBits(value: number): number {
  scratch[0] = value;
  const bits = scratchBits[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Subnormal: a whole number of steps of 2^-24.
    const steps = Math.abs(scratch[0]) * 2 ** 24;
    const floor = Math.floor(steps);
    const rest = steps - floor;
    return sign | (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor);
  }
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

/** The number of half-precision bits. */
export function fromHalfBits(bits: number): number {
  const sign = bits & 0x8000;
  const magnitude = bits & 0x7fff;
  // Subnormal: a whole number of steps of 2^-24.
  if (magnitude < 0x400) return (sign ? -magnitude : magnitude) * 2 ** -24;
  scratchBits[0] = (sign << 16) | ((magnitude << 13) + (magnitude < 0x7c00 ? 0x38000000 : 0x70000000));
  return scratch[0]!;
}

/** Numbers as the half-precision bits in which onnxruntime takes tensors of `float16`. */
export function toHalves(values: Float32Array): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = toHalfBits(values[i]!);
  return halves;
}

/** Any numbers that onnxruntime gives back, as float32; `float16` may come as bits or as a `Float16Array`. */
export function toFloats(data: unknown, type: string): Float32Array {
  if (data instanceof Float32Array) return data;
  if (type === "float16" && data instanceof Uint16Array) {
    const floats = new Float32Array(data.length);
    for (let i = 0; i < data.length; i++) floats[i] = fromHalfBits(data[i]!);
    return floats;
  }
  return Float32Array.from(data as ArrayLike<number>, Number);
}
