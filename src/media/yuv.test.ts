import { expect, test } from "vitest";
import { createImage } from "../core/image.ts";
import { i420Bytes, rgbaToI420 } from "./yuv.ts";

/** ITU-R BT.709, limited range, in floating point. */
function back(y: number, u: number, v: number): number[] {
  const luma = (255 / 219) * (y - 16);
  const [cb, cr] = [(255 / 224) * (u - 128), (255 / 224) * (v - 128)];
  return [luma + 1.5748 * cr, luma - 0.187324 * cb - 0.468124 * cr, luma + 1.8556 * cb];
}

test("flat colours survive the way to BT.709 and back within 2 of 255", () => {
  const image = createImage(4, 2);
  const planes = new Uint8Array(i420Bytes(4, 2));
  for (let r = 0; r <= 255; r += 15) {
    for (let g = 0; g <= 255; g += 15) {
      for (let b = 0; b <= 255; b += 15) {
        for (let i = 0; i < 8; i++) image.data.set([r, g, b, 255], i * 4);
        rgbaToI420(image, planes);
        const [red, green, blue] = back(planes[0]!, planes[8]!, planes[10]!);
        // Eight bits of limited-range chroma are steps of up to 2.1 levels of blue: half a step and the luma's rounding.
        expect(Math.max(Math.abs(red! - r), Math.abs(green! - g), Math.abs(blue! - b))).toBeLessThan(2);
      }
    }
  }
});

test("black is 16, white 235 and both have neutral chroma", () => {
  const image = createImage(2, 2);
  const planes = new Uint8Array(6);
  rgbaToI420(image, planes);
  expect([...planes]).toEqual([16, 16, 16, 16, 128, 128]);
  image.data.fill(255);
  rgbaToI420(image, planes);
  expect([...planes]).toEqual([235, 235, 235, 235, 128, 128]);
});
