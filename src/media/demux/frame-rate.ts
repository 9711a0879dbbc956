/** Rates that cameras, editors and broadcasters use; what lies this near to one is one. */
const STANDARD_RATES = [24_000 / 1001, 24, 25, 30_000 / 1001, 30, 48, 50, 60_000 / 1001, 60] as const;
const SNAP = 5e-4;
/** Containers round times to a millisecond. */
const ROUNDING_SECONDS = 1e-3;
/** Frames that follow at about the usual distance: what a camera's clock and rounding make of equal ones. */
const USUAL_SHARE = 0.2;

/** Frames a second where nothing tells: what people see as motion, and what mouths need. */
export const DEFAULT_FRAME_RATE = 25;
/** Two frames begin at least this far apart, in seconds; less is a doubled frame or rounding. */
export const SAME_INSTANT = 5e-4;

/** The standard rate behind a measured one. @param seconds over which it was measured. */
export function standardRate(rate: number, seconds: number): number {
  const tolerance = Math.max(SNAP, ROUNDING_SECONDS / Math.max(seconds, ROUNDING_SECONDS));
  const nearest = STANDARD_RATES.reduce((best, standard) =>
    Math.abs(standard - rate) < Math.abs(best - rate) ? standard : best,
  );
  return Math.abs(rate / nearest - 1) <= tolerance ? nearest : rate;
}

/**
 * Frames a second by the instants of a video's frames: pauses, doubled frames and a container's own claim do not count.
 * @param starts in seconds, rising. @returns {@link DEFAULT_FRAME_RATE} where fewer than two frames tell nothing.
 */
export function frameRateOf(starts: ArrayLike<number>): number {
  const steps: number[] = [];
  for (let i = 1; i < starts.length; i++) {
    const step = starts[i]! - starts[i - 1]!;
    if (step >= SAME_INSTANT) steps.push(step);
  }
  if (steps.length === 0) return DEFAULT_FRAME_RATE;
  const median = steps.toSorted((a, b) => a - b)[(steps.length - 1) >> 1]!;
  const tolerance = Math.max(USUAL_SHARE * median, 2 * ROUNDING_SECONDS);
  const usual = steps.filter((step) => Math.abs(step - median) <= tolerance);
  const seconds = usual.reduce((sum, step) => sum + step, 0);
  return standardRate(usual.length / seconds, seconds);
}
