import { LOUD_WITHIN, quantile } from "./mel-statistics.ts";

/** Loud frames that are remembered: silence of any length between them makes no difference. */
const REMEMBERED = 800;
/** Latest frames that may be louder than all that was remembered, and the share of them that must not be. */
const LATEST = 100;
const LATEST_QUANTILE = 0.9;
const QUANTILE = 0.95;

interface Row {
  readonly mel: Float32Array;
  readonly level: number;
}

const levels = (rows: readonly Row[]) => Float32Array.from(rows, ({ level }) => level).sort();

/** Mean over the bands of one `[80]` log-mel frame. */
export function levelOf(mel: Float32Array): number {
  let sum = 0;
  for (const value of mel) sum += value;
  return sum / mel.length;
}

/**
 * The last eight seconds of a voice that is still being spoken, without its pauses. A frame is loud within 7 nepers of
 * the 95th percentile of what is remembered, or of what came just now, so a voice that begins after noise drives the
 * noise out at once, and a click alone never does.
 */
export class LoudFrames {
  private remembered: Row[] = [];
  private latest: Row[] = [];
  private threshold = -Infinity;

  /** @param mel `[80]` log-mel of the next frame; kept. */
  add(mel: Float32Array): void {
    const row = { mel, level: levelOf(mel) };
    this.latest.push(row);
    if (this.latest.length > LATEST) this.latest.shift();
    if (row.level <= this.threshold) return;
    this.remembered.push(row);
    if (this.remembered.length > REMEMBERED) this.remembered.shift();
  }

  /** The frames, oldest first. */
  rows(): readonly Float32Array[] {
    const loudest = Math.max(
      quantile(levels(this.remembered), QUANTILE),
      quantile(levels(this.latest), LATEST_QUANTILE),
    );
    this.threshold = loudest - LOUD_WITHIN;
    // What a voice has proved to be noise.
    this.remembered = this.remembered.filter(({ level }) => level > this.threshold);
    return this.remembered.map(({ mel }) => mel);
  }
}
