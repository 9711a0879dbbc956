import { expect, test } from "vitest";
import { CANONICAL_IOD_CM } from "../face-rig/rig.ts";
import type { OwnLook } from "./library.ts";
import { findShut } from "./shut-lips.ts";

/** A frame of a face with so many pixels between its eyes. */
const frameOf = (frame: number, gap: number, iodPx: number, dark = 0.02, bright = 0) => ({
  look: { frame, gap, teeth: 0, logScale: Math.log(iodPx / CANONICAL_IOD_CM) } as OwnLook,
  line: { dark, bright },
});
const shutOf = (frames: ReturnType<typeof frameOf>[]) =>
  [...findShut(frames).keys()].map(({ look }) => look.frame);

test("lips that touch are shut, parted ones and such with something bright between them are not", () => {
  const lips = [0, 1, 2, 3].map((i) => frameOf(i, 0.002 * i, 80));
  expect(shutOf([...lips, frameOf(4, 0.03, 80), frameOf(5, 0.01, 80, 0.02, 0.6)])).toEqual([0, 1, 2, 3]);
});

test("a line that is brighter or darker than the usual one is told by how far, up to what is no longer shut", () => {
  const lips = [0, 1, 2, 3, 4].map((i) => frameOf(i, 0.002 * i, 80, 0.02, 0.05));
  const [bright, dark] = [frameOf(5, 0.01, 80, 0.02, 0.09), frameOf(6, 0.01, 80, 0.0248, 0.05)];
  const found = findShut([...lips, bright, dark]);
  expect(lips.map((one) => found.get(one))).toEqual([0, 0, 0, 0, 0]);
  // Up to .1 is no streak; four spreads of .12 of the middle are the limit of darkness.
  expect(found.get(bright)).toBeCloseTo(0.8, 6);
  expect(found.get(dark)).toBeCloseTo(0.5, 6);
});

test("a smeared line is none", () => {
  const lips = [0, 1, 2, 3].map((i) => frameOf(i, 0.002 * i, 80));
  expect(shutOf([...lips, frameOf(4, 0.01, 80, 0.01)])).toEqual([0, 1, 2, 3]);
});

test("in a small face a gap of less than a pixel is none", () => {
  // 0.024 of 30 pixels are 0.7 pixels, 0.05 are 1.5.
  expect(shutOf([frameOf(0, 0.024, 30), frameOf(1, 0.05, 30)])).toEqual([0]);
  expect(shutOf([frameOf(0, 0.024, 80)])).toEqual([]);
});
