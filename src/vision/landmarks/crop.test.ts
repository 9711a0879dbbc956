import { expect, test } from "vitest";
import { createImage, type RgbaImage } from "../../core/image.ts";
import { cropToImage, sampleCrop, type CropOptions } from "./crop.ts";

const OPTIONS: CropOptions = { size: 32, border: "repeat", scale: 1, offset: 0 };

/** A picture whose red is a function of the pixel's centre. */
function paint(width: number, height: number, red: (x: number, y: number) => number): RgbaImage {
  const image = createImage(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      image.data.set([red(x + 0.5, y + 0.5), 10, 200, 255], (y * width + x) * 4);
    }
  }
  return image;
}

const ramp = (x: number, y: number) => 0.25 * x + 0.15 * y;
const centre = { centreX: 300, centreY: 260, width: 200, height: 200, angle: 0 };

test.each([
  ["enlarged", 20, 0],
  ["shrunk a little", 50, 0.3],
  ["shrunk by whole blocks", 128, -0.7],
  ["shrunk by much", 300, 2.9],
])("a ramp keeps its values when it is %s and turned", (_how, side, angle) => {
  const image = paint(600, 520, ramp);
  const rect = { ...centre, width: side, height: side, angle };
  const out = sampleCrop(image, rect, OPTIONS);
  for (const [column, row] of [
    [0, 0],
    [31, 0],
    [16, 5],
    [31, 31],
  ] as const) {
    const [x, y] = cropToImage(rect, (column + 0.5) / 32, (row + 0.5) / 32);
    // Stored in 8 bits: half a step of rounding.
    expect(Math.abs(out[row * 32 + column]! - ramp(x, y))).toBeLessThan(0.6);
  }
});

test("planes are R, G, B, scaled and offset", () => {
  const out = sampleCrop(
    paint(64, 64, () => 127.5),
    { ...centre, centreX: 32, centreY: 32, width: 40, height: 40 },
    { ...OPTIONS, scale: 1 / 127.5, offset: -1 },
  );
  expect(out.length).toBe(3 * 32 * 32);
  expect(out[500]).toBeCloseTo(128 / 127.5 - 1, 4);
  expect(out[1024 + 500]).toBeCloseTo(10 / 127.5 - 1, 4);
  expect(out[2048 + 500]).toBeCloseTo(200 / 127.5 - 1, 4);
});

test.each([3, 3.7, 5.2, 9])("a checkerboard shrunk by %d becomes even grey, not a pattern", (shrink) => {
  const image = paint(600, 520, (x, y) => ((Math.floor(x) + Math.floor(y)) % 2 === 0 ? 255 : 0));
  const out = sampleCrop(image, { ...centre, width: 32 * shrink, height: 32 * shrink }, OPTIONS);
  const red = out.subarray(0, 1024);
  // 1 of 255 black-and-white pixels may be left over in an odd block.
  expect(Math.max(...red) - Math.min(...red)).toBeLessThan(255 / Math.floor(shrink) ** 2 + 1);
});

test("outside the image is its edge or black, as asked", () => {
  const image = paint(50, 50, () => 90);
  const beside = { ...centre, centreX: -200, centreY: 25, width: 100, height: 100 };
  expect(sampleCrop(image, beside, OPTIONS)[500]).toBeCloseTo(90, 4);
  expect(sampleCrop(image, beside, { ...OPTIONS, border: "black", offset: -1 })[500]).toBe(-1);
});

test("a picture of one pixel can be cropped", () => {
  const out = sampleCrop(
    paint(1, 1, () => 42),
    { centreX: 0.5, centreY: 0.5, width: 1.5, height: 1.5, angle: 1 },
    OPTIONS,
  );
  expect(out[0]).toBeCloseTo(42, 4);
});

test("a crop that is no number, or far larger than the image, is answered like any other", () => {
  const image = paint(60, 50, () => 90);
  const nowhere = sampleCrop(image, { ...centre, angle: NaN }, { ...OPTIONS, offset: -1 });
  expect(new Set(nowhere)).toEqual(new Set([-1]));
  const huge = sampleCrop(image, { ...centre, width: 1e9, height: 1e9 }, OPTIONS);
  expect(huge.length).toBe(3 * 32 * 32);
  expect(huge[16 * 32 + 16]).toBeCloseTo(90, 0);
});
