import { expect, test } from "vitest";
import type { FaceTrace } from "./face-trace.ts";
import { motionFigures, type MotionClip } from "./motion-figures.ts";
import { traceVoice } from "./voice-trace.ts";

const FPS = 25;
const FRAMES = 250;
const line = (at: (seconds: number) => number) => Array.from({ length: FRAMES }, (_, i) => at(i / FPS));
const STILL = line(() => 0);
const VOICE = {
  level: line((t) => -20 + 5 * Math.sin(2 * t)),
  pitch: line((t) => 12 + Math.sin(5 * t)),
};

function clipOf(face: Partial<FaceTrace>): MotionClip {
  const calm = { yaw: STILL, pitch: STILL, roll: STILL, x: STILL, y: STILL, brow: STILL };
  const eyes = { gazeX: STILL, gazeY: STILL, lids: line(() => 0.3), size: line(() => 1) };
  return { face: { fps: FPS, ...calm, ...eyes, ...face }, voice: VOICE, speech: [2, 8] };
}

test("ranges, speeds and frequencies are those of the motion", () => {
  const { yawRange, yawSpeed, pitchRange, above1Hz, above2Hz } = motionFigures([
    clipOf({ yaw: line((t) => 3 * Math.sin(2 * Math.PI * 1.5 * t)) }),
  ]);
  // The bell that takes the mesh's trembling leaves .85 of 1.5 Hz.
  expect(yawRange / 6).toBeGreaterThan(0.8);
  expect(yawRange / 6).toBeLessThan(0.9);
  expect(yawSpeed / ((3 * 2 * Math.PI * 1.5) / Math.SQRT2)).toBeCloseTo(0.84, 1);
  expect(pitchRange).toBe(0);
  expect(above1Hz).toBeGreaterThan(0.98);
  expect(above2Hz).toBeLessThan(0.02);
});

test("a head that nods with loudness is told from one that does not", () => {
  const nods = clipOf({ pitch: line((t) => 2 * Math.sin(2 * t)) });
  const other = clipOf({ pitch: line((t) => 2 * Math.sin(3.1 * t + 1)) });
  expect(motionFigures([nods]).nodLoudnessR).toBeGreaterThan(0.95);
  expect(Math.abs(motionFigures([other]).nodLoudnessR)).toBeLessThan(0.4);
});

test("blinks are counted, timed and told from a lowered look", () => {
  const dip = (t: number, at: number, half: number, depth: number) =>
    0.27 * depth * Math.max(0, 1 - Math.abs(t - at) / (2 * half));
  const lids = line((t) => 0.3 - dip(t, 1, 0.08, 1) - dip(t, 5, 0.08, 1) - dip(t, 7, 0.4, 0.35));
  const { blinks, blinkHalf, blinkDepth, blinksInSpeech } = motionFigures([clipOf({ lids })]);
  expect(blinks).toBeCloseTo(12, 5);
  expect(blinkHalf).toBeGreaterThan(0.13);
  expect(blinkHalf).toBeLessThan(0.19);
  expect(blinkDepth).toBe(1);
  // One of two begins in the six of ten seconds that are spoken.
  expect(blinksInSpeech).toBeCloseTo(0.5 / 0.6, 5);
});

test("jumps of the eyes are counted, slow turns and blinks are not", () => {
  const gazeX = line((t) => (t < 3 ? 0 : 4) + 0.5 * t);
  expect(motionFigures([clipOf({ gazeX })]).jumps).toBeCloseTo(0.1, 5);
  const lids = line((t) => (Math.abs(t - 3) < 0.1 ? 0.03 : 0.3));
  expect(motionFigures([clipOf({ gazeX, lids })]).jumps).toBe(0);
});

test("raised brows are counted", () => {
  const brow = line((t) => (t % 5 > 2 && t % 5 < 2.6 ? 0.06 : 0));
  expect(motionFigures([clipOf({ brow })]).browRaises).toBeCloseTo(12, 5);
});

test("a voice's pitch is found in semitones, silence keeps its neighbours'", () => {
  const pcm = Float32Array.from({ length: 32000 }, (_, i) => {
    const phase = (2 * Math.PI * 140 * i) / 16000;
    return i > 12000 && i < 20000 ? 0 : 0.2 * Math.sin(phase) + 0.1 * Math.sin(2 * phase);
  });
  const { pitch, level } = traceVoice(pcm, FPS, 50);
  for (const tone of pitch) expect(tone).toBeCloseTo(12, 0);
  expect(level[25]).toBe(-60);
  expect(level[5]).toBeGreaterThan(-20);
});
