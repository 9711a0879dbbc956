import { expect, test } from "vitest";
import type { MouthPiece } from "../../core/mouth.ts";
import { MEL_BANDS } from "../../speech/features/log-mel.ts";
import type { RunNetwork } from "../../speech/model/voice-analysis.ts";
import { speechModelOf } from "../../speech/model/speech-model.ts";
import { createLiveAnalyses } from "./serve-analyses.ts";

/** A network that hears a voice, and an open mouth, where a band is loud. */
const network: RunNetwork = ({ mel }) => {
  const frames = mel!.dims[1]!;
  const loud = (i: number) => (mel!.data[i * MEL_BANDS + 20]! > 0 ? 1 : 0);
  const rows = (width: number, of: (i: number) => number) => ({
    data: Float32Array.from({ length: frames * width }, (_, k) => of(Math.floor(k / width))),
    dims: [1, frames, width],
  });
  return Promise.resolve({
    controls: rows(7, () => 0),
    phones: rows(26, () => 0),
    voice: rows(1, loud),
    lips: rows(3, loud),
  });
};

interface Followed {
  readonly rateHz: number;
  readonly channels?: number;
  readonly seconds: number;
  /** Second at which silence ends. */
  readonly loudFrom: number;
  /** Number of the first frame. */
  readonly from?: number;
}

/** Follows a sound; the end of what was analysed, and the first frame of the voice. */
async function follow({ rateHz, channels = 1, seconds, loudFrom, from = 0 }: Followed) {
  const analyses = createLiveAnalyses(() => Promise.resolve(speechModelOf(network)));
  const [blocks, pieces] = [new MessageChannel(), new MessageChannel()];
  const size = Math.round(rateHz / 100);
  let [end, voiceAt] = [0, -1];
  const take = ({ start, track }: MouthPiece) => {
    end = start + track.frames;
    const voice = track.voice.findIndex((value) => value > 0.5);
    if (voiceAt < 0 && voice >= 0) voiceAt = start + voice;
  };
  pieces.port1.onmessage = ({ data }: MessageEvent<MouthPiece>) => take(data);
  const analysis = analyses.analysePort("low", rateHz, from, blocks.port2, pieces.port2);
  let frame = 0;
  for (let block = 0; block < 100 * seconds; block++) {
    const plane = new Float32Array(size);
    for (let i = 0; i < size; i++, frame++) {
      const at = frame / rateHz;
      if (at >= loudFrom) plane[i] = 0.5 * Math.sin(2 * Math.PI * 700 * at);
    }
    blocks.port1.postMessage(Array.from({ length: channels }, () => plane));
    if (block % 500 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  blocks.port1.postMessage(null);
  await analysis;
  await new Promise((resolve) => setTimeout(resolve, 20));
  blocks.port1.close();
  pieces.port1.close();
  return { end, voiceAt };
}

test.each([
  [8000, 1],
  [11_000, 2],
  [16_000, 1],
  [22_000, 2],
  [24_000, 1],
  [32_000, 2],
  [44_100, 2],
  [48_000, 1],
])("a sound of %i Hz in %i channels has its mouth at its own time", async (rateHz, channels) => {
  const { end, voiceAt } = await follow({ rateHz, channels, seconds: 3, loudFrom: 1.5 });
  // The last hop and what a frame reaches beyond itself are still to come.
  expect(end).toBeGreaterThan(290);
  expect(end).toBeLessThanOrEqual(300);
  expect(Math.abs(voiceAt - 150)).toBeLessThanOrEqual(4);
});

test("after six thousand blocks the mouth is where its sound is: nothing is rounded away", async () => {
  const { end, voiceAt } = await follow({ rateHz: 44_100, seconds: 60, loudFrom: 58 });
  expect(end).toBeGreaterThan(5990);
  expect(end).toBeLessThanOrEqual(6000);
  expect(Math.abs(voiceAt - 5800)).toBeLessThanOrEqual(4);
}, 60_000);

test("an analysis that takes over from another goes on counting where it is told to", async () => {
  const { voiceAt } = await follow({ rateHz: 16_000, seconds: 3, loudFrom: 1.5, from: 1234 });
  expect(Math.abs(voiceAt - 1234 - 150)).toBeLessThanOrEqual(4);
});
