import { expect, test } from "vitest";
import type { RgbaImage } from "../../core/image.ts";
import { createCutDetector } from "./track-cut.ts";

/** A scene of coloured stripes, shifted sideways by `shift` pixels. */
function scene(colours: readonly (readonly [number, number, number])[], shift: number): RgbaImage {
  const [width, height] = [160, 90];
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const colour = colours[Math.floor((x + shift) / 20) % colours.length]!;
      data.set([...colour, 255], (y * width + x) * 4);
    }
  }
  return { width, height, data };
}

const ROOM = [
  [200, 190, 170],
  [90, 60, 40],
  [30, 40, 60],
  [150, 150, 160],
] as const;
const STREET = [
  [40, 120, 60],
  [120, 180, 230],
  [220, 220, 90],
  [70, 20, 20],
] as const;

test("a new scene is a cut, a pan through the same scene is none", () => {
  const detector = createCutDetector();
  const found: boolean[] = [];
  for (let i = 0; i < 8; i++) found.push(detector.next(scene(ROOM, 4 * i)));
  for (let i = 0; i < 4; i++) found.push(detector.next(scene(STREET, 4 * i)));
  expect(found.flatMap((cut, i) => (cut ? [i] : []))).toEqual([8]);
});

test("slow change of light is no cut", () => {
  const detector = createCutDetector();
  const found: boolean[] = [];
  for (let i = 0; i < 12; i++) {
    const dim = ROOM.map(
      (colour) => colour.map((value) => value * (1 - 0.05 * i)) as [number, number, number],
    );
    found.push(detector.next(scene(dim, 0)));
  }
  expect(found).not.toContain(true);
});
