/*
 * Doubles pictures of bytes by Catmull-Rom interpolation. Rows may be read and written up to 64 bytes beyond their ends.
 *
 * AssemblyScript puts decorators before functions, which TypeScript takes for an error: hence each `@ts-ignore`.
 */

/** The eight values half-way between `b` and `c`: (9 (b + c) − a − d) / 16, halves upwards or to the even number. */
// @ts-ignore: decorator
@inline
function halfWayOfEight(a: usize, b: usize, c: usize, d: usize, even: bool): v128 {
  const inner = i16x8.mul(i16x8.add(v128.load8x8_u(b), v128.load8x8_u(c)), i16x8.splat(9));
  const sum = i16x8.sub(inner, i16x8.add(v128.load8x8_u(a), v128.load8x8_u(d)));
  const odd = v128.and(i16x8.shr_s(sum, 4), i16x8.splat(1));
  const half = even ? i16x8.add(odd, i16x8.splat(7)) : i16x8.splat(8);
  return i16x8.shr_s(i16x8.add(sum, half), 4);
}

/** The sixteen values half-way between `b` and `c` on a Catmull-Rom curve through four. */
// @ts-ignore: decorator
@inline
function halfWay(a: usize, b: usize, c: usize, d: usize, even: bool): v128 {
  const first = halfWayOfEight(a, b, c, d, even);
  return i8x16.narrow_i16x8_u(first, halfWayOfEight(a + 8, b + 8, c + 8, d + 8, even));
}

// @ts-ignore: decorator
@inline
function widened(source: usize, out: usize, pixels: i32, even: bool): void {
  let x: i32 = 0;
  do {
    const own = v128.load(source, 4);
    const made = halfWay(source, source + 4, source + 8, source + 12, even);
    v128.store(out, i32x4.shuffle(own, made, 0, 4, 1, 5));
    v128.store(out, i32x4.shuffle(own, made, 2, 6, 3, 7), 16);
    source += 16;
    out += 32;
    x += 4;
  } while (x < pixels);
}

// @ts-ignore: decorator
@inline
function inBetween(a: usize, b: usize, c: usize, d: usize, out: usize, bytes: i32, even: bool): void {
  let x: i32 = 0;
  do {
    v128.store(out + x, halfWay(a + x, b + x, c + x, d + x, even));
    x += 16;
  } while (x < bytes);
}

/**
 * Writes each of `pixels` RGBA pixels, and after it the value half-way to the next; `source` begins one pixel before.
 * Four pixels a step.
 */
export function widen(source: usize, out: usize, pixels: i32): void {
  widened(source, out, pixels, false);
}

/** Writes the values half-way between rows `b` and `c`, whose neighbours are `a` and `d`; sixteen bytes a step. */
export function between(a: usize, b: usize, c: usize, d: usize, out: usize, bytes: i32): void {
  inBetween(a, b, c, d, out, bytes, false);
}

/** As {@link widen}, halves rounded to the even number. */
export function widenEven(source: usize, out: usize, pixels: i32): void {
  widened(source, out, pixels, true);
}

/** As {@link between}, halves rounded to the even number. */
export function betweenEven(a: usize, b: usize, c: usize, d: usize, out: usize, bytes: i32): void {
  inBetween(a, b, c, d, out, bytes, true);
}
