/*
 * YUV to RGBA, one row of a frame at a time, sixteen pixels a step. Rows may be read and written up to 64 bytes beyond
 * their ends. Constants: seven vectors of 16 bytes, written by src/media/planes/yuv-kernels.ts:
 *   0  pairs (Y, V) of weights for red       4  what is added to the sums of red
 *   1  pairs (Y, U) for green                5  of green
 *   2  pairs (0, V) for green                6  of blue
 *   3  pairs (Y, U) for blue
 * Weights and sums are in 1/8192.
 *
 * AssemblyScript puts decorators before functions, which TypeScript takes for an error: hence each `@ts-ignore`.
 */

/** Fraction bits of weights and sums: `YUV_BITS` of src/media/planes/yuv-kernels.ts. */
const BITS: i32 = 13;

/** Red, green or blue of four pixels in 32-bit lanes, from (luma, chroma) pairs of 16-bit lanes. */
// @ts-ignore: decorator
@inline
function red(v: v128, at: usize): v128 {
  return i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(v, v128.load(at)), v128.load(at, 64)), BITS);
}

// @ts-ignore: decorator
@inline
function green(u: v128, v: v128, at: usize): v128 {
  const sum = i32x4.add(i32x4.dot_i16x8_s(u, v128.load(at, 16)), i32x4.dot_i16x8_s(v, v128.load(at, 32)));
  return i32x4.shr_s(i32x4.add(sum, v128.load(at, 80)), BITS);
}

// @ts-ignore: decorator
@inline
function blue(u: v128, at: usize): v128 {
  return i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(u, v128.load(at, 48)), v128.load(at, 96)), BITS);
}

/** Sixteen 32-bit values as bytes, limited to 0 … 255. */
// @ts-ignore: decorator
@inline
function bytes(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

/**
 * Sixteen pixels to `out`, opaque. `u0` to `u3` and `v0` to `v3` are pairs (luma, chroma) of four pixels each.
 */
// @ts-ignore: decorator
@inline
function store(
  u0: v128,
  u1: v128,
  u2: v128,
  u3: v128,
  v0: v128,
  v1: v128,
  v2: v128,
  v3: v128,
  at: usize,
  out: usize,
): void {
  const r = bytes(red(v0, at), red(v1, at), red(v2, at), red(v3, at));
  const g = bytes(green(u0, v0, at), green(u1, v1, at), green(u2, v2, at), green(u3, v3, at));
  const b = bytes(blue(u0, at), blue(u1, at), blue(u2, at), blue(u3, at));
  const opaque = i32x4.splat(-1);
  const rgLow = i8x16.shuffle(r, g, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const rgHigh = i8x16.shuffle(r, g, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const baLow = i8x16.shuffle(b, opaque, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const baHigh = i8x16.shuffle(b, opaque, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  v128.store(out, i16x8.shuffle(rgLow, baLow, 0, 8, 1, 9, 2, 10, 3, 11));
  v128.store(out, i16x8.shuffle(rgLow, baLow, 4, 12, 5, 13, 6, 14, 7, 15), 16);
  v128.store(out, i16x8.shuffle(rgHigh, baHigh, 0, 8, 1, 9, 2, 10, 3, 11), 32);
  v128.store(out, i16x8.shuffle(rgHigh, baHigh, 4, 12, 5, 13, 6, 14, 7, 15), 48);
}

/** Pairs (luma, chroma) of lanes 0 to 3 of both. */
// @ts-ignore: decorator
@inline
function firstPairs(luma: v128, chroma: v128): v128 {
  return i16x8.shuffle(luma, chroma, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** Pairs (luma, chroma) of lanes 4 to 7 of both. */
// @ts-ignore: decorator
@inline
function lastPairs(luma: v128, chroma: v128): v128 {
  return i16x8.shuffle(luma, chroma, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** A row with chroma of every pixel. `y`, `u`, `v`, `constants` and `out` are addresses, `width` is in pixels. */
export function fullRow(y: usize, u: usize, v: usize, constants: usize, out: usize, width: i32): void {
  let x: i32 = 0;
  do {
    const left = v128.load8x8_u(y + x);
    const right = v128.load8x8_u(y + x, 8);
    const uLeft = v128.load8x8_u(u + x);
    const uRight = v128.load8x8_u(u + x, 8);
    const vLeft = v128.load8x8_u(v + x);
    const vRight = v128.load8x8_u(v + x, 8);
    store(
      firstPairs(left, uLeft),
      lastPairs(left, uLeft),
      firstPairs(right, uRight),
      lastPairs(right, uRight),
      firstPairs(left, vLeft),
      lastPairs(left, vLeft),
      firstPairs(right, vRight),
      lastPairs(right, vRight),
      constants,
      out,
    );
    out += 64;
    x += 16;
  } while (x < width);
}

/** A row with chroma of every second pixel, repeated. */
export function halfRow(y: usize, u: usize, v: usize, constants: usize, out: usize, width: i32): void {
  let x: i32 = 0;
  do {
    const left = v128.load8x8_u(y + x);
    const right = v128.load8x8_u(y + x, 8);
    const us = v128.load8x8_u(u + (x >> 1));
    const vs = v128.load8x8_u(v + (x >> 1));
    store(
      i16x8.shuffle(left, us, 0, 8, 1, 8, 2, 9, 3, 9),
      i16x8.shuffle(left, us, 4, 10, 5, 10, 6, 11, 7, 11),
      i16x8.shuffle(right, us, 0, 12, 1, 12, 2, 13, 3, 13),
      i16x8.shuffle(right, us, 4, 14, 5, 14, 6, 15, 7, 15),
      i16x8.shuffle(left, vs, 0, 8, 1, 8, 2, 9, 3, 9),
      i16x8.shuffle(left, vs, 4, 10, 5, 10, 6, 11, 7, 11),
      i16x8.shuffle(right, vs, 0, 12, 1, 12, 2, 13, 3, 13),
      i16x8.shuffle(right, vs, 4, 14, 5, 14, 6, 15, 7, 15),
      constants,
      out,
    );
    out += 64;
    x += 16;
  } while (x < width);
}
