import { expect, test } from "vitest";
import type { VideoPacket } from "../../media/demux/video-source.ts";
import { alongTimeline, planRates, spendingOf } from "./rates-from-source.ts";
import { planTimeline } from "../plan/video-timeline.ts";

const FPS = 10;
/** Packets at 10 frames a second. */
const packets = (bytes: readonly number[], isKey: (index: number) => boolean): VideoPacket[] =>
  bytes.map((weight, i) => ({ timestampSeconds: i / FPS, bytes: weight, key: isKey(i) }));

test("a half second's spending is that of its frames, a short last one's too", () => {
  const weights = [...Array.from({ length: 5 }, () => 100), ...Array.from({ length: 8 }, () => 300)];
  const spending = spendingOf(
    packets(weights, () => false),
    0,
    1.3,
  );
  // Five frames of 100 bytes in half a second are 8000 bits a second.
  expect(Array.from(spending, Math.round)).toEqual([8000, 24_000, 24_000]);
});

test("where the source has its key frames does not count", () => {
  const weights = Array.from({ length: 40 }, (_, i) => (i % 10 === 0 ? 1000 : 100));
  const spending = spendingOf(
    packets(weights, (i) => i % 10 === 0),
    0,
    4,
  );
  const mean = spending.reduce((sum, rate) => sum + rate, 0) / spending.length;
  for (const rate of spending) expect(rate / mean).toBeCloseTo(1, 0.5);
  // Nothing is lost by the sharing.
  expect(mean).toBeCloseTo((8 * weights.reduce((sum, bytes) => sum + bytes, 0)) / 4, 6);
});

test("frames that are all key frames keep their own spending", () => {
  const weights = Array.from({ length: 20 }, (_, i) => (i < 10 ? 100 : 500));
  const spending = spendingOf(
    packets(weights, () => true),
    0,
    2,
  );
  expect(Array.from(spending, Math.round)).toEqual([8000, 8000, 40_000, 40_000]);
});

test("rates rise around what moves and are tried there and on a typical part", () => {
  const spending = Float64Array.from({ length: 40 }, (_, i) => (i >= 12 && i < 16 ? 4000 : 500));
  const { wanted, busiest, typical } = planRates(spending, 1000, 25);
  expect(wanted[10]).toBe(1300);
  // 1.1 times the most of three half seconds; 0.6 of the rise by 3500 in the three that begin half a second before it.
  expect(Array.from(wanted.subarray(11, 17))).toEqual(
    [6500, 6500, 6500, 4400, 4400, 4400].map((rate) => expect.closeTo(rate, 6) as number),
  );
  expect(wanted[17]).toBe(1300);
  expect(busiest.first).toBeGreaterThanOrEqual(11);
  expect(busiest.end).toBeLessThanOrEqual(17);
  expect(typical!.end <= 11 || typical!.first >= 17).toBe(true);
});

test("an even source is tried once", () => {
  expect(planRates(new Float64Array(20).fill(1000), 1000, 25).typical).toBeNull();
  expect(planRates(new Float64Array(1).fill(1000), 1000, 25).busiest).toMatchObject({ first: 0, end: 1 });
});

test("a video that is played back and forth gets the rates of what it shows", () => {
  const starts = Float64Array.from({ length: 20 }, (_, i) => i / FPS);
  const timeline = planTimeline(starts, 2, 4, FPS);
  const along = alongTimeline(Float64Array.of(100, 200, 300, 400), starts, timeline);
  // Place 19 is shown once at the turn, so that the way back runs one frame early.
  expect(Array.from(along)).toEqual([100, 200, 300, 400, 400, 300, 200, 100]);
});
