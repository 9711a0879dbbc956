/*
 * RGBA to the planes of an I420 picture. Rows may be read and written up to 64 bytes beyond their ends.
 * Constants: four vectors of 16 bytes, written by src/media/planes/i420-kernels.ts:
 *   0  weights (red, green, blue, 0) of luma, twice, in 1/32768    2  of V
 *   1  of U, in 1/65536                                            3  what is added to sums of luma
 *
 * AssemblyScript puts decorators before functions, which TypeScript takes for an error: hence each `@ts-ignore`.
 */

const LUMA_BITS: i32 = 15;
/** Of a sum over four pixels. */
const CHROMA_BITS: i32 = 18;
const CHROMA_ADD: i32 = (128 << CHROMA_BITS) + (1 << (CHROMA_BITS - 1));

/** Weighted sums of four pixels in 32-bit lanes: `a` and `b` hold two pixels of four 16-bit lanes each. */
// @ts-ignore: decorator
@inline
function four(a: v128, b: v128, weights: v128): v128 {
  const first = i32x4.dot_i16x8_s(a, weights);
  const second = i32x4.dot_i16x8_s(b, weights);
  return i32x4.add(i32x4.shuffle(first, second, 0, 2, 4, 6), i32x4.shuffle(first, second, 1, 3, 5, 7));
}

// @ts-ignore: decorator
@inline
function lumaOf(pixels: usize, weights: v128, add: v128): v128 {
  const sum = four(v128.load8x8_u(pixels), v128.load8x8_u(pixels, 8), weights);
  return i32x4.shr_s(i32x4.add(sum, add), LUMA_BITS);
}

/** Luma of a row. `pixels`, `out` and `constants` are addresses, `width` is in pixels; eight pixels a step. */
export function lumaRow(pixels: usize, out: usize, constants: usize, width: i32): void {
  const weights = v128.load(constants);
  const add = v128.load(constants, 48);
  let x: i32 = 0;
  do {
    const words = i16x8.narrow_i32x4_s(lumaOf(pixels, weights, add), lumaOf(pixels + 16, weights, add));
    v128.store64_lane(out + x, i8x16.narrow_i16x8_u(words, words), 0);
    pixels += 32;
    x += 8;
  } while (x < width);
}

/** Sums over two rows of two pixels, in 16-bit lanes. */
// @ts-ignore: decorator
@inline
function column(upper: usize, lower: usize): v128 {
  return i16x8.add(v128.load8x8_u(upper), v128.load8x8_u(lower));
}

/** Sums over 2 × 2 pixels, two of them. */
// @ts-ignore: decorator
@inline
function squares(upper: usize, lower: usize): v128 {
  const first = column(upper, lower);
  const second = column(upper + 8, lower + 8);
  return i16x8.add(i64x2.shuffle(first, second, 0, 2), i64x2.shuffle(first, second, 1, 3));
}

// @ts-ignore: decorator
@inline
function chromaOf(a: v128, b: v128, weights: v128): v128 {
  return i32x4.shr_s(i32x4.add(four(a, b, weights), i32x4.splat(CHROMA_ADD)), CHROMA_BITS);
}

// @ts-ignore: decorator
@inline
function storeChroma(out: usize, a: v128, b: v128, c: v128, d: v128, weights: v128): void {
  const words = i16x8.narrow_i32x4_s(chromaOf(a, b, weights), chromaOf(c, d, weights));
  v128.store64_lane(out, i8x16.narrow_i16x8_u(words, words), 0);
}

/** Chroma of two rows of pixels; sixteen pixels, eight samples a step. */
export function chromaRow(
  upper: usize,
  lower: usize,
  u: usize,
  v: usize,
  constants: usize,
  width: i32,
): void {
  const weightsU = v128.load(constants, 16);
  const weightsV = v128.load(constants, 32);
  let x: i32 = 0;
  do {
    const a = squares(upper, lower);
    const b = squares(upper + 16, lower + 16);
    const c = squares(upper + 32, lower + 32);
    const d = squares(upper + 48, lower + 48);
    storeChroma(u, a, b, c, d, weightsU);
    storeChroma(v, a, b, c, d, weightsV);
    u += 8;
    v += 8;
    upper += 64;
    lower += 64;
    x += 16;
  } while (x < width);
}
