import { expect, test } from "vitest";
import { correlation } from "../../core/correlation.ts";
import type { MouthTrack } from "../../core/mouth.ts";
import { createIdleMotion, type IdleMotionStyle } from "./idle-motion.ts";

const STYLE: IdleMotionStyle = { headMotion: 1, blinkRate: 20, energy: 1, expressiveness: 1, smile: 0 };

/** A voice in phrases of 2 s with pauses of half a second, loud and soft three times a second. */
function voiceTrack(seconds: number, speaks = true): MouthTrack {
  const frames = seconds * 100;
  const on = (i: number) => (speaks && i % 250 < 200 ? 1 : 0);
  return {
    frames,
    articulation: new Float32Array(frames * 7),
    voice: Float32Array.from({ length: frames }, (_, i) => on(i)),
    energy: Float32Array.from(
      { length: frames },
      (_, i) => on(i) * (0.5 + 0.4 * Math.sin(i / 5) * Math.sin(i / 37)),
    ),
  };
}

/** Start times of blinks in an idle motion, sampled at 100 Hz. */
function blinksOf(idle: ReturnType<typeof createIdleMotion>, seconds: number): number[] {
  const starts = [];
  for (let i = 1; i < seconds * 100; i++) {
    if (idle.at(i / 100).blinkLeft > 0.5 && idle.at((i - 1) / 100).blinkLeft <= 0.5) starts.push(i / 100);
  }
  return starts;
}

test("one seed gives one idle motion, another seed another", () => {
  const track = voiceTrack(20);
  const at = (seed: number) => {
    const idle = createIdleMotion(track, 20, seed, STYLE);
    return Array.from({ length: 100 }, (_, i) => idle.at(i / 5));
  };
  expect(at(5)).toEqual(at(5));
  expect(at(5)).not.toEqual(at(6));
});

test("blinks come at the asked rate, at least 0.8 s apart, and close fully", () => {
  const seconds = 600;
  const track = voiceTrack(seconds);
  for (const blinkRate of [10, 20, 30]) {
    const idle = createIdleMotion(track, seconds, 3, { ...STYLE, blinkRate });
    const starts = blinksOf(idle, seconds);
    // Log-normal intervals with sigma 0.6 over ten minutes: within a quarter of the rate.
    expect(starts.length / (seconds / 60)).toBeGreaterThan(blinkRate * 0.75);
    expect(starts.length / (seconds / 60)).toBeLessThan(blinkRate * 1.25);
    for (let i = 1; i < starts.length; i++) expect(starts[i]! - starts[i - 1]!).toBeGreaterThan(0.75);
    const peak = Math.max(...Array.from({ length: 40 }, (_, i) => idle.at(starts[0]! + i / 100).blinkLeft));
    expect(peak).toBe(1);
  }
});

test("a blink rate of zero never blinks", () => {
  expect(blinksOf(createIdleMotion(voiceTrack(60), 60, 1, { ...STYLE, blinkRate: 0 }), 60)).toEqual([]);
});

test("the head stays within its limits, moves, and starts from the source's pose", () => {
  const idle = createIdleMotion(voiceTrack(120), 120, 9, STYLE);
  const heads = Array.from({ length: 12000 }, (_, i) => idle.at(i / 100).head);
  const deviation = (values: number[]) =>
    Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
  expect(heads[0]!.yawDeg).toBeCloseTo(0, 9);
  expect(Math.max(...heads.map((h) => Math.abs(h.yawDeg)))).toBeLessThanOrEqual(5);
  expect(Math.max(...heads.map((h) => Math.abs(h.pitchDeg)))).toBeLessThanOrEqual(4);
  expect(Math.max(...heads.map((h) => Math.abs(h.rollDeg)))).toBeLessThanOrEqual(3);
  expect(deviation(heads.map((h) => h.yawDeg))).toBeGreaterThan(0.8);
  expect(deviation(heads.map((h) => h.yawDeg))).toBeLessThan(3);
  // No jerk: less than half a degree in 10 ms.
  for (let i = 1; i < heads.length; i++)
    expect(Math.abs(heads[i]!.yawDeg - heads[i - 1]!.yawDeg)).toBeLessThan(0.5);
});

test("a head is livelier while it speaks, and the more expressive the livelier; loudness hardly nods it", () => {
  const seconds = 120;
  const speaking = voiceTrack(seconds);
  const speed = (track: MouthTrack, expressiveness: number) => {
    const idle = createIdleMotion(track, seconds, 9, { ...STYLE, expressiveness });
    const yaw = Array.from({ length: seconds * 25 }, (_, i) => idle.at(i / 25).head.yawDeg);
    return Math.sqrt(yaw.slice(1).reduce((sum, v, i) => sum + (v - yaw[i]!) ** 2, 0) / yaw.length);
  };
  const natural = speed(speaking, 1);
  expect(natural / speed(voiceTrack(seconds, false), 1)).toBeGreaterThan(1.1);
  expect(speed(speaking, 1.25)).toBeGreaterThan(1.05 * natural);
  expect(speed(speaking, 0.5)).toBeLessThan(0.9 * natural);
  const idle = createIdleMotion(speaking, seconds, 9, STYLE);
  const nods = Array.from({ length: seconds * 25 }, (_, i) => idle.at(i / 25).head.pitchDeg);
  const loudness = nods.map((_, i) => speaking.energy[i * 4]!);
  // People's heads: −.21 to .35.
  expect(Math.abs(correlation(nods, loudness))).toBeLessThan(0.35);
});

test("head motion of zero keeps the head exactly still while eyes go on blinking", () => {
  const idle = createIdleMotion(voiceTrack(60), 60, 2, { ...STYLE, headMotion: 0 });
  for (let i = 0; i < 600; i++) {
    for (const value of Object.values(idle.at(i / 10).head)) expect(Math.abs(value)).toBe(0);
  }
  expect(blinksOf(idle, 60).length).toBeGreaterThan(5);
});

test("a listener nods at the ends of the partner's phrases", () => {
  const silent = voiceTrack(60, false);
  const pitch = (partner?: MouthTrack) => {
    const idle = createIdleMotion(silent, 60, 4, STYLE, partner && { track: partner, side: 1 });
    return Array.from({ length: 6000 }, (_, i) => idle.at(i / 100).head.pitchDeg);
  };
  const [alone, listening] = [pitch(), pitch(voiceTrack(60))];
  const lowest = alone.map((value, i) => listening[i]! - value);
  expect(Math.min(...lowest)).toBeLessThan(-1);
  expect(Math.max(...lowest)).toBeLessThan(0.01);
});

test("the eyes begin where the source looks, stay on what they see while the head turns, and look about", () => {
  const idle = createIdleMotion(voiceTrack(120), 120, 9, STYLE);
  const instants = Array.from({ length: 12000 }, (_, i) => idle.at(i / 100));
  expect(Math.hypot(...instants[0]!.gaze!)).toBeCloseTo(0, 9);
  expect(Math.max(...instants.map(({ gaze }) => Math.abs(gaze![0])))).toBeLessThanOrEqual(6);
  expect(Math.max(...instants.map(({ gaze }) => Math.abs(gaze![1])))).toBeLessThanOrEqual(3.5);
  // What the eyes look at stands still between jumps: so does the sum of head and eyes.
  const seen = instants.map(({ gaze, head }) => gaze![0] + head.yawDeg).slice(60);
  const steps = seen.slice(1).map((value, i) => Math.abs(value - seen[i]!));
  expect(steps.filter((step) => step < 1e-3).length / steps.length).toBeGreaterThan(0.85);
  expect(new Set(seen.map((value) => value.toFixed(1))).size).toBeGreaterThan(20);
});

test("a listener looks to the side of the partner who speaks", () => {
  const silent = voiceTrack(60, false);
  const mean = (side: number) => {
    const idle = createIdleMotion(silent, 60, 4, STYLE, { track: voiceTrack(60), side });
    const looks = Array.from({ length: 300 }, (_, i) => idle.at(i / 5));
    return looks.reduce((sum, { gaze, head }) => sum + gaze![0] + head.yawDeg, 0) / looks.length;
  };
  expect(mean(1)).toBeGreaterThan(2);
  expect(mean(-1)).toBeLessThan(-2);
});
