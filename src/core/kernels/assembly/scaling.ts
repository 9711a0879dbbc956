/*
 * The two filters of the plane scaler (src/media/planes/plane-scaler.ts): weights of 14 fraction bits, samples of 6 between
 * the filters. Rows may be read and written up to 64 bytes beyond their ends.
 *
 * AssemblyScript puts decorators before functions, which TypeScript takes for an error: hence each `@ts-ignore`.
 */

const WEIGHT_BITS: i32 = 14;
const ROW_BITS: i32 = 6;

// @ts-ignore: decorator
@inline
function round(sum: v128, bits: i32): v128 {
  return i32x4.shr_s(i32x4.add(sum, i32x4.splat(1 << (bits - 1))), bits);
}

/**
 * The sum of `count` rows (an even number), each times its 16-bit weight, as 16-bit samples; eight samples a step.
 * @param stride from row to row, in bytes.
 */
export function mixRows(
  source: usize,
  stride: usize,
  weights: usize,
  count: i32,
  row: usize,
  width: i32,
): void {
  let x: i32 = 0;
  do {
    let low = i32x4.splat(0);
    let high = i32x4.splat(0);
    let from = source + x;
    let k: i32 = 0;
    do {
      const a = v128.load8x8_u(from);
      const b = v128.load8x8_u(from + stride);
      from += 2 * stride;
      const pair = v128.load32_splat(weights + 2 * k);
      low = i32x4.add(low, i32x4.dot_i16x8_s(i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11), pair));
      high = i32x4.add(high, i32x4.dot_i16x8_s(i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15), pair));
      k += 2;
    } while (k < count);
    const bits = WEIGHT_BITS - ROW_BITS;
    v128.store(row + 2 * x, i16x8.narrow_i32x4_s(round(low, bits), round(high, bits)));
    x += 8;
  } while (x < width);
}

/** Sums in 32-bit lanes of `count` 16-bit samples times their weights. */
// @ts-ignore: decorator
@inline
function filter(from: usize, weights: usize, count: i32): v128 {
  let sum = i32x4.splat(0);
  let k: i32 = 0;
  do {
    sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load(from + 2 * k), v128.load(weights + 2 * k)));
    k += 8;
  } while (k < count);
  return sum;
}

/** Lanes 0 and 1 of both with their lanes 2 and 3 added. */
// @ts-ignore: decorator
@inline
function halves(a: v128, b: v128): v128 {
  return i32x4.add(i32x4.shuffle(a, b, 0, 4, 1, 5), i32x4.shuffle(a, b, 2, 6, 3, 7));
}

/**
 * Samples of a row as bytes, each the sum of `count` (a multiple of eight) 16-bit samples from its address in `firsts`
 * times their weights; four samples a step.
 */
export function filterRow(firsts: usize, weights: usize, count: i32, out: usize, width: i32): void {
  const bytes: usize = 2 * count;
  let x: i32 = 0;
  do {
    const a = filter(load<u32>(firsts), weights, count);
    const b = filter(load<u32>(firsts, 4), weights + bytes, count);
    const c = filter(load<u32>(firsts, 8), weights + 2 * bytes, count);
    const d = filter(load<u32>(firsts, 12), weights + 3 * bytes, count);
    firsts += 16;
    weights += 4 * bytes;
    const ab = halves(a, b);
    const cd = halves(c, d);
    const sums = i32x4.add(i32x4.shuffle(ab, cd, 0, 1, 4, 5), i32x4.shuffle(ab, cd, 2, 3, 6, 7));
    const rounded = round(sums, WEIGHT_BITS + ROW_BITS);
    const words = i16x8.narrow_i32x4_s(rounded, rounded);
    v128.store32_lane(out + x, i8x16.narrow_i16x8_u(words, words), 0);
    x += 4;
  } while (x < width);
}
