import { ffmpeg } from "../ffmpeg.ts";

/** Samples a second of every sound that is compared. */
export const SOUND_HZ = 16_000;

/** A file's sound by the machine's own ffmpeg, mono. @param heard a filter in the place of the mean of all channels. */
export function soundOf(path: string, heard?: string): Float32Array {
  const mono = heard === undefined ? ["-ac", "1"] : ["-af", heard];
  const pcm = ffmpeg(["-i", path, "-map", "0:a:0", ...mono, "-ar", `${SOUND_HZ}`, "-f", "f32le", "-"]);
  return new Float32Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + (pcm.byteLength & ~3)));
}

/** Where a window of one sound fits best in another. */
export interface Fit {
  /** By how much the window is later in `got` than in `wanted`, in seconds. */
  readonly lag: number;
  /** Correlation there, -1 to 1. */
  readonly r: number;
}

const WINDOW_SECONDS = 0.8;
const REACH_SECONDS = 0.5;

/** Correlation of a window of `wanted` with `got` at one lag, by every nth sample. */
function correlation(window: Float32Array, got: Float32Array, from: number, every: number): number {
  let [dot, own, other] = [0, 0, 0];
  for (let i = 0; i < window.length; i += every) {
    const [a, b] = [window[i]!, got[from + i]!];
    dot += a * b;
    own += a * a;
    other += b * b;
  }
  return dot / Math.sqrt(own * other || 1);
}

/** A window has enough samples to be found by a few of them. */
const SPARSE = 7;

/** The best fit of the window of `wanted` that starts at `from` samples. */
function fit(wanted: Float32Array, got: Float32Array, from: number): Fit {
  const window = wanted.subarray(from, from + WINDOW_SECONDS * SOUND_HZ);
  let best: Fit = { lag: 0, r: -1 };
  for (let lag = -REACH_SECONDS * SOUND_HZ; lag <= REACH_SECONDS * SOUND_HZ; lag++) {
    if (from + lag < 0 || from + lag + window.length > got.length) continue;
    const r = correlation(window, got, from + lag, SPARSE);
    if (r > best.r) best = { lag, r };
  }
  return { lag: best.lag / SOUND_HZ, r: correlation(window, got, from + best.lag, 1) };
}

/** What a result's sound has of its voice. */
export interface SoundFigures {
  /** Length of the result's sound and of the voice, in seconds. */
  readonly seconds: number;
  readonly wanted: number;
  /** Lags of the first and the last loud window; absent where the voice has none. */
  readonly first?: Fit;
  readonly last?: Fit;
  /** How much louder the result is, in decibels. */
  readonly gain?: number;
}

const rms = (samples: Float32Array) =>
  Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / Math.max(1, samples.length));

/** Compares a result's sound with its voice. */
export function soundFigures(wanted: Float32Array, got: Float32Array): SoundFigures {
  const lengths = { seconds: got.length / SOUND_HZ, wanted: wanted.length / SOUND_HZ };
  const loudest = rms(wanted);
  if (loudest < 1e-4) return lengths;
  const step = SOUND_HZ / 10;
  const loud: number[] = [];
  for (let from = 0; from + WINDOW_SECONDS * SOUND_HZ <= wanted.length; from += step) {
    if (rms(wanted.subarray(from, from + WINDOW_SECONDS * SOUND_HZ)) > loudest * 0.7) loud.push(from);
  }
  if (loud.length === 0) return lengths;
  return {
    ...lengths,
    first: fit(wanted, got, loud[0]!),
    last: fit(wanted, got, loud.at(-1)!),
    gain: 20 * Math.log10(rms(got) / loudest),
  };
}

/** Loudness of each frame, 0 (45 dB below the loudest, or less) to 1. */
export function loudness(samples: Float32Array, fps: number, frames: number): number[] {
  const levels = Array.from({ length: frames }, (_, i) =>
    rms(samples.subarray(Math.round((i / fps) * SOUND_HZ), Math.round(((i + 1) / fps) * SOUND_HZ))),
  );
  const most = Math.max(...levels, 1e-4);
  return levels.map((level) => Math.max(0, 1 + (20 * Math.log10(Math.max(level, 1e-9) / most)) / 45));
}
