import { expect, test } from "vitest";
import { planTimeline, rangesOf } from "./video-timeline.ts";

const at25 = (count: number) => Float64Array.from({ length: count }, (_, i) => i / 25);

test("a video longer than the voice is cut, within one frame", () => {
  const { frames, starts } = planTimeline(at25(100), 4, 1.99, 25);
  expect(Array.from(frames)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  expect(starts.at(-1)! + 1 / 25 - 1.99).toBeLessThan(1 / 25);
});

test("a shorter video is played back and forth without a jump and without a doubled frame", () => {
  const { frames } = planTimeline(at25(4), 0.16, 0.44, 25);
  expect(Array.from(frames)).toEqual([0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2]);
});

test("frames of different lengths keep them, backward too", () => {
  const { frames, starts } = planTimeline([0, 0.1, 0.15], 0.35, 0.55, null);
  expect(Array.from(frames)).toEqual([0, 1, 2, 1, 0, 1]);
  const expected = [0, 0.1, 0.15, 0.35, 0.4, 0.5];
  expected.forEach((start, i) => expect(starts[i]).toBeCloseTo(start, 9));
});

test("times do not drift over ten minutes at 23.976 frames a second", () => {
  const fps = 24000 / 1001;
  const count = Math.round(600 * fps);
  const { starts } = planTimeline(
    Float64Array.from({ length: count }, (_, i) => i / fps),
    count / fps,
    600,
    fps,
  );
  expect(starts.length).toBe(Math.ceil(600 * fps));
  expect(Math.abs(starts.at(-1)! - (starts.length - 1) / fps)).toBeLessThan(1e-6);
});

test("a single frame lasts as long as the voice", () => {
  expect(Array.from(planTimeline([0], 0.04, 0.1, 25).frames)).toEqual([0, 0, 0]);
});

test("ranges join neighbours", () => {
  expect(rangesOf([true, true, false, true, false, false])).toEqual([
    [0, 1],
    [3, 3],
  ]);
});
