import { ARTICULATORS, type MouthTrack } from "../../../src/core/mouth.ts";
import type { Latency } from "../../../src/job/latency.ts";
import { gateVoice } from "../../../src/speech/mouth-track/voice-gate.ts";
import { LIPS, type VoiceAnalysis } from "../../../src/speech/model/voice-analysis.ts";
import { SPEECH_RATE_HZ } from "../../../src/speech/features/log-mel.ts";
import { column } from "../../../src/speech/features/signal.ts";
import type { MeasurableSpeechModel } from "../../../src/speech/model/speech-model.ts";
import { gain, reverberate, telephone, VOICELESS, withNoise } from "./degrade.ts";
import type { ClipLabels } from "./labels.ts";
import { rotate } from "./metrics.ts";
import { Scorer, type Figures, type Opinion } from "./score.ts";

/** A codec that the harness can send a recording through. */
export type Codec = "opus-12k" | "mp3-32k";

/** What {@link evaluateSpeech} needs of its surroundings. */
export interface SpeechEvalInput {
  readonly model: Omit<MeasurableSpeechModel, "stream">;
  readonly clips: readonly ClipLabels[];
  /** Hears the clip as if it were being spoken; left out when absent. */
  readonly whileSpoken?: (pcm: Float32Array, latency: Latency) => Promise<Opinion>;
  /** The clip's mono 16 kHz samples, undefined when the file is absent here. */
  readonly loadClip: (labels: ClipLabels) => Promise<Float32Array | undefined>;
  /** The recording after a codec, undefined when this machine has none. */
  readonly transcode?: (pcm: Float32Array, codec: Codec) => Promise<Float32Array | undefined>;
  readonly onProgress?: (fraction: number) => void;
}

/** All figures of one evaluation. */
export interface SpeechEval {
  /** By group of clips, then by column. */
  readonly groups: Record<string, Record<Column, Figures>>;
  /** By group of clips: heard while it is spoken. */
  readonly streamed: Record<string, Record<Latency, Figures>>;
  /** Real clips after each degradation, this model. */
  readonly robustness: Record<string, Figures>;
  /** Widest aperture on sounds without a voice. */
  readonly voiceless: Record<string, number>;
  /** Seconds of audio heard in one second. */
  readonly speed: number;
  /** The finished motion of the real clips, for `models/speech/plot.py`; three decimals. */
  readonly tracks: readonly PlottedTrack[];
  /** Files that are not here, so that their clips were left out. */
  readonly absent: readonly string[];
}

/** A clip's motion as plain numbers. */
export interface PlottedTrack extends Pick<ClipLabels, "clip" | "file" | "language" | "phones"> {
  readonly articulation: readonly number[];
  readonly voice: readonly number[];
}

/** What is compared: this model, loudness alone, and this model's motion on the wrong moment. */
export type Column = "model" | "loudness" | "shuffled";

const WIDTH = ARTICULATORS.length;
const REAL = "real";

/** The motion of somebody who only hears how loud it is. */
function byLoudness(heard: VoiceAnalysis): VoiceAnalysis {
  const { energy } = gateVoice(heard);
  const controls = new Float32Array(heard.frames * WIDTH);
  for (let i = 0; i < heard.frames; i++) {
    const open = energy[i]!;
    controls.set([open, open / 2, 1 - open, 1 - open, 1 - open, 0, 0], i * WIDTH);
  }
  const lips = new Float32Array(heard.frames * LIPS.length);
  energy.forEach((open, i) => lips.set([open, 0, 1 - open], i * LIPS.length));
  return {
    ...heard,
    controls,
    lips,
    bilabial: energy.map((e) => 1 - e),
    rounded: new Float32Array(heard.frames),
  };
}

/** The same motion at another time. */
function shuffled({ heard, track }: Opinion): Opinion {
  const by = Math.floor(heard.frames * 0.37);
  const turn = (values: Float32Array) => rotate(values, by);
  return {
    heard: {
      ...heard,
      controls: rotate(heard.controls, by * WIDTH),
      lips: rotate(heard.lips, by * LIPS.length),
      bilabial: turn(heard.bilabial),
      rounded: turn(heard.rounded),
      voice: turn(heard.voice),
    },
    track: { ...track, articulation: rotate(track.articulation, by * WIDTH) },
  };
}

const DEGRADATIONS: Record<string, (pcm: Float32Array) => Float32Array> = {
  clean: (pcm) => pcm,
  "telephone (8 kHz, mu-law)": telephone,
  "white noise 20 dB": (pcm) => withNoise(pcm, "white", 20),
  "white noise 10 dB": (pcm) => withNoise(pcm, "white", 10),
  "pink noise 20 dB": (pcm) => withNoise(pcm, "pink", 20),
  "pink noise 10 dB": (pcm) => withNoise(pcm, "pink", 10),
  "pink noise 0 dB": (pcm) => withNoise(pcm, "pink", 0),
  "reverb 0.5 s": (pcm) => reverberate(pcm, 0.5),
  "gain -30 dB": (pcm) => gain(pcm, -30),
};
const CODECS: Record<string, Codec> = { "Opus 12 kbit/s": "opus-12k", "MP3 32 kbit/s": "mp3-32k" };

/**
 * Measures a speech model on labelled clips: exact truth on synthesised speech, aligned phones on real voices.
 * Groups whose name starts with `real` are also degraded.
 * @see models/speech/README.md for how the labels were made.
 */
export async function evaluateSpeech(input: SpeechEvalInput): Promise<SpeechEval> {
  const { model } = input;
  const groups = new Map<string, Record<Column, Scorer>>();
  const robust = new Map<string, Scorer>();
  const streamed = new Map<string, Record<Latency, Scorer>>();
  const absent: string[] = [];
  const tracks: PlottedTrack[] = [];
  let [heardSeconds, spentMs] = [0, 0];
  const listen = async (pcm: Float32Array): Promise<Opinion> => {
    const start = performance.now();
    const heard = await model.analyse(pcm);
    const opinion = { heard, track: model.shape(heard) };
    spentMs += performance.now() - start;
    heardSeconds += pcm.length / SPEECH_RATE_HZ;
    return opinion;
  };
  const scorer = (name: string) => {
    if (!robust.has(name)) robust.set(name, new Scorer());
    return robust.get(name)!;
  };
  for (const [done, labels] of input.clips.entries()) {
    const pcm = await input.loadClip(labels);
    if (pcm === undefined) {
      absent.push(labels.file);
      continue;
    }
    if (!groups.has(labels.group)) {
      groups.set(labels.group, { model: new Scorer(), loudness: new Scorer(), shuffled: new Scorer() });
    }
    const columns = groups.get(labels.group)!;
    const opinion = await listen(pcm);
    columns.model.add(labels, opinion);
    columns.shuffled.add(labels, shuffled(opinion));
    const loud = byLoudness(opinion.heard);
    columns.loudness.add(labels, { heard: loud, track: model.shape(loud) });
    if (input.whileSpoken) {
      const scorers = streamed.get(labels.group) ?? { low: new Scorer(), quality: new Scorer() };
      streamed.set(labels.group, scorers);
      for (const latency of ["low", "quality"] as const) {
        scorers[latency].add(labels, await input.whileSpoken(pcm, latency));
      }
    }
    if (labels.group.startsWith(REAL)) {
      tracks.push(plotted(labels, opinion.track));
      for (const [name, degrade] of Object.entries(DEGRADATIONS)) {
        scorer(name).add(labels, await listen(degrade(pcm)));
      }
      for (const [name, codec] of Object.entries(CODECS)) {
        const coded = await input.transcode?.(pcm, codec);
        if (coded !== undefined) scorer(name).add(labels, await listen(coded));
      }
    }
    input.onProgress?.((done + 1) / input.clips.length);
  }
  const voiceless: Record<string, number> = {};
  for (const [name, make] of Object.entries(VOICELESS)) {
    const { track } = await listen(make());
    voiceless[name] = widest(track);
  }
  return {
    groups: Object.fromEntries(
      [...groups].map(([name, columns]) => [
        name,
        {
          model: columns.model.figures(),
          loudness: columns.loudness.figures(),
          shuffled: columns.shuffled.figures(),
        },
      ]),
    ),
    streamed: Object.fromEntries(
      [...streamed].map(([name, { low, quality }]) => [
        name,
        { low: low.figures(), quality: quality.figures() },
      ]),
    ),
    robustness: Object.fromEntries([...robust].map(([name, s]) => [name, s.figures()])),
    voiceless,
    speed: heardSeconds / (spentMs / 1000),
    tracks,
    absent,
  };
}

const plain = (values: Float32Array) => Array.from(values, (x) => Math.round(x * 1000) / 1000);

function plotted({ clip, file, language, phones }: ClipLabels, track: MouthTrack): PlottedTrack {
  return { clip, file, language, phones, articulation: plain(track.articulation), voice: plain(track.voice) };
}

const widest = (track: MouthTrack) =>
  column(track.articulation, WIDTH, 0).reduce((a, b) => Math.max(a, b), 0);
