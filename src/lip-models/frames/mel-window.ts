import type { MelFeatures } from "../manifest/manifest.ts";
import { silenceLevel, type MelSpectrogram } from "./mel.ts";

/** Mel columns a second. */
export const columnRate = (features: MelFeatures): number => features.sampleRateHz / features.hopSize;

/**
 * First column of the window that belongs to the instant `seconds` of the sound: `int(seconds · columns per second)`,
 * at the end of the sound the last whole window, never before its start. Taking the instant, not a whole number of
 * frames a second, keeps videos of 23.976 or 29.97 frames/s from drifting.
 * @param frameSeconds length of a frame, for the manifest's `frameOffset`.
 */
export function windowStart(
  seconds: number,
  frameSeconds: number,
  columns: number,
  features: MelFeatures,
): number {
  const instant = seconds + features.frameOffset * frameSeconds;
  // k · (1 / fps) · 80 may land a rounding error below a whole number; a billionth of a column puts it right.
  const start = Math.max(0, Math.floor(instant * columnRate(features) + 1e-6));
  if (features.lastWindow === "pad") return Math.min(start, columns);
  return Math.max(0, Math.min(start, columns - features.columns));
}

/**
 * Copies the window that starts at `start` into `out` at `at`, in the model's order; columns beyond the sound are
 * silence.
 */
export function copyWindow(
  mel: MelSpectrogram,
  start: number,
  features: MelFeatures,
  order: "bands-columns" | "columns-bands",
  out: Float32Array,
  at: number,
): void {
  const { columns, bands } = features;
  const silence = silenceLevel(features);
  for (let column = 0; column < columns; column++) {
    const source = start + column;
    const inside = source < mel.columns;
    for (let band = 0; band < bands; band++) {
      const value = inside ? mel.data[source * bands + band]! : silence;
      out[at + (order === "bands-columns" ? band * columns + column : column * bands + band)] = value;
    }
  }
}
