import { ARTICULATORS } from "../../core/mouth.ts";
import { throwIfCancelled } from "../../job/errors.ts";
import { LogMel, MEL_BANDS } from "../features/log-mel.ts";
import { MelStatisticsCollector, normaliseMel } from "../features/mel-statistics.ts";

/** What the network needs of an inference runtime: one run of tensors to tensors. */
export type RunNetwork = (
  feeds: Readonly<Record<string, { readonly data: Float32Array; readonly dims: readonly number[] }>>,
) => Promise<Record<string, { readonly data: Float32Array; readonly dims: readonly number[] }>>;

/**
 * What the network says of the lips themselves, as people move them (`models/speech/people.py`):
 * - `opening`: gap between the lips, 1 = the 95th percentile of the speaker's own
 * - `width`: distance of the corners from the speaker's median, in distances between the eyes
 * - `touch`: 1 = the lips are together
 */
export const LIPS = ["opening", "width", "touch"] as const;

/** The name of one measure of the lips. */
export type LipMeasure = (typeof LIPS)[number];

/** The network's own opinion, one frame per 10 ms, before any rule was applied. */
export interface VoiceAnalysis {
  readonly frames: number;
  /** `[frames, 7]` in the order of ARTICULATORS. */
  readonly controls: Float32Array<ArrayBuffer>;
  /** `[frames, 3]` in the order of LIPS. */
  readonly lips: Float32Array<ArrayBuffer>;
  /** `[frames]`, probability that the phone is made with both lips (p, b, m). */
  readonly bilabial: Float32Array<ArrayBuffer>;
  /** `[frames]`, probability of a phone with rounded lips that the measured speakers hardly say: w, y, ø. */
  readonly rounded: Float32Array<ArrayBuffer>;
  /** `[frames]`, probability of speech. */
  readonly voice: Float32Array<ArrayBuffer>;
  /** `[frames]`, natural log of power, mean over the mel bands. */
  readonly level: Float32Array<ArrayBuffer>;
}

/** The same of a whole recording. */
export interface RecordingAnalysis extends VoiceAnalysis {
  /** `[80]`, mean log-mel of the loud frames less their mean over the bands. */
  readonly timbre: Float32Array<ArrayBuffer>;
}

/** Settings of {@link analyseVoice}. */
export interface AnalysisOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** Classes of the network's phone head (models/speech/phones.py): p b m; w, y, ø. */
const BILABIAL_CLASS = 1;
const ROUNDED_CLASSES = [11, 21, 22] as const;
/** Frames of one run; all but a recording's last run have this size. */
export const WINDOW_FRAMES = 1024;
/** Frames on either side that can change an output (`receptive_field` in models/speech/network.py and the taps of people.py), even. */
export const CONTEXT_FRAMES = 136;
const KEPT = WINDOW_FRAMES - 2 * CONTEXT_FRAMES;
const READ = 4096;

/** Runs of a recording: `[start, end)` in frames, of which `[keepFrom, keepTo)` is used. */
export function windows(frames: number): { start: number; end: number; keepFrom: number; keepTo: number }[] {
  const even = frames + (frames % 2);
  if (even <= WINDOW_FRAMES) return [{ start: 0, end: even, keepFrom: 0, keepTo: frames }];
  const all = [];
  for (let keepFrom = 0; keepFrom < frames;) {
    const start = Math.min(Math.max(0, keepFrom - CONTEXT_FRAMES), even - WINDOW_FRAMES);
    const end = start + WINDOW_FRAMES;
    const keepTo = end >= even ? frames : Math.min(frames, Math.max(start, 0) + CONTEXT_FRAMES + KEPT);
    all.push({ start, end, keepFrom, keepTo });
    keepFrom = keepTo;
  }
  return all;
}

/** An analysis of so many frames, all 0. */
export const emptyAnalysis = (frames: number): VoiceAnalysis => ({
  frames,
  controls: new Float32Array(frames * ARTICULATORS.length),
  lips: new Float32Array(frames * LIPS.length),
  bilabial: new Float32Array(frames),
  rounded: new Float32Array(frames),
  voice: new Float32Array(frames),
  level: new Float32Array(frames),
});

/** Puts the frames `from` to `to` of a run's outputs into an analysis, beginning at its frame `at`. */
export function keepRun(
  analysis: VoiceAnalysis,
  { controls, phones, voice, lips }: Awaited<ReturnType<RunNetwork>>,
  { from, to, at }: { readonly from: number; readonly to: number; readonly at: number },
): void {
  const rows = (data: Float32Array, width: number) => data.subarray(from * width, to * width);
  analysis.controls.set(rows(controls!.data, ARTICULATORS.length), at * ARTICULATORS.length);
  analysis.lips.set(rows(lips!.data, LIPS.length), at * LIPS.length);
  analysis.voice.set(rows(voice!.data, 1), at);
  const classes = phones!.dims.at(-1)!;
  for (let i = from; i < to; i++) {
    const probability = (phone: number) => phones!.data[i * classes + phone]!;
    analysis.bilabial[at + i - from] = probability(BILABIAL_CLASS);
    analysis.rounded[at + i - from] = ROUNDED_CLASSES.reduce((sum, phone) => sum + probability(phone), 0);
  }
}

/**
 * Runs the network over a recording of any length in bounded memory: first the statistics of the whole, then
 * windows that overlap by what an output can see, so that windows and whole agree.
 * @param pcm mono 16 kHz samples in [-1, 1].
 * @throws EngineError `job/cancelled`, and what `run` throws.
 */
export async function analyseVoice(
  run: RunNetwork,
  pcm: Float32Array,
  options: AnalysisOptions = {},
): Promise<RecordingAnalysis> {
  const mel = new LogMel(pcm);
  const { frames } = mel;
  const collector = new MelStatisticsCollector(frames);
  /** All of a short recording, and the frame beyond it that a run may read. */
  const all = frames <= READ ? mel.read(0, frames + (frames % 2)) : null;
  if (all) collector.add(all.subarray(0, frames * MEL_BANDS));
  for (let first = 0; !all && first < frames; first += READ) {
    throwIfCancelled(options.signal);
    collector.add(mel.read(first, Math.min(READ, frames - first)));
  }
  const statistics = collector.finish();
  const loudness = statistics.mean.reduce((sum, value) => sum + value, 0) / MEL_BANDS;
  const timbre = Float32Array.from(statistics.mean, (value) => value - loudness);
  const analysis = { ...emptyAnalysis(frames), level: statistics.level, timbre };
  const plan = windows(frames);
  for (const [index, { start, end, keepFrom, keepTo }] of plan.entries()) {
    throwIfCancelled(options.signal);
    const input = all?.slice(start * MEL_BANDS, end * MEL_BANDS) ?? mel.read(start, end - start);
    normaliseMel(input, statistics);
    const outputs = await run({ mel: { data: input, dims: [1, end - start, MEL_BANDS] } });
    keepRun(analysis, outputs, { from: keepFrom - start, to: keepTo - start, at: keepFrom });
    options.onProgress?.((index + 1) / plan.length);
  }
  return analysis;
}
