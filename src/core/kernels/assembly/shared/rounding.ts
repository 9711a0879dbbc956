/*
 * Rounding of the kernels; each that imports it holds a copy.
 *
 * AssemblyScript puts decorators before functions, which TypeScript takes for an error: hence each `@ts-ignore`.
 */

/** The nearest whole number, halves upwards, as `Math.round`. */
// @ts-ignore: decorator
@inline
export function round(value: f64): f64 {
  const below = Math.floor(value);
  return value - below >= 0.5 ? below + 1 : below;
}

/** The same of both lanes. */
// @ts-ignore: decorator
@inline
export function roundBoth(values: v128): v128 {
  const below = f64x2.floor(values);
  const up = f64x2.ge(f64x2.sub(values, below), f64x2.splat(0.5));
  return f64x2.add(below, v128.and(up, f64x2.splat(1)));
}
