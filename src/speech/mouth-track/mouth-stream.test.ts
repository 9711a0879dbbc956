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

const lookahead = (found: readonly MouthPiece[], frame: number) =>
  found.flatMap(({ start, track }) => {
    const at = frame - start;
    return at >= 0 && at < track.frames ? [track.articulation[at * WIDTH]!] : [];
  });

test("a piece holds its final frames and what is known of those after them, in every track", async () => {
  const found = await pieces(spoken(800, 300, 500));
  for (const { start, final, track } of found) {
    expect(track.frames).toBe(final + Math.min(FUTURE, 800 - start - final));
    expect(track.articulation).toHaveLength(track.frames * WIDTH);
    expect(track.voice).toHaveLength(track.frames);
    expect(track.energy).toHaveLength(track.frames);
  }
  const at = (frame: number) => found.find(({ start, final }) => frame >= start && frame < start + final)!;
  const valueOf = (frame: number, name: "voice" | "energy") =>
    at(frame).track[name][frame - at(frame).start]!;
  expect([valueOf(400, "voice"), valueOf(400, "energy")]).toEqual([expect.closeTo(0.98, 3), 1]);
  expect([valueOf(100, "voice"), valueOf(100, "energy")]).toEqual([0, 0]);
});

test("where nothing is new there is no piece; the end gives the rest", async () => {
  const parts = [spoken(8, 0, 0), spoken(4, 0, 0)];
  const none = emptyAnalysis(0);
  const ahead = spoken(6, 0, 0);
  const said = [
    { ...none, provisional: none },
    { ...parts[0]!, provisional: ahead },
    { ...none, provisional: ahead },
    { ...none, provisional: spoken(6, 0, 0) },
    { ...parts[1]!, provisional: none },
  ];
  const next = () => Promise.resolve(said.shift()!);
  const stream = createMouthStream({ push: next, end: next }, FUTURE);
  expect(await stream.push(new Float32Array(0))).toBeNull();
  expect(await stream.push(new Float32Array(0))).toMatchObject({ start: 0, final: 8, track: { frames: 14 } });
  expect(await stream.push(new Float32Array(0))).toBeNull();
  expect(await stream.push(new Float32Array(0))).toMatchObject({ start: 8, final: 0, track: { frames: 6 } });
  expect(await stream.end()).toMatchObject({ start: 8, final: 4, track: { frames: 4 } });
});

test("a voice that nobody could foresee opens the mouth by three tenths of its way a frame, not at once", async () => {
  const found = await pieces(spoken(400, 200, 300), 0);
  const apertures = finalApertures(found);
  const steps = apertures.slice(1).map((value, i) => value - apertures[i]!);
  expect(Math.max(...steps)).toBeCloseTo(0.3, 5);
  const first = apertures.findIndex((value) => value > 0);
  expect(apertures[first]).toBeCloseTo(0.3, 5);
  expect(apertures[first + 1]).toBeGreaterThan(0.5);
});

test("a mouth that was thought to be open shuts as gently", async () => {
  const stream = [
    { ...spoken(100, 20, 100), provisional: spoken(40, 0, 40) },
    { ...spoken(20, 0, 0), provisional: emptyAnalysis(0) },
  ];
  const next = () => Promise.resolve(stream.shift()!);
  const mouth = createMouthStream({ push: next, end: next }, 40);
  const [first, second] = [await mouth.push(new Float32Array(0)), await mouth.push(new Float32Array(0))];
  const openings = [first!, second!].map(({ final, track }) =>
    Array.from({ length: final }, (_, i) => track.articulation[i * WIDTH]!),
  );
  const apertures = openings.flat();
  const steps = apertures.slice(1).map((value, i) => value - apertures[i]!);
  expect(Math.min(...steps)).toBeGreaterThanOrEqual(-0.3 - 1e-6);
  expect(apertures[99]! - apertures.at(-1)!).toBeGreaterThan(0.3);
});

test("a quiet voice after a loud one is background until the loud one is five seconds of speech ago", async () => {
  const analysis = spoken(1600, 100, 300);
  for (let i = 400; i < 1600; i++) {
    analysis.voice[i] = 0.98;
    analysis.level[i] = -14;
    analysis.controls[i * WIDTH] = 0.8;
    analysis.lips[i * LIPS.length] = 0.9;
  }
  const apertures = finalApertures(await pieces(analysis, 10));
  expect(Math.max(...apertures.slice(150, 280))).toBeGreaterThan(0.6);
  expect(Math.max(...apertures.slice(450, 700))).toBe(0);
  expect(Math.max(...apertures.slice(1300))).toBeGreaterThan(0.6);
});

test("how lips part before a phrase is drawn once, however often its start is looked at", async () => {
  const found = await pieces(spoken(800, 300, 500));
  for (const frame of [262, 270, 280, 290]) {
    const opinions = lookahead(found, frame).filter((value) => value > 0);
    // The last of them are those that know the voice that follows.
    const late = opinions.slice(-3);
    expect(Math.max(...late) - Math.min(...late), String(frame)).toBeLessThan(0.02);
  }
});

test("frames that may still change do not jump either", async () => {
  const said = [
    { ...spoken(100, 0, 0), provisional: emptyAnalysis(0) },
    { ...emptyAnalysis(0), provisional: spoken(30, 0, 30) },
  ];
  const next = () => Promise.resolve(said.shift()!);
  const stream = createMouthStream({ push: next, end: next }, 30);
  await stream.push(new Float32Array(0));
  const { final, track } = (await stream.push(new Float32Array(0)))!;
  const apertures = Array.from({ length: track.frames }, (_, i) => track.articulation[i * WIDTH]!);
  expect(final).toBe(0);
  expect(apertures[0]).toBeCloseTo(0.3, 5);
  expect(Math.max(...apertures)).toBeGreaterThan(0.6);
});

test("a mouth that spoke widely before opens less for a small opening than one that never did", async () => {
  const phrases = (first: number) => {
    const analysis = spoken(1100, 100, 400);
    for (let i = 100; i < 400; i++) analysis.lips[i * LIPS.length] = first;
    for (let i = 900; i < 1050; i++) {
      analysis.voice[i] = 0.98;
      analysis.level[i] = -6;
      analysis.lips[i * LIPS.length] = 0.4;
    }
    return analysis;
  };
  const widest = async (first: number) =>
    Math.max(...finalApertures(await pieces(phrases(first), 10)).slice(950, 1000));
  expect(await widest(1)).toBeLessThan((await widest(0.4)) - 0.02);
});
