import { expect, test } from "vitest";
import { ARTICULATORS, type MouthPiece } from "../../core/mouth.ts";
import { MouthBuffer } from "./mouth-buffer.ts";

const WIDTH = ARTICULATORS.length;

/** A piece whose apertures say which frame they are. */
function piece(start: number, frames: number, aperture: (frame: number) => number): MouthPiece {
  const articulation = new Float32Array(frames * WIDTH);
  for (let i = 0; i < frames; i++) articulation[i * WIDTH] = aperture(start + i);
  const flat = (value: number) => new Float32Array(frames).fill(value);
  return { start, final: 4, track: { frames, articulation, voice: flat(1), energy: flat(0.5) } };
}

const wave = (frame: number) => 0.5 + 0.4 * Math.sin(frame / 9);

test("a frame shows the mouth of its own instant, at rest outside what is known", () => {
  const buffer = new MouthBuffer();
  for (let start = 0; start < 400; start += 4) buffer.add(piece(start, 14, wave));
  for (const frame of [3, 20, 99]) {
    expect(buffer.poseAt(1, 25, frame).aperture).toBeCloseTo(wave(frame * 4), 5);
  }
  expect(buffer.poseAt(1, 25, 200).aperture).toBe(0);
});

test("what becomes known too late is held for a moment and then comes to rest", () => {
  const buffer = new MouthBuffer();
  buffer.add(piece(0, 40, () => 0.8));
  expect(buffer.poseAt(1, 25, 11).aperture).toBeCloseTo(0.8, 5);
  const fading = buffer.poseAt(1, 25, 14).aperture;
  expect(fading).toBeGreaterThan(0);
  expect(fading).toBeLessThan(0.8);
  expect(buffer.poseAt(1, 25, 17).aperture).toBe(0);
});

test("a later piece says it better", () => {
  const buffer = new MouthBuffer();
  buffer.add(piece(0, 20, () => 0.2));
  buffer.add(piece(4, 20, () => 0.8));
  expect(buffer.poseAt(1, 25, 0).aperture).toBeCloseTo(0.2, 5);
  expect(buffer.poseAt(1, 25, 3).aperture).toBeCloseTo(0.8, 5);
});

test("an hour is held in the memory of some seconds, as long as it is shown", () => {
  const buffer = new MouthBuffer();
  let largest = 0;
  for (let start = 0; start < 360_000; start += 8) {
    buffer.add(piece(start, 52, wave));
    if (start % 40 === 0) buffer.poseAt(1, 25, Math.max(0, start / 4 - 10));
    if (start % 4000 === 0) largest = Math.max(largest, buffer.knownFrames);
  }
  expect(largest).toBeLessThan(2000);
  expect(buffer.poseAt(1, 25, 89_990).aperture).toBeCloseTo(wave(4 * 89_990), 5);
});

test("a voice is heard speaking around its frames, and not before or long after", () => {
  const buffer = new MouthBuffer();
  const silent = (start: number): MouthPiece => {
    const whole = piece(start, 100, () => 0);
    return { ...whole, track: { ...whole.track, energy: new Float32Array(100) } };
  };
  buffer.add(silent(0));
  buffer.add(piece(100, 100, wave));
  buffer.add(silent(200));
  expect([0.5, 1.5, 2.5].map((seconds) => buffer.speaksAt(seconds))).toEqual([0, 1, 0]);
  expect(buffer.speaksAt(1)).toBeCloseTo(0.5, 1);
});
