import type { MouthPiece } from "../../core/mouth.ts";
import { EngineError } from "../../job/errors.ts";
import { LATENCIES, type Latency } from "../../job/latency.ts";
import { createMonoMix } from "../../media/audio/downmix.ts";
import { createResampler } from "../../media/audio/resample.ts";
import { SPEECH_RATE_HZ } from "../../speech/features/log-mel.ts";
import type { MeasurableSpeechModel } from "../../speech/model/speech-model.ts";
import { createMouthStream, type MouthStream } from "../../speech/mouth-track/mouth-stream.ts";
import type { LiveAnalysisApi } from "../../worker-rpc/live-api.ts";
import { transfer } from "../../worker-rpc/rpc.ts";

type Planes = Float32Array<ArrayBuffer>[];

const buffersOf = ({ track }: MouthPiece) => [
  track.articulation.buffer,
  track.voice.buffer,
  track.energy.buffer,
];
const sent = (piece: MouthPiece | null) => piece && transfer(piece, buffersOf(piece));

/** Samples as the model takes them, from blocks at any rate; what is no number becomes silence. */
function speechOf(sampleRateHz: number): (blocks: readonly Planes[]) => Float32Array {
  const toMono = createMonoMix();
  const resampler = createResampler(Math.round(sampleRateHz), SPEECH_RATE_HZ);
  return (blocks) => {
    const parts = blocks.map((planes) =>
      resampler.push(toMono(planes).map((value) => (Number.isFinite(value) ? value : 0))),
    );
    const speech = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      speech.set(part, at);
      at += part.length;
    }
    return speech;
  };
}

/** The voices that a worker analyses while they are spoken, by number. */
export function createLiveAnalyses(model: () => Promise<MeasurableSpeechModel>): LiveAnalysisApi {
  const analyses = new Map<number, MouthStream>();
  let last = 0;

  const open = async (latency: Latency) => {
    const timing = LATENCIES[latency];
    return createMouthStream((await model()).stream(timing), timing.future);
  };
  const find = (analysis: number): MouthStream => {
    const found = analyses.get(analysis);
    if (found) return found;
    throw new EngineError("job/cancelled", "The analysis was closed.");
  };

  return {
    async openAnalysis(latency) {
      analyses.set(++last, await open(latency));
      return last;
    },
    analyseMore: async (analysis, speech, soon) => sent(await find(analysis).push(speech, soon)),
    async endAnalysis(analysis) {
      const stream = find(analysis);
      analyses.delete(analysis);
      return sent(await stream.end());
    },
    async closeAnalysis(analysis) {
      analyses.delete(analysis);
    },
    async analysePort(latency, sampleRateHz, from, blocks, pieces) {
      const stream = await open(latency);
      const toSpeech = speechOf(sampleRateHz);
      let waiting: Planes[] = [];
      let ended = false;
      let wake: () => void = () => undefined;
      blocks.onmessage = ({ data }: MessageEvent<Planes | null>) => {
        if (data) waiting.push(data);
        else ended = true;
        wake();
      };
      try {
        while (!ended) {
          if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
          const speech = toSpeech(waiting.splice(0));
          const piece = await stream.push(speech);
          if (piece) pieces.postMessage({ ...piece, start: from + piece.start }, buffersOf(piece));
        }
      } finally {
        waiting = [];
        blocks.close();
        pieces.close();
      }
    },
  };
}
