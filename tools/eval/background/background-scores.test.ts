import { expect, test } from "vitest";
import { createImage, type RgbaImage } from "../../../src/core/image.ts";
import { findPatches, paintLines, scoreShifts, shiftOf } from "./background-scores.ts";

const [width, height] = [120, 120];
/** A person in the middle. */
const person = Float32Array.from({ length: width * height }, (_, i) =>
  Number(Math.abs((i % width) - 60) < 12 && Math.abs(Math.floor(i / width) - 60) < 12),
);

const wall = () => {
  const image = createImage(width, height);
  image.data.fill(200);
  return paintLines(image, person);
};

/** A picture moved to the right, between pixels too. */
function moved(image: RgbaImage, by: number): RgbaImage {
  const out = createImage(width, height);
  for (let i = 0; i < width * height; i++) {
    const at = Math.min(width - 2, Math.max(0, (i % width) - by));
    const left = Math.floor(i / width) * width + Math.floor(at);
    for (let k = 0; k < 4; k++) {
      const [a, b] = [image.data[left * 4 + k]!, image.data[(left + 1) * 4 + k]!];
      out.data[i * 4 + k] = a + (b - a) * (at % 1);
    }
  }
  return out;
}

test("lines are painted onto the wall alone", () => {
  const image = wall();
  expect(image.data[(22 * width + 30) * 4]).toBeLessThan(120);
  expect(image.data[(66 * width + 66) * 4]).toBe(200);
});

test("a wall that stands still has not moved, one that is shifted has by its shift", () => {
  const image = wall();
  const patches = findPatches(person, width, height, 8, 40);
  expect(patches.length).toBeGreaterThan(4);
  for (const patch of patches) {
    expect(shiftOf(image, image, patch)).toBe(0);
    expect(shiftOf(image, moved(image, 0.4), patch)).toBeCloseTo(0.4, 0.9);
    expect(shiftOf(image, moved(image, 2), patch)).toBeCloseTo(2, 1);
  }
});

test("patches keep their distance from the person", () => {
  const near = findPatches(person, width, height, 8, 16);
  const far = findPatches(person, width, height, 16, 60);
  expect(near.every(({ away }) => away >= 8 && away < 16)).toBe(true);
  expect(far.every(({ away }) => away >= 16)).toBe(true);
});

test("scores name the mean, the 95th percentile and the most", () => {
  const score = scoreShifts(
    2,
    Array.from({ length: 101 }, (_, i) => i / 100),
  );
  expect(score.mean).toBeCloseTo(0.5);
  expect(score.most95).toBeCloseTo(0.95);
  expect(score.most).toBe(1);
});
