import { ARTICULATORS, type MouthPiece, type MouthTrack } from "../../../src/core/mouth.ts";
import { LATENCIES, type Latency } from "../../../src/job/latency.ts";
import type { MeasurableSpeechModel } from "../../../src/speech/model/speech-model.ts";
import {
  joinAnalyses,
  type AnalysedPiece,
  type SpeechStream,
} from "../../../src/speech/model/speech-stream.ts";
import { createMouthStream } from "../../../src/speech/mouth-track/mouth-stream.ts";
import type { Opinion } from "./score.ts";

/** Samples that are given at once, as a live session's come: 10 ms. */
const BLOCK = 160;

/** The final frames of a stream's pieces as one track. */
function joinPieces(pieces: readonly MouthPiece[]): MouthTrack {
  const frames = pieces.reduce((most, { start, track }) => Math.max(most, start + track.frames), 0);
  const whole: MouthTrack = {
    frames,
    articulation: new Float32Array(frames * ARTICULATORS.length),
    voice: new Float32Array(frames),
    energy: new Float32Array(frames),
  };
  for (const { start, track } of pieces) {
    whole.articulation.set(track.articulation, start * ARTICULATORS.length);
    whole.voice.set(track.voice, start);
    whole.energy.set(track.energy, start);
  }
  return whole;
}

/** What a live session hears of a clip that is spoken to it, and the mouth that it makes of it. */
export async function analyseWhileSpoken(
  model: Pick<MeasurableSpeechModel, "stream">,
  pcm: Float32Array,
  latency: Latency,
): Promise<Opinion> {
  const timing = LATENCIES[latency];
  const stream = model.stream(timing);
  const heard: AnalysedPiece[] = [];
  const keep = (piece: AnalysedPiece) => (heard.push(piece), piece);
  const watched: SpeechStream = {
    push: async (samples) => keep(await stream.push(samples)),
    end: async () => keep(await stream.end()),
  };
  const mouths = createMouthStream(watched, timing.future);
  const pieces: (MouthPiece | null)[] = [];
  for (let at = 0; at < pcm.length; at += BLOCK) pieces.push(await mouths.push(pcm.subarray(at, at + BLOCK)));
  pieces.push(await mouths.end());
  return { heard: joinAnalyses(heard), track: joinPieces(pieces.filter((piece) => piece !== null)) };
}
