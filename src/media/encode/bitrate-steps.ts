/**
 * Bits a second of a video's pictures, one number for each half second of the video; the last one goes on to its end.
 * Browsers' encoders save nothing for later: a part of a video that moves more needs a higher rate of its own.
 */
export type Bitrates = Uint32Array<ArrayBuffer>;

/** Seconds for which one number of {@link Bitrates} counts. */
export const BITRATE_STEP_SECONDS = 0.5;

/** The rate at an instant of the video; a frame that begins a microsecond early belongs to the later step. */
export function bitrateAt(bitrates: Bitrates, seconds: number): number {
  const step = Math.floor((seconds + 1e-6) / BITRATE_STEP_SECONDS);
  return bitrates[Math.max(0, Math.min(bitrates.length - 1, step))]!;
}
