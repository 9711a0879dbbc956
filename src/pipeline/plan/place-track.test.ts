import { expect, test } from "vitest";
import type { MouthTrack } from "../../core/mouth.ts";
import { placeTrack } from "./place-track.ts";

const track: MouthTrack = {
  frames: 3,
  articulation: Float32Array.from({ length: 21 }, (_, i) => (Math.floor(i / 7) + 1) / 4),
  voice: Float32Array.of(1, 1, 1),
  energy: Float32Array.of(0.1, 0.2, 0.3),
};

test("a later voice finds the mouth at rest before it and after it", () => {
  const placed = placeTrack(track, 0.02, 0.07);
  expect(placed.frames).toBe(7);
  expect([...placed.voice]).toEqual([0, 0, 1, 1, 1, 0, 0]);
  expect(placed.articulation[2 * 7]).toBeCloseTo(0.25);
  expect(placed.articulation[5 * 7]).toBe(0);
});

test("a video shorter than the voice cuts the track", () => {
  expect([...placeTrack(track, 0.01, 0.03).voice]).toEqual([0, 1, 1]);
});
