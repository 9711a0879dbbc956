import { expect, test } from "vitest";
import { createImage, type RgbaImage } from "../../../src/core/image.ts";
import { psnrWithin, ssim } from "./ssim.ts";

const picture = (light: (x: number, y: number) => number): RgbaImage => {
  const image = createImage(32, 32);
  for (let y = 0; y < 32; y++) {
    for (let x = 0; x < 32; x++)
      image.data.set([light(x, y), light(x, y), light(x, y), 255], (y * 32 + x) * 4);
  }
  return image;
};
const box = { x: 2, y: 2, width: 28, height: 28 };
const checks = (x: number, y: number) => (((x >> 1) + (y >> 1)) % 2 === 0 ? 80 : 160);

test("a picture is like itself, less like one with other light, not like its opposite", () => {
  const own = picture(checks);
  const lit = picture((x, y) => checks(x, y) + 20);
  const opposite = picture((x, y) => 240 - checks(x, y));
  expect(ssim(own, own, box)).toBeCloseTo(1, 9);
  expect(ssim(own, lit, box)).toBeGreaterThan(0.9);
  expect(ssim(own, lit, box)).toBeLessThan(0.995);
  expect(ssim(own, opposite, box)).toBeLessThan(-0.8);
});

test("twenty grey levels everywhere are 22 dB", () => {
  expect(
    psnrWithin(
      picture(checks),
      picture((x, y) => checks(x, y) + 20),
      box,
    ),
  ).toBeCloseTo(22.11, 1);
});
