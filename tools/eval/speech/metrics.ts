import { correlation } from "../../../src/core/correlation.ts";

/** Chance that a positive scores above a negative; ties count half. NaN without both. */
export function auc(positives: readonly number[], negatives: readonly number[]): number {
  if (positives.length === 0 || negatives.length === 0) return Number.NaN;
  let sum = 0;
  for (const p of positives) for (const n of negatives) sum += p > n ? 1 : p === n ? 0.5 : 0;
  return sum / (positives.length * negatives.length);
}

/** Share of positives above the threshold that a share `falseShare` of the negatives passes. NaN without both. */
export function hitsAtFalse(
  positives: readonly number[],
  negatives: readonly number[],
  falseShare: number,
): number {
  if (positives.length === 0 || negatives.length === 0) return Number.NaN;
  const sorted = [...negatives].sort((a, b) => b - a);
  const threshold = sorted[Math.floor(falseShare * sorted.length)] ?? Number.NEGATIVE_INFINITY;
  return positives.filter((p) => p > threshold).length / positives.length;
}

/** Mean, NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Middle value, NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length === 0
    ? Number.NaN
    : sorted.length % 2 === 1
      ? sorted[half]!
      : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The lag in frames, within ± `reach`, at which `x` fits `y` best; positive when `x` comes late. */
export function bestLag(x: Float32Array, y: Float32Array, reach: number): number {
  let best = Number.NEGATIVE_INFINITY;
  let lag = 0;
  for (let shift = -reach; shift <= reach; shift++) {
    const a = shift >= 0 ? x.subarray(shift) : x;
    const b = shift >= 0 ? y : y.subarray(-shift);
    const r = correlation(a, b);
    if (r > best) {
      best = r;
      lag = shift;
    }
  }
  return lag;
}

/** Root mean square of what changes faster than about `hertz` in a track at `rateHz`. */
export function fastMotion(values: Float32Array, rateHz: number, hertz: number): number {
  // A boxcar of one period of `hertz` passes slower motion; what it removes is faster.
  const half = Math.max(1, Math.round(rateHz / hertz / 2));
  let sum = 0;
  let count = 0;
  for (let i = 2 * half; i < values.length - 2 * half; i++) {
    let local = 0;
    let weight = 0;
    for (let k = -2 * half; k <= 2 * half; k++) {
      const w = Math.exp(-0.5 * (k / (half * 0.75)) ** 2);
      local += w * values[i + k]!;
      weight += w;
    }
    sum += (values[i]! - local / weight) ** 2;
    count++;
  }
  return count === 0 ? 0 : Math.sqrt(sum / count);
}

/** `values` turned around by `by` places, the control that keeps their statistics and loses their timing. */
export function rotate<T extends Float32Array>(values: T, by: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = values[(i + by) % values.length]!;
  return out;
}
