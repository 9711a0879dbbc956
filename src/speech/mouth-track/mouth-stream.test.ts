import { expect, test } from "vitest";
import { ARTICULATORS, type MouthPiece } from "../../core/mouth.ts";
import { emptyAnalysis, LIPS, type VoiceAnalysis } from "../model/voice-analysis.ts";
import { sliceAnalysis, type SpeechStream } from "../model/speech-stream.ts";
import { createMouthStream } from "./mouth-stream.ts";

const FUTURE = 44;
const HOP = 8;
const WIDTH = ARTICULATORS.length;

/** Silence, "ah" from `from` to `to`, silence; frames of 10 ms. */
function spoken(frames: number, from: number, to: number): VoiceAnalysis {
  const analysis = emptyAnalysis(frames);
  analysis.level.fill(-20);
  for (let i = from; i < to; i++) {
    analysis.voice[i] = 0.98;
    analysis.level[i] = -6;
    analysis.controls[i * WIDTH] = 0.8;
    analysis.lips[i * LIPS.length] = 0.9;
  }
  return analysis;
}

/** A stream that says what was prepared, eight frames at a time. */
function reading(analysis: VoiceAnalysis, future = FUTURE): SpeechStream {
  let at = 0;
  const next = () => {
    const from = at;
    at = Math.min(analysis.frames, at + HOP);
    const provisional = sliceAnalysis(analysis, at, Math.min(analysis.frames, at + future));
    return Promise.resolve({ ...sliceAnalysis(analysis, from, at), provisional });
  };
  return { push: next, end: next };
}

async function pieces(analysis: VoiceAnalysis, future = FUTURE): Promise<MouthPiece[]> {
  const stream = createMouthStream(reading(analysis, future), future);
  const found = [];
  for (let i = 0; i < Math.ceil(analysis.frames / HOP); i++) {
    const piece = await stream.push(new Float32Array(0));
    if (piece) found.push(piece);
  }
  return found;
}

/** Apertures of the final frames. */
const finalApertures = (found: readonly MouthPiece[]) =>
  found.flatMap(({ final, track }) =>
    Array.from({ length: final }, (_, i) => track.articulation[i * WIDTH]!),
  );

test("frames follow each other without a gap and none jumps, also where an opinion changes", async () => {
  const found = await pieces(spoken(800, 300, 500));
  found.forEach(({ start, final }, i) => {
    expect(start).toBe(i * HOP);
    expect(final).toBe(HOP);
  });
  const apertures = finalApertures(found);
  const steps = apertures.slice(1).map((value, i) => Math.abs(value - apertures[i]!));
  expect(Math.max(...steps)).toBeLessThanOrEqual(0.3 + 1e-6);
  expect(Math.max(...apertures.slice(320, 480))).toBeGreaterThan(0.6);
});

test("a shut mouth before and after speech; with enough future the lips part before a phrase", async () => {
  const apertures = finalApertures(await pieces(spoken(800, 300, 500)));
  expect(Math.max(...apertures.slice(0, 240))).toBe(0);
  expect(Math.max(...apertures.slice(530))).toBe(0);
  // Lips part by themselves between 0.44 and 0.12 s before the voice; the first phrase's chance is drawn so.
  expect(Math.max(...apertures.slice(256, 288))).toBeGreaterThan(0.2);
  const hasty = finalApertures(await pieces(spoken(800, 300, 500), 10));
  expect(Math.max(...hasty.slice(0, 285))).toBe(0);
});

test("a voice after a long pause opens the mouth at once, for its loudness is remembered", async () => {
  const analysis = spoken(3000, 200, 400);
  const later = spoken(3000, 2500, 2700);
  for (let i = 2500; i < 2700; i++) {
    analysis.voice[i] = later.voice[i]!;
    analysis.level[i] = later.level[i]!;
    analysis.controls[i * WIDTH] = 0.8;
    analysis.lips[i * LIPS.length] = 0.9;
  }
  const apertures = finalApertures(await pieces(analysis, 10));
  expect(apertures.slice(2500, 2512).some((value) => value > 0.3)).toBe(true);
});
