import { expect, test } from "vitest";
import { anchorCentres } from "./anchors.ts";
import { mergeOverlapping, overlap } from "./suppression.ts";

const box = (left: number, top: number, side: number, score: number) => {
  const values = new Float32Array(16).fill(left);
  values.set([left, top, left + side, top + side]);
  return { values, score };
};

test("overlap is intersection over union", () => {
  expect(overlap(box(0, 0, 10, 1), box(0, 0, 10, 1))).toBeCloseTo(1);
  expect(overlap(box(0, 0, 10, 1), box(5, 0, 10, 1))).toBeCloseTo(1 / 3);
  expect(overlap(box(0, 0, 10, 1), box(10, 0, 10, 1))).toBe(0);
});

test("overlapping candidates become their mean weighted by score, distant ones stay, the best first", () => {
  const merged = mergeOverlapping([box(100, 100, 10, 0.7), box(2, 0, 10, 0.3), box(0, 0, 10, 0.9)]);
  expect(merged.map(({ score }) => score)).toEqual([0.9, 0.7]);
  // (0 × 0.9 + 2 × 0.3) / 1.2, in float32.
  expect(merged[0]!.values[0]).toBeCloseTo(0.5, 5);
  expect(merged[0]!.values[15]).toBeCloseTo(0.5, 5);
  expect(merged[1]!.values[0]).toBe(100);
});

test("anchors lie on the cells' centres, several to a cell, in rows", () => {
  const short = anchorCentres(128, [
    { stride: 8, perCell: 2 },
    { stride: 16, perCell: 6 },
  ]);
  expect(short.length).toBe(896 * 2);
  expect([...short.subarray(0, 6)]).toEqual([1 / 32, 1 / 32, 1 / 32, 1 / 32, 3 / 32, 1 / 32]);
  expect([...short.subarray(1024, 1026)]).toEqual([1 / 16, 1 / 16]);
  expect([...short.subarray(-2)]).toEqual([15 / 16, 15 / 16]);
});
