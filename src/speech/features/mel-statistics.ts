import { unit } from "../../core/scalar.ts";
import { MEL_BANDS } from "./log-mel.ts";

/** What the network's input is normalised with. */
export interface MelNormalisation {
  /** `[80]`, mean of the loud frames, natural log of power. */
  readonly mean: Float32Array;
  /** `[80]`, deviation of the loud frames, at least {@link LEAST_DEVIATION}. */
  readonly deviation: Float32Array;
}

/** The same of a whole recording, and how loud that is. */
export interface MelStatistics extends MelNormalisation {
  /** `[frames]`, mean over the bands. */
  readonly level: Float32Array<ArrayBuffer>;
}

const LOWEST = -24;
const HIGHEST = 8;
const PER_BIN = 0.05;
const BINS = Math.ceil((HIGHEST - LOWEST) / PER_BIN);
/** A band's deviation counts as at least this, in nepers. */
export const LEAST_DEVIATION = 0.7;
/** Frames within this of the 95th-percentile level are loud, in nepers. */
export const LOUD_WITHIN = 7;

/** The value below which a share `q` of `sorted` lies, by linear interpolation. */
export function quantile(sorted: Float32Array, q: number): number {
  const at = unit(q) * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? 0;
  return low + ((sorted[Math.ceil(at)] ?? low) - low) * (at % 1);
}

/**
 * Statistics of a whole recording, fed a stretch at a time. Frames are summed by loudness, so one pass suffices
 * although which frames are loud is only known at its end: those within 7 nepers of the 95th-percentile level.
 */
export class MelStatisticsCollector {
  private readonly count = new Float64Array(BINS);
  private readonly sums = new Float64Array(BINS * MEL_BANDS);
  private readonly squares = new Float64Array(BINS * MEL_BANDS);
  private readonly level: Float32Array<ArrayBuffer>;
  private seen = 0;

  constructor(frames: number) {
    this.level = new Float32Array(frames);
  }

  /** @param mel `[frames, 80]` log-mel that follows what was added before. */
  add(mel: Float32Array): void {
    for (let row = 0; row < mel.length; row += MEL_BANDS) {
      let sum = 0;
      for (let band = 0; band < MEL_BANDS; band++) sum += mel[row + band]!;
      const level = sum / MEL_BANDS;
      this.level[this.seen++] = level;
      const bin = Math.min(BINS - 1, Math.max(0, Math.floor((level - LOWEST) / PER_BIN)));
      this.count[bin]! += 1;
      for (let band = 0; band < MEL_BANDS; band++) {
        const value = mel[row + band]!;
        this.sums[bin * MEL_BANDS + band]! += value;
        this.squares[bin * MEL_BANDS + band]! += value * value;
      }
    }
  }

  /** The statistics of all that was added. */
  finish(): MelStatistics {
    const level = this.level.subarray(0, this.seen);
    const threshold = quantile(level.slice().sort(), 0.95) - LOUD_WITHIN;
    const firstBin = Math.max(0, Math.round((threshold - LOWEST) / PER_BIN));
    let count = 0;
    const mean = new Float64Array(MEL_BANDS);
    const square = new Float64Array(MEL_BANDS);
    for (let bin = firstBin; bin < BINS; bin++) {
      if (this.count[bin] === 0) continue;
      count += this.count[bin]!;
      for (let band = 0; band < MEL_BANDS; band++) {
        mean[band]! += this.sums[bin * MEL_BANDS + band]!;
        square[band]! += this.squares[bin * MEL_BANDS + band]!;
      }
    }
    const safe = Math.max(1, count);
    return {
      mean: Float32Array.from(mean, (sum) => sum / safe),
      deviation: Float32Array.from(square, (sum, band) =>
        Math.max(LEAST_DEVIATION, Math.sqrt(Math.max(0, sum / safe - (mean[band]! / safe) ** 2))),
      ),
      level,
    };
  }
}

/** Normalises `[frames, 80]` in place. */
export function normaliseMel(mel: Float32Array, { mean, deviation }: MelNormalisation): void {
  for (let i = 0; i < mel.length; i++) {
    const band = i % MEL_BANDS;
    mel[i] = (mel[i]! - mean[band]!) / deviation[band]!;
  }
}
