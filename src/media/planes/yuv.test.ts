import { expect, test } from "vitest";
import { createImage } from "../../core/image.ts";
import { createRandom } from "../../core/random.ts";
import { i420Bytes } from "./picture.ts";
import { rgbaToI420 } from "./yuv.ts";

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

test.each([
  [34, 6],
  [2, 2],
  [48, 4],
])("every pixel of %d × %d has its own luma, every four their chroma", (width, height) => {
  const random = createRandom(2);
  const image = createImage(width, height);
  for (let i = 0; i < image.data.length; i++) image.data[i] = 256 * random();
  const planes = new Uint8Array(i420Bytes(width, height) + 3).fill(99);
  rgbaToI420(image, planes);
  const mean = (x: number, y: number, size: number) =>
    [0, 1, 2].map((channel) => {
      let sum = 0;
      for (let dy = 0; dy < size; dy++) {
        for (let dx = 0; dx < size; dx++) sum += image.data[((y + dy) * width + x + dx) * 4 + channel]!;
      }
      return sum / (size * size);
    });
  const light = ([r, g, b]: number[]) => 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const expected = 16 + (219 / 255) * light(mean(x, y, 1));
      // Half a step of rounding, and coefficients in steps of 1/32768.
      expect(Math.abs(planes[y * width + x]! - expected)).toBeLessThan(0.52);
      if (x % 2 === 1 || y % 2 === 1) continue;
      const colour = mean(x, y, 2);
      const at = width * height + (y / 2) * (width / 2) + x / 2;
      const chroma = [(colour[2]! - light(colour)) / 1.8556, (colour[0]! - light(colour)) / 1.5748];
      chroma.forEach((value, plane) => {
        const stored = planes[at + (plane * width * height) / 4]!;
        expect(Math.abs(stored - (128 + (224 / 255) * value))).toBeLessThan(0.52);
      });
    }
  }
  expect([...planes.subarray(i420Bytes(width, height))]).toEqual([99, 99, 99]);
});
