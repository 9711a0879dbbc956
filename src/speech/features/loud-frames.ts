import { LOUD_WITHIN, quantile } from "./mel-statistics.ts";

/** Quieter than this in nepers of mean log mel power is nobody's voice (about -80 dBFS). */
export const INAUDIBLE = -19.5;
/** Loud frames that are remembered: silence of any length between them makes no difference. */
const REMEMBERED = 800;
/** Latest frames that may be louder than all that was remembered, and the share of them that must not be. */
const LATEST = 100;
const LATEST_QUANTILE = 0.9;
const QUANTILE = 0.95;

/** A frame and how loud it is. */
export interface LevelledFrame {
  /** `[80]` log-mel. */
  readonly mel: Float32Array;
  /** Mean over the bands. */
  readonly level: number;
}

/** The levels of frames, from the quietest to the loudest. */
export function sortedLevels(frames: readonly LevelledFrame[]): Float32Array {
  const levels = new Float32Array(frames.length);
  for (let i = 0; i < frames.length; i++) levels[i] = frames[i]!.level;
  return levels.sort();
}

/** @param mel `[80]` log-mel of a frame; kept. */
export function levelled(mel: Float32Array): LevelledFrame {
  let sum = 0;
  for (const value of mel) sum += value;
  return { mel, level: sum / mel.length };
}

/**
 * The last eight seconds of a voice that is still being spoken, without its pauses. A frame is loud within 7 nepers of
 * the 95th percentile of what is remembered, or of what came just now, so a voice that begins after noise drives the
 * noise out at once, and a click alone never does.
 */
export class LoudFrames {
  private remembered: LevelledFrame[] = [];
  private latest: LevelledFrame[] = [];
  private threshold = -Infinity;

  /** Takes the next frame. */
  add(row: LevelledFrame): void {
    this.latest.push(row);
    if (this.latest.length > LATEST) this.latest.shift();
    if (row.level <= this.threshold) return;
    this.remembered.push(row);
    if (this.remembered.length > REMEMBERED) this.remembered.shift();
  }

  /** The frames, oldest first. */
  frames(): readonly LevelledFrame[] {
    const loudest = Math.max(
      quantile(sortedLevels(this.remembered), QUANTILE),
      quantile(sortedLevels(this.latest), LATEST_QUANTILE),
    );
    this.threshold = loudest - LOUD_WITHIN;
    // What a voice has proved to be noise.
    this.remembered = this.remembered.filter(({ level }) => level > this.threshold);
    return this.remembered;
  }
}
