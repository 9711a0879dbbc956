import { expect, test } from "vitest";
import { outputRate } from "./output-rate.ts";
import { placesAt, planTimeline, rangesOf } from "./video-timeline.ts";

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

test("frames of different lengths are shown on an even clock, each for its own time, backward too", () => {
  const { frames, starts } = planTimeline([0, 0.08, 0.12], 0.28, 0.6, 25);
  expect(Array.from(frames)).toEqual([0, 0, 1, 2, 2, 2, 2, 2, 2, 2, 1, 0, 0, 0, 1]);
  starts.forEach((start, k) => expect(start).toBeCloseTo(k / 25, 12));
});

test("a pause of the source stands still while the clock goes on", () => {
  const pause = [...at25(25), ...at25(25).map((start) => 3 + start)];
  const { frames } = planTimeline(pause, 4, 4, 25);
  expect(frames.length).toBe(100);
  expect(Array.from(frames.subarray(24, 75))).toEqual(Array.from({ length: 51 }, () => 24));
  expect([frames[75], frames[99]]).toEqual([25, 49]);
});

test("every frame of an even source is shown once, however its container rounds", () => {
  for (const rate of [24_000 / 1001, 25, 30_000 / 1001, 60]) {
    const rounded = Float64Array.from({ length: 500 }, (_, i) => Math.round((i * 1000) / rate) / 1000);
    const places = placesAt(rounded, rate, 0, 500);
    expect(Array.from(places)).toEqual(Array.from({ length: 500 }, (_, i) => i));
  }
});

test("pictures that begin after the sound wait for their time", () => {
  const { frames } = planTimeline([0.4, 0.44, 0.48], 0.52, 0.52, 25);
  expect(Array.from(frames)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
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

test("the output runs as fast as its source where a mouth can be seen in that, else at a multiple or a part of it", () => {
  const rates = [
    [24_000 / 1001, 24_000 / 1001],
    [25, 25],
    [60, 60],
    [1, 25],
    [0.1, 25],
    [15, 30],
    [12.5, 25],
    [10, 30],
    [120, 60],
    [240, 60],
    [100, 50],
    [12_800, 60],
    [Number.NaN, 25],
  ] as const;
  for (const [source, output] of rates) expect(outputRate(source)).toBeCloseTo(output, 0);
});

test("ranges join neighbours", () => {
  expect(rangesOf([true, true, false, true, false, false])).toEqual([
    [0, 1],
    [3, 3],
  ]);
});
