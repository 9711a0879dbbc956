import { SPEECH_RATE_HZ } from "../../../src/speech/features/log-mel.ts";

/** What a voice does, one value per film frame. */
export interface VoiceTrace {
  /** Level in decibels relative to full scale, never below {@link QUIETEST_DB}. */
  readonly level: readonly number[];
  /** Pitch in semitones over {@link LOWEST_HZ}; between voiced sounds drawn straight from one to the next. */
  readonly pitch: readonly number[];
}

const QUIETEST_DB = -60;
/** Voices of people lie between these. */
const LOWEST_HZ = 70;
const HIGHEST_HZ = 400;
/** Samples of a window of 50 ms: three periods of the lowest voice. */
const WINDOW = SPEECH_RATE_HZ / 20;
/** Correlation of a voiced sound with itself one period later. */
const VOICED = 0.55;

/** Period of the sound around a sample in samples, by the highest normalised autocorrelation; 0 where it has none. */
function periodAt(pcm: Float32Array, centre: number): number {
  const longest = Math.floor(SPEECH_RATE_HZ / LOWEST_HZ);
  const from = Math.max(0, Math.min(pcm.length - WINDOW - longest, centre - WINDOW / 2));
  const correlationAt = (lag: number) => {
    let [both, first, second] = [0, 1e-9, 1e-9];
    for (let i = from; i < from + WINDOW; i++) {
      const [a, b] = [pcm[i] ?? 0, pcm[i + lag] ?? 0];
      both += a * b;
      first += a * a;
      second += b * b;
    }
    return both / Math.sqrt(first * second);
  };
  const lags = Array.from(
    { length: longest - Math.ceil(SPEECH_RATE_HZ / HIGHEST_HZ) },
    (_, i) => i + Math.ceil(SPEECH_RATE_HZ / HIGHEST_HZ),
  );
  const values = lags.map(correlationAt);
  const most = Math.max(...values);
  if (most < VOICED) return 0;
  // The first peak that is about as high: not two periods for one.
  const first = values.findIndex(
    (value, i) => value > 0.9 * most && value >= (values[i - 1] ?? 0) && value >= (values[i + 1] ?? 0),
  );
  return first < 0 ? 0 : lags[first]!;
}

/** Fills zeros in place from their neighbours, straight from one to the next. */
function bridge(values: number[]): number[] {
  const known = values.flatMap((value, i) => (value > 0 ? [i] : []));
  if (known.length === 0) return values;
  return values.map((value, i) => {
    if (value > 0) return value;
    const after = known.find((k) => k > i);
    const before = known.findLast((k) => k < i);
    if (before === undefined) return values[after!]!;
    if (after === undefined) return values[before]!;
    return values[before]! + ((values[after]! - values[before]!) * (i - before)) / (after - before);
  });
}

/**
 * Level and pitch of a voice at the instants of film frames.
 * @param pcm mono, 16 kHz.
 */
export function traceVoice(pcm: Float32Array, fps: number, frames: number): VoiceTrace {
  const centres = Array.from({ length: frames }, (_, i) => Math.round((i * SPEECH_RATE_HZ) / fps));
  const level = centres.map((centre) => {
    const window = pcm.subarray(Math.max(0, centre - WINDOW / 2), centre + WINDOW / 2);
    const power = window.reduce((sum, v) => sum + v * v, 0) / Math.max(1, window.length);
    return Math.max(QUIETEST_DB, 10 * Math.log10(power + 1e-12));
  });
  const loud = Math.max(...level) - 25;
  const pitch = bridge(
    centres.map((centre, i) => {
      const period = level[i]! > loud ? periodAt(pcm, centre) : 0;
      return period === 0 ? 0 : 12 * Math.log2(SPEECH_RATE_HZ / period / LOWEST_HZ);
    }),
  );
  return { level, pitch };
}
