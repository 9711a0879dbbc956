import { describe, expect, test } from "vitest";
import { correlation } from "../../../src/core/correlation.ts";
import { auc, bestLag, fastMotion, hitsAtFalse, median, rotate } from "./metrics.ts";

const wave = (hertz: number, frames = 400) =>
  Float32Array.from({ length: frames }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / 100));

describe("measures", () => {
  test("AUC is 1 for order, 0 for the reverse, a half for ties", () => {
    expect(auc([3, 4], [1, 2])).toBe(1);
    expect(auc([1, 2], [3, 4])).toBe(0);
    expect(auc([1, 1], [1])).toBe(0.5);
    expect(auc([], [1])).toBeNaN();
  });

  test("hits count positives above what a tenth of the negatives pass", () => {
    const negatives = Array.from({ length: 10 }, (_, i) => i);
    // One of ten may pass, so the threshold is the second-highest, 8.
    expect(hitsAtFalse([8, 8.5, 9, 20], negatives, 0.1)).toBe(0.75);
    expect(hitsAtFalse([1], [], 0.1)).toBeNaN();
  });

  test("correlation ignores scale and offset, and is 0 for a constant", () => {
    const x = wave(1);
    expect(
      correlation(
        x,
        x.map((v) => 3 * v + 2),
      ),
    ).toBeCloseTo(1, 5);
    expect(
      correlation(
        x,
        x.map((v) => -v),
      ),
    ).toBeCloseTo(-1, 5);
    expect(correlation(x, new Float32Array(400).fill(1))).toBe(0);
  });

  test("lag is positive for a track that comes late", () => {
    const truth = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i * 0.11) + Math.sin(i * 0.037));
    const late = Float32Array.from({ length: 300 }, (_, i) => truth[Math.max(0, i - 4)]!);
    expect(bestLag(late, truth, 12)).toBe(4);
    expect(bestLag(truth, late, 12)).toBe(-4);
  });

  test("fast motion passes 2 Hz by and counts 20 Hz whole", () => {
    expect(fastMotion(wave(2), 100, 8)).toBeLessThan(0.12);
    expect(fastMotion(wave(20), 100, 8)).toBeCloseTo(Math.SQRT1_2, 1);
    expect(fastMotion(new Float32Array(5), 100, 8)).toBe(0);
  });

  test("median and rotation", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
    expect([...rotate(Float32Array.of(1, 2, 3), 1)]).toEqual([2, 3, 1]);
  });
});
