import { describe, expect, test } from "vitest";
import { emptyAnalysis, type VoiceAnalysis } from "../model/voice-analysis.ts";
import { certainLevels, gateVoice, stretches } from "./voice-gate.ts";

const SPEECH = -6;
const ROOM = -20;
/** Frames by which smoothing may move the edge of a stretch. */
const EDGE = 1;

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly voice?: number;
  readonly level?: number;
}

/** What a network would find: a quiet room, and in it stretches of frames of 10 ms. */
function found(frames: number, ...parts: readonly Stretch[]): VoiceAnalysis {
  const analysis = emptyAnalysis(frames);
  analysis.level.fill(ROOM);
  for (const { from, to, voice = 0.98, level = SPEECH } of parts) {
    analysis.voice.fill(voice, from, to);
    analysis.level.fill(level, from, to);
  }
  return analysis;
}

const spansOf = (frames: number, ...parts: readonly Stretch[]) => gateVoice(found(frames, ...parts)).spans;

/** A voice that is surely there, and the same and a further stretch. */
const VOICE: Stretch = { from: 50, to: 150 };
const beside = (part: Stretch) => spansOf(400, VOICE, part).filter(([start]) => start > 160);

describe("a voice in a quiet room", () => {
  const { activity, voice, energy, spans, spoken } = gateVoice(found(300, VOICE));

  test("is one stretch", () => {
    expect(spoken).toBe(true);
    expect(spans).toHaveLength(1);
    expect(Math.abs(spans[0]![0] - VOICE.from)).toBeLessThanOrEqual(EDGE);
    expect(Math.abs(spans[0]![1] - VOICE.to)).toBeLessThanOrEqual(EDGE);
  });

  test("opens the mouth from 120 ms before it until 180 ms after it, gently", () => {
    const [start, end] = spans[0]!;
    expect(activity.slice(0, start - 12 + 1).every((value) => value === 0)).toBe(true);
    expect(activity.slice(start - 12 + 1, start).every((value) => value > 0 && value < 1)).toBe(true);
    expect(activity[start - 6]).toBeCloseTo(0.5, 1);
    expect(activity.slice(start, end).every((value) => value === 1)).toBe(true);
    expect(activity.slice(end, end + 17).every((value) => value > 0 && value < 1)).toBe(true);
    expect(activity[end + 8]).toBeCloseTo(0.5, 1);
    expect(activity.slice(end + 18).every((value) => value === 0)).toBe(true);
    const steps = activity.slice(1).map((value, i) => value - activity[i]!);
    expect(Math.max(...steps.slice(0, start))).toBeLessThan(0.15);
    expect(Math.min(...steps.slice(end))).toBeGreaterThan(-0.15);
  });

  test("has loudness and certainty where it is, and none elsewhere", () => {
    expect(energy[100]).toBe(1);
    expect(voice[100]).toBeCloseTo(0.98, 5);
    expect(Math.max(...energy.slice(170), ...voice.slice(170))).toBe(0);
  });
});

test("a stretch at either end of the clip stays within it", () => {
  const { activity, spans } = gateVoice(found(100, { from: 0, to: 100 }));
  expect(spans).toEqual([[0, 100]]);
  expect(activity.every((value) => value === 1)).toBe(true);
});

test("a pause of 60 ms belongs to the speech around it, one of 150 ms does not", () => {
  expect(spansOf(300, { from: 50, to: 120 }, { from: 126, to: 200 })).toHaveLength(1);
  const apart = spansOf(300, { from: 50, to: 120 }, { from: 135, to: 200 });
  expect(apart).toHaveLength(2);
  expect(Math.abs(apart[0]![1] - 120)).toBeLessThanOrEqual(EDGE);
  expect(Math.abs(apart[1]![0] - 135)).toBeLessThanOrEqual(EDGE);
});

test("a click of 50 ms is no syllable, 100 ms are one", () => {
  expect(beside({ from: 250, to: 254 })).toEqual([]);
  expect(beside({ from: 250, to: 255 })).toEqual([]);
  expect(beside({ from: 250, to: 260 })).toHaveLength(1);
});

test("what the network takes for a voice by half only is one where it is sure at least once", () => {
  expect(beside({ from: 250, to: 300, voice: 0.7 })).toEqual([]);
  expect(beside({ from: 250, to: 300, voice: 0.8 })).toHaveLength(1);
  const unsure: Stretch[] = [
    { from: 250, to: 300, voice: 0.55 },
    { from: 270, to: 280, voice: 0.95 },
  ];
  const spans = spansOf(400, VOICE, ...unsure).filter(([start]) => start > 160);
  expect(spans).toHaveLength(1);
  expect(spans[0]![1] - spans[0]![0]).toBeGreaterThan(40);
  const breath = { from: 250, to: 300, voice: 0.3 };
  const [within] = spansOf(400, VOICE, breath, { from: 270, to: 282 }).filter(([start]) => start > 160);
  expect(within![1] - within![0]).toBeLessThan(16);
});

test("somebody far behind the speaker is not the speaker", () => {
  expect(beside({ from: 250, to: 300, level: SPEECH - 6 })).toHaveLength(1);
  expect(beside({ from: 250, to: 300, level: SPEECH - 7 })).toEqual([]);
});

test("a recording below -80 dBFS holds nobody, one just above may", () => {
  const whole = (level: number) => gateVoice(found(200, { from: 0, to: 200, level }));
  expect(whole(-19.6).spoken).toBe(false);
  expect(whole(-19.4).spoken).toBe(true);
});

test("less than 120 ms of certain speech in a whole clip is none: the mouth stays at rest", () => {
  const { spoken, spans, activity, energy, voice } = gateVoice(found(200, { from: 100, to: 110 }));
  expect([spoken, spans]).toEqual([false, []]);
  for (const values of [activity, energy, voice]) expect(Math.max(...values)).toBe(0);
  expect(gateVoice(found(200, { from: 100, to: 116 })).spoken).toBe(true);
});

test("loudness lies between the voice's own quiet and loud parts", () => {
  const { energy } = gateVoice(found(400, { from: 50, to: 150 }, { from: 150, to: 250, level: SPEECH - 2 }));
  expect(energy[100]).toBe(1);
  expect(energy[200]).toBeGreaterThan(0.2);
  expect(energy[200]).toBeLessThan(0.8);
  // A voice of one loudness is loud.
  expect(gateVoice(found(200, VOICE)).energy[100]).toBe(1);
});

describe("a voice that is still being spoken", () => {
  const memory = { levels: Array.from({ length: 100 }, () => SPEECH) };
  const nobody = { levels: [] };

  test("may have begun just now: 60 ms at the end count, before the end they would be a click", () => {
    expect(gateVoice(found(200, { from: 194, to: 200 }), nobody).spans).toHaveLength(1);
    expect(gateVoice(found(200, { from: 194, to: 200 })).spans).toEqual([]);
    expect(gateVoice(found(200, { from: 196, to: 200 }), memory).spans).toHaveLength(1);
    expect(gateVoice(found(200, { from: 150, to: 155 }), memory).spans).toEqual([]);
    // A frame or two are not even a beginning.
    expect(gateVoice(found(200, { from: 198, to: 200 }), nobody).spans).toEqual([]);
  });

  test("is measured by what was said before", () => {
    const quiet = found(200, { from: 50, to: 150, level: SPEECH - 8 });
    expect(gateVoice(quiet, nobody).spans).toHaveLength(1);
    expect(gateVoice(quiet, { levels: Array.from({ length: 1000 }, () => SPEECH) }).spans).toEqual([]);
    const softer = found(200, { from: 50, to: 150, level: SPEECH - 2 });
    expect(gateVoice(softer, nobody).energy[100]).toBe(1);
    expect(gateVoice(softer, memory).energy[100]).toBeLessThan(0.9);
  });
});

test("levels that are certain are those of sure and audible frames", () => {
  const voice = Float32Array.of(0.9, 0.5, 0.9, 0.61);
  const level = Float32Array.of(-6, -6, -19.6, -8);
  expect(certainLevels({ voice, level })).toEqual([-6, -8]);
});

test("stretches are half open, in order, and end with the clip", () => {
  const on = [true, true, false, true, false, false, true];
  expect(stretches(on.length, (i) => on[i]!)).toEqual([
    [0, 2],
    [3, 4],
    [6, 7],
  ]);
  expect(stretches(0, () => true)).toEqual([]);
  expect(stretches(3, () => false)).toEqual([]);
});
