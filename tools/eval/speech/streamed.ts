import { ARTICULATORS, MOUTH_RATE_HZ, type MouthPiece, type MouthTrack } from "../../../src/core/mouth.ts";
import { LATENCIES, type Latency, type LatencyTiming } from "../../../src/job/latency.ts";
import { SPEECH_RATE_HZ } from "../../../src/speech/features/log-mel.ts";
import type { VoiceAnalysis } from "../../../src/speech/model/voice-analysis.ts";
import type { MeasurableSpeechModel } from "../../../src/speech/model/speech-model.ts";
import {
  joinAnalyses,
  sliceAnalysis,
  type AnalysedPiece,
  type SpeechStream,
} from "../../../src/speech/model/speech-stream.ts";
import { createMouthStream } from "../../../src/speech/mouth-track/mouth-stream.ts";
import type { Opinion } from "./score.ts";

/** Samples that are given at once, as a live session's come: 10 ms. */
const BLOCK = 160;

/**
 * A frame is drawn so long before its sound is heard, in seconds: a run of the network, the way between the threads, the
 * drawing itself and what this is begun early. What is known later comes too late for it.
 */
const DRAWN_BEFORE = 0.045;

/** What becomes known of frames of 10 ms, some of them again and better, and when. */
interface Known<T> {
  /** The first frame. */
  readonly start: number;
  readonly frames: number;
  /** Seconds of sound that had come by then. */
  readonly atSeconds: number;
  readonly part: T;
}

/** For each frame what was known when it was drawn, as `(piece, row)`; a frame that was late has the first that was. */
function asShown<T>(pieces: readonly Known<T>[], delaySeconds: number): [piece: T, row: number][] {
  const shown: [T, number][] = [];
  for (const { start, frames, atSeconds, part } of pieces) {
    for (let row = 0; row < frames; row++) {
      const drawnAt = (start + row) / MOUTH_RATE_HZ + delaySeconds - DRAWN_BEFORE;
      if (atSeconds <= drawnAt || !shown[start + row]) shown[start + row] = [part, row];
    }
  }
  return shown;
}

function trackOf(shown: readonly [MouthTrack, number][]): MouthTrack {
  const width = ARTICULATORS.length;
  const whole: MouthTrack = {
    frames: shown.length,
    articulation: new Float32Array(shown.length * width),
    voice: new Float32Array(shown.length),
    energy: new Float32Array(shown.length),
  };
  shown.forEach(([track, row], i) => {
    whole.articulation.set(track.articulation.subarray(row * width, (row + 1) * width), i * width);
    whole.voice[i] = track.voice[row]!;
    whole.energy[i] = track.energy[row]!;
  });
  return whole;
}

/** What a live session hears of a clip that is spoken to it, and the mouth that it shows: as known when each frame is drawn. */
export async function analyseWhileSpoken(
  model: Pick<MeasurableSpeechModel, "stream">,
  pcm: Float32Array,
  latency: Latency,
  timing: LatencyTiming = LATENCIES[latency],
): Promise<Opinion> {
  const stream = model.stream(timing);
  const heard: Known<VoiceAnalysis>[] = [];
  const pieces: Known<MouthTrack>[] = [];
  let [at, frames] = [0, 0];
  const seconds = () => Math.min(at, pcm.length) / SPEECH_RATE_HZ;
  const keep = (piece: AnalysedPiece) => {
    const part = joinAnalyses([piece, piece.provisional]);
    heard.push({ start: frames, frames: part.frames, atSeconds: seconds(), part });
    frames += piece.frames;
    return piece;
  };
  const watched: SpeechStream = {
    push: async (samples) => keep(await stream.push(samples)),
    end: async () => keep(await stream.end()),
  };
  const mouths = createMouthStream(watched, timing.future);
  const take = (piece: MouthPiece | null) => {
    if (!piece) return;
    const { start, track } = piece;
    pieces.push({ start, frames: track.frames, atSeconds: seconds(), part: track });
  };
  while (at < pcm.length) {
    const block = pcm.subarray(at, at + BLOCK);
    at += BLOCK;
    take(await mouths.push(block));
  }
  take(await mouths.end());
  const { delaySeconds } = timing;
  return {
    heard: joinAnalyses(asShown(heard, delaySeconds).map(([part, row]) => sliceAnalysis(part, row, row + 1))),
    track: trackOf(asShown(pieces, delaySeconds)),
  };
}
