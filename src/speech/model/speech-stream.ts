import { ARTICULATORS } from "../../core/mouth.ts";
import { LogMel, MEL_BANDS, SPEECH_RATE_HZ } from "../features/log-mel.ts";
import { normaliseMel } from "../features/mel-statistics.ts";
import { runningStatistics } from "../features/running-statistics.ts";
import { emptyHeard, keepRun, LIPS, type Heard, type RunNetwork } from "./heard.ts";

/** Frames that one run adds, even. */
export const STREAM_HOP = 8;
/** Frames of future that an output hears: 160 ms. */
export const STREAM_FUTURE = 16;
/** Frames of past that it hears; more changes nothing that is shown. */
const PAST = 120;
/** Loudness and colour of the sound are those of at most so many frames before. */
const REMEMBERED = 800;
/** Samples before the next frame that are kept, so that the constant offset is known. */
const KEPT = SPEECH_RATE_HZ / 2;
const HOP = SPEECH_RATE_HZ / 100;
/** A mel frame reaches so many samples to either side of its middle. */
const REACH = 200;

/** Hears a voice while it is spoken, by the same network as a whole recording. */
export interface SpeechStream {
  /**
   * Takes the next samples and hears what is due; calls must not overlap.
   * @param pcm mono 16 kHz samples in [-1, 1], any number of them; read, never kept.
   * @returns frames at 100 Hz that follow those returned before; often none. A frame waits for 160 ms of future, and
   * for up to 80 ms until a run is due.
   * @throws what the runtime throws.
   */
  push(pcm: Float32Array): Promise<Heard>;
  /** Hears the rest, as if silence followed. */
  end(): Promise<Heard>;
}

/** What was heard piece by piece, as one. */
export function joinHeard(parts: readonly Heard[]): Heard {
  const out = emptyHeard(parts.reduce((sum, part) => sum + part.frames, 0));
  let at = 0;
  for (const part of parts) {
    out.controls.set(part.controls, at * ARTICULATORS.length);
    out.lips.set(part.lips, at * LIPS.length);
    out.bilabial.set(part.bilabial, at);
    out.voice.set(part.voice, at);
    out.level.set(part.level, at);
    at += part.frames;
  }
  return out;
}

/** A stream that begins now. One run of 144 frames per 80 ms of sound. */
export function createSpeechStream(run: RunNetwork): SpeechStream {
  /** Latest samples; the first is that of frame `samplesFrom`. */
  let samples = new Float32Array(0);
  let samplesFrom = 0;
  /** Latest mel frames; the first is frame `rowsFrom`. */
  let rows: Float32Array[] = [];
  let rowsFrom = 0;
  let heardTo = 0;
  const rowsTo = () => rowsFrom + rows.length;

  const take = (pcm: Float32Array) => {
    const longer = new Float32Array(samples.length + pcm.length);
    longer.set(samples);
    longer.set(pcm, samples.length);
    samples = longer;
  };

  const measure = (to: number) => {
    const count = to - rowsTo();
    if (count <= 0) return;
    const mel = new LogMel(samples).read(rowsTo() - samplesFrom, count);
    for (let i = 0; i < count; i++) rows.push(mel.slice(i * MEL_BANDS, (i + 1) * MEL_BANDS));
    const spare = Math.max(0, to - samplesFrom - KEPT / HOP);
    samples = samples.slice(spare * HOP);
    samplesFrom += spare;
  };

  const hearTo = async (keepTo: number, end: number): Promise<Heard> => {
    const start = Math.max(0, heardTo - PAST);
    const known = rows.slice(Math.max(0, end - rowsFrom - REMEMBERED), end - rowsFrom);
    const statistics = runningStatistics(known);
    const used = rows.slice(start - rowsFrom, end - rowsFrom);
    const frames = used.length + (used.length % 2);
    const input = new Float32Array(frames * MEL_BANDS).fill(Math.log(1e-10));
    used.forEach((row, i) => input.set(row, i * MEL_BANDS));
    normaliseMel(input, statistics);
    const heard = emptyHeard(keepTo - heardTo);
    keepRun(heard, await run({ mel: { data: input, dims: [1, frames, MEL_BANDS] } }), {
      from: heardTo - start,
      to: keepTo - start,
      at: 0,
    });
    heard.level.set(statistics.level.subarray(known.length - (end - heardTo)).subarray(0, heard.frames));
    heardTo = keepTo;
    const spare = Math.max(0, rows.length - REMEMBERED - STREAM_HOP - STREAM_FUTURE);
    rows = rows.slice(spare);
    rowsFrom += spare;
    return heard;
  };

  return {
    async push(pcm) {
      take(pcm);
      measure(samplesFrom + Math.floor((samples.length - REACH) / HOP) + 1);
      const parts: Heard[] = [];
      while (rowsTo() - heardTo >= STREAM_HOP + STREAM_FUTURE) {
        parts.push(await hearTo(heardTo + STREAM_HOP, heardTo + STREAM_HOP + STREAM_FUTURE));
      }
      return joinHeard(parts);
    },
    async end() {
      if (samples.length === 0) return joinHeard([]);
      measure(samplesFrom + Math.floor(samples.length / HOP) + 1);
      const parts: Heard[] = [];
      while (heardTo < rowsTo()) {
        const keepTo = Math.min(rowsTo(), heardTo + STREAM_HOP);
        parts.push(await hearTo(keepTo, Math.min(rowsTo(), heardTo + STREAM_HOP + STREAM_FUTURE)));
      }
      return joinHeard(parts);
    },
  };
}
