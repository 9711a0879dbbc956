import { ARTICULATORS } from "../../core/mouth.ts";
import { LogMel, MEL_BANDS, SPEECH_RATE_HZ } from "../features/log-mel.ts";
import { normaliseMel } from "../features/mel-statistics.ts";
import { INAUDIBLE, levelled, LoudFrames, type LevelledFrame } from "../features/loud-frames.ts";
import { runningStatistics } from "../features/running-statistics.ts";
import { emptyAnalysis, keepRun, LIPS, type VoiceAnalysis, type RunNetwork } from "./voice-analysis.ts";

/** What a frame waits for, in frames of 10 ms. */
export interface StreamTiming {
  /** Frames that one run adds at least, even. */
  readonly hop: number;
  /** Frames of future that a final frame depends on, even. */
  readonly future: number;
  /** Frames of past that it depends on, even; more than 120 change nothing that is shown. */
  readonly past: number;
}

/** 160 ms of future, a run per 80 ms. */
export const STREAM_TIMING: StreamTiming = { hop: 8, future: 16, past: 120 };
/** Samples before the next frame that are kept, so that the constant offset is known. */
const KEPT = SPEECH_RATE_HZ / 2;
const HOP = SPEECH_RATE_HZ / 100;
/** Frames that a run adds at least that is to come soon: the network halves its rate. */
const SHORTEST = 2;
/** Most frames that one run adds. */
const LONGEST = 200;
/** A mel frame reaches so many samples to either side of its middle. */
const REACH = 200;

/** What a stream has newly analysed. */
export interface AnalysedPiece extends VoiceAnalysis {
  /** Frames that follow these, analysed with less future: the next piece says better. Empty after the end. */
  readonly provisional: VoiceAnalysis;
}

/** Analyses a voice while it is spoken, by the same network as a whole recording. */
export interface SpeechStream {
  /**
   * Takes the next samples and analyses what is due; calls must not overlap.
   * @param pcm mono 16 kHz samples in [-1, 1], any number of them; read, never kept.
   * @param soon analyses all that has come, however little, instead of waiting for a hop.
   * @returns frames at 100 Hz that follow those returned before; often none. A frame is provisional within a hop of its
   * sound and final after its future.
   * @throws what the runtime throws.
   */
  push(pcm: Float32Array, soon?: boolean): Promise<AnalysedPiece>;
  /** Analyses the rest, as if silence followed. */
  end(): Promise<AnalysedPiece>;
}

/** What was analysed piece by piece, as one. */
export function joinAnalyses(parts: readonly VoiceAnalysis[]): VoiceAnalysis {
  const out = emptyAnalysis(parts.reduce((sum, part) => sum + part.frames, 0));
  let at = 0;
  for (const part of parts) {
    out.controls.set(part.controls, at * ARTICULATORS.length);
    out.lips.set(part.lips, at * LIPS.length);
    out.bilabial.set(part.bilabial, at);
    out.rounded.set(part.rounded, at);
    out.voice.set(part.voice, at);
    out.level.set(part.level, at);
    at += part.frames;
  }
  return out;
}

/** Frames `from` to `to` of an analysis. */
export function sliceAnalysis(
  { controls, lips, bilabial, rounded, voice, level }: VoiceAnalysis,
  from: number,
  to: number,
): VoiceAnalysis {
  const rows = (values: Float32Array<ArrayBuffer>, width: number) => values.slice(from * width, to * width);
  return {
    frames: to - from,
    controls: rows(controls, ARTICULATORS.length),
    lips: rows(lips, LIPS.length),
    bilabial: rows(bilabial, 1),
    rounded: rows(rounded, 1),
    voice: rows(voice, 1),
    level: rows(level, 1),
  };
}

/** A stream that begins now: a run over past, hop and future whenever a hop of sound has come. */
export function createSpeechStream(run: RunNetwork, timing: StreamTiming = STREAM_TIMING): SpeechStream {
  const { hop, future, past } = timing;
  const loud = new LoudFrames();
  /** Latest samples; the first is that of frame `samplesFrom`. */
  let samples = new Float32Array(0);
  let samplesFrom = 0;
  /** Latest mel frames; the first is frame `rowsFrom`. */
  let rows: LevelledFrame[] = [];
  let rowsFrom = 0;
  let analysedTo = 0;
  /** Frames before this one were counted. */
  let countedTo = 0;
  let provisional = emptyAnalysis(0);
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
    for (let i = 0; i < count; i++) rows.push(levelled(mel.slice(i * MEL_BANDS, (i + 1) * MEL_BANDS)));
    const spare = Math.max(0, to - samplesFrom - KEPT / HOP);
    samples = samples.slice(spare * HOP);
    samplesFrom += spare;
  };

  const runOver = (used: readonly LevelledFrame[]) => {
    const frames = used.length + (used.length % 2);
    const input = new Float32Array(frames * MEL_BANDS).fill(Math.log(1e-10));
    used.forEach(({ mel }, i) => input.set(mel, i * MEL_BANDS));
    normaliseMel(input, runningStatistics(loud.frames()));
    return run({ mel: { data: input, dims: [1, frames, MEL_BANDS] } });
  };

  /** Analyses the frames up to `end`, of which those up to `keepTo` are final. */
  const analyseTo = async (keepTo: number, end: number): Promise<VoiceAnalysis> => {
    const start = Math.max(0, analysedTo - past);
    const used = rows.slice(start - rowsFrom, end - rowsFrom);
    for (const row of rows.slice(countedTo - rowsFrom, end - rowsFrom)) loud.add(row);
    countedTo = end;
    // Silence needs no network: whatever that said, nobody's voice moves no mouth.
    const outputs = used.every(({ level }) => level < INAUDIBLE) ? null : await runOver(used);
    const part = (from: number, to: number): VoiceAnalysis => {
      const analysis = emptyAnalysis(to - from);
      if (outputs) keepRun(analysis, outputs, { from: from - start, to: to - start, at: 0 });
      used.slice(from - start, to - start).forEach(({ level }, i) => (analysis.level[i] = level));
      return analysis;
    };
    const analysis = part(analysedTo, keepTo);
    provisional = part(keepTo, end);
    analysedTo = keepTo;
    const spare = Math.max(0, analysedTo - past - rowsFrom);
    rows = rows.slice(spare);
    rowsFrom += spare;
    return analysis;
  };

  return {
    async push(pcm, soon = false) {
      const least = soon ? SHORTEST : hop;
      take(pcm);
      const measurable = samplesFrom + Math.floor((samples.length - REACH) / HOP) + 1;
      if (measurable - countedTo >= least) measure(measurable);
      const parts: VoiceAnalysis[] = [];
      while (rowsTo() - countedTo >= least) {
        const due = rowsTo() - countedTo;
        // All that has come in one run, which costs far less than one a hop; so a machine that falls behind catches up.
        const end = countedTo + Math.min(due - (due % 2), LONGEST);
        parts.push(await analyseTo(Math.max(analysedTo, end - future), end));
      }
      return { ...joinAnalyses(parts), provisional };
    },
    async end() {
      const parts: VoiceAnalysis[] = [];
      if (samples.length > 0) {
        measure(samplesFrom + Math.floor(samples.length / HOP) + 1);
        while (analysedTo < rowsTo()) {
          const keepTo = Math.min(rowsTo(), analysedTo + LONGEST);
          parts.push(await analyseTo(keepTo, Math.min(rowsTo(), keepTo + future)));
        }
      }
      return { ...joinAnalyses(parts), provisional };
    },
  };
}
