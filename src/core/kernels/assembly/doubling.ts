/*
 * Doubles pictures of bytes by Catmull-Rom interpolation. Rows may be read and written up to 64 bytes beyond their ends.
 *
 * AssemblyScript puts decorators before functions, which TypeScript takes for an error: hence each `@ts-ignore`.
 */

/** The eight values half-way between `b` and `c`: (9 (b + c) − a − d + 8) / 16. */
// @ts-ignore: decorator
@inline
function halfWayOfEight(a: usize, b: usize, c: usize, d: usize): v128 {
  const inner = i16x8.mul(i16x8.add(v128.load8x8_u(b), v128.load8x8_u(c)), i16x8.splat(9));
  const outer = i16x8.sub(i16x8.splat(8), i16x8.add(v128.load8x8_u(a), v128.load8x8_u(d)));
  return i16x8.shr_s(i16x8.add(inner, outer), 4);
}

/** The sixteen values half-way between `b` and `c` on a Catmull-Rom curve through four. */
// @ts-ignore: decorator
@inline
function halfWay(a: usize, b: usize, c: usize, d: usize): v128 {
  return i8x16.narrow_i16x8_u(halfWayOfEight(a, b, c, d), halfWayOfEight(a + 8, b + 8, c + 8, d + 8));
}

/**
 * Writes each of `pixels` RGBA pixels, and after it the value half-way to the next; `source` begins one pixel before.
 * Four pixels a step.
 */
export function widen(source: usize, out: usize, pixels: i32): void {
  let x: i32 = 0;
  do {
    const own = v128.load(source, 4);
    const made = halfWay(source, source + 4, source + 8, source + 12);
    v128.store(out, i32x4.shuffle(own, made, 0, 4, 1, 5));
    v128.store(out, i32x4.shuffle(own, made, 2, 6, 3, 7), 16);
    source += 16;
    out += 32;
    x += 4;
  } while (x < pixels);
}

/** Writes the values half-way between rows `b` and `c`, whose neighbours are `a` and `d`; sixteen bytes a step. */
export function between(a: usize, b: usize, c: usize, d: usize, out: usize, bytes: i32): void {
  let x: i32 = 0;
  do {
    v128.store(out + x, halfWay(a + x, b + x, c + x, d + x));
    x += 16;
  } while (x < bytes);
}
