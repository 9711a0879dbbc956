import fc from "fast-check";
import { expect, test } from "vitest";
import { createImage, type RgbaImage } from "./image.ts";
import { limitChange, maskAlpha } from "./mask-alpha.ts";

/** A mask whose columns from `white` on are white, the others black. */
function maskFrom(width: number, height: number, white: number): RgbaImage {
  const mask = createImage(width, height);
  for (let i = 0; i < width * height; i++) {
    const value = i % width < white ? 0 : 255;
    mask.data.set([value, value, value, 255], i * 4);
  }
  return mask;
}

test("a mask of the picture's size is taken pixel for pixel: luma times opacity", () => {
  const mask = createImage(4, 1);
  mask.data.set([255, 255, 255, 255, 0, 0, 0, 255, 255, 255, 255, 128, 255, 0, 0, 255]);
  expect([...maskAlpha(mask, 4, 1).data]).toEqual([255, 0, 128, 76]);
});

test("a pixel across an edge gets the part of its area that is white", () => {
  expect([...maskAlpha(maskFrom(8, 1, 5), 2, 1).data]).toEqual([0, 191]);
  expect([...maskAlpha(maskFrom(3, 1, 1), 4, 1).data]).toEqual([0, 170, 255, 255]);
});

test("whatever the sizes, no pixel wholly under black may change and every one wholly under white may", () => {
  const side = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(side, side, side, side, fc.nat(40), (maskWidth, maskHeight, width, height, at) => {
      const white = Math.min(maskWidth, at);
      const { data } = maskAlpha(maskFrom(maskWidth, maskHeight, white), width, height);
      for (let i = 0; i < width * height; i++) {
        const x = i % width;
        const [left, right] = [(x * maskWidth) / width, ((x + 1) * maskWidth) / width];
        if (right <= white) expect(data[i]).toBe(0);
        else if (left >= white) expect(data[i]).toBe(255);
        else
          expect(Math.abs(data[i]! - (255 * (right - white)) / (right - left))).toBeLessThanOrEqual(0.5001);
      }
    }),
  );
});

test("black keeps every sample, white the change, grey its part of it; nothing outside the region is looked at", () => {
  const alpha = { width: 4, height: 1, data: Uint8Array.of(0, 255, 51, 0) };
  const [before, after] = [createImage(4, 1).data.fill(100), createImage(4, 1).data.fill(200)];
  limitChange(after, before, alpha, { x: 0, y: 0, width: 3, height: 1 });
  expect([0, 4, 8, 12].map((at) => after[at])).toEqual([100, 200, 120, 200]);
});
