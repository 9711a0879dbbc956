/** Limits a value to [low, high]. */
export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

/** Limits a value to [0, 1]. */
export const unit = (value: number): number => clamp(value, 0, 1);

/** The nearest number with that many decimals. */
export const roundTo = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Hermite step from 0 at `low` to 1 at `high`. */
export function smoothstep(low: number, high: number, value: number): number {
  const t = unit((value - low) / (high - low));
  return t * t * (3 - 2 * t);
}
