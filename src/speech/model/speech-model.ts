import { EngineError } from "../../job/errors.ts";
import type { AnalysedMouth } from "../../job/analysed-mouth.ts";
import { sampleVoice } from "../../inference/check/sample-voice.ts";
import type { Runtime, Sample } from "../../inference/runtime.ts";
import {
  analyseVoice,
  WINDOW_FRAMES,
  type RecordingAnalysis,
  type VoiceAnalysis,
  type AnalysisOptions,
  type RunNetwork,
} from "./voice-analysis.ts";
import { LogMel, MEL_BANDS, SPEECH_RATE_HZ } from "../features/log-mel.ts";
import { MelStatisticsCollector, normaliseMel } from "../features/mel-statistics.ts";
import { createSpeechStream, type SpeechStream, type StreamTiming } from "./speech-stream.ts";
import { shapeMouth } from "../mouth-track/shape-mouth.ts";

/** Longest recording in seconds. */
export const LONGEST_SECONDS = 3600;

/** Turns speech of any language into mouth motion. */
export interface SpeechModel {
  /**
   * @param pcm mono 16 kHz samples in [-1, 1], up to an hour; read, never kept. Samples that are not finite count as
   * silence, a constant offset is taken out, loudness does not matter.
   * @returns motion at 100 Hz; without a voice it rests and says so in `warnings`.
   * @throws EngineError `input/audio-empty` without a sample, `input/audio-too-long` beyond an hour,
   * `job/cancelled`, or what the runtime throws.
   */
  mouthOf(
    pcm: Float32Array,
    options?: { signal?: AbortSignal; onProgress?: (fraction: number) => void },
  ): Promise<AnalysedMouth>;
}

/** A speech model whose two halves can be looked at one by one. */
export interface MeasurableSpeechModel extends SpeechModel {
  /** The network's own opinion; takes and throws what `mouthOf` does. */
  analyse(pcm: Float32Array, options?: AnalysisOptions): Promise<RecordingAnalysis>;
  /** Analyses a voice while it is spoken, with 160 ms of future unless told otherwise; its statistics are those of the last seconds. */
  stream(timing?: StreamTiming): SpeechStream;
  /** The finished motion. */
  shape(analysis: VoiceAnalysis): AnalysedMouth;
}

/** The speech model over any way to run its network. */
export function speechModelOf(run: RunNetwork): MeasurableSpeechModel {
  const model: MeasurableSpeechModel = {
    async analyse(pcm, options = {}) {
      if (pcm.length === 0) {
        throw new EngineError("input/audio-empty", "The audio has no samples. Choose another recording.");
      }
      const seconds = pcm.length / SPEECH_RATE_HZ;
      if (seconds > LONGEST_SECONDS) {
        throw new EngineError(
          "input/audio-too-long",
          `The audio lasts ${Math.round(seconds)} s, more than ${LONGEST_SECONDS} s. Cut it into parts.`,
          { details: { value: seconds, limits: { most: LONGEST_SECONDS }, unit: "seconds" } },
        );
      }
      return analyseVoice(run, pcm, options);
    },
    stream: (timing) => createSpeechStream(run, timing),
    shape: shapeMouth,
    async mouthOf(pcm, options) {
      const analysis = await model.analyse(pcm, options);
      return { ...shapeMouth(analysis), timbre: analysis.timbre };
    },
  };
  return model;
}

/** A voice in a window as recordings are analysed, to try the network with. */
const voiceSample: Sample = () => {
  const mel = new LogMel(sampleVoice());
  const collector = new MelStatisticsCollector(mel.frames);
  collector.add(mel.read(0, mel.frames));
  const data = mel.read(0, WINDOW_FRAMES);
  normaliseMel(data, collector.finish());
  return Promise.resolve({ mel: { data, dims: [1, WINDOW_FRAMES, MEL_BANDS] } });
};

/**
 * Loads the speech network.
 * @throws EngineError `model/load`, `model/integrity`, `device/lost`, `device/memory`.
 */
export async function createSpeechModel(runtime: Runtime): Promise<MeasurableSpeechModel> {
  const model = await runtime.load("mouth", voiceSample);
  return speechModelOf((feeds) => model.run(feeds));
}
