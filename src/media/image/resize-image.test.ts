import { expect, test } from "vitest";
import { createImage, type RgbaImage } from "../../core/image.ts";
import { resizeImage } from "./resize-image.ts";

function paint(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly number[],
): RgbaImage {
  const image = createImage(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) image.data.set(colour(x, y), (y * width + x) * 4);
  }
  return image;
}

test("a flat picture keeps its exact colour at every size", () => {
  const flat = paint(97, 61, () => [201, 17, 90, 255]);
  for (const [width, height] of [
    [13, 9],
    [97, 20],
    [200, 300],
    [1, 1],
  ] as const) {
    const { data } = resizeImage(flat, width, height);
    for (let i = 0; i < data.length; i += 4) expect([...data.subarray(i, i + 4)]).toEqual([201, 17, 90, 255]);
  }
});

test("a fine checkerboard shrinks to grey without moiré", () => {
  const board = paint(256, 256, (x, y) => ((x + y) % 2 ? [255, 255, 255, 255] : [0, 0, 0, 255]));
  const { data } = resizeImage(board, 60, 60);
  for (let y = 4; y < 56; y++) {
    // A filter of finite length leaves a few levels of ripple; a naive one leaves stripes of 255.
    for (let x = 4; x < 56; x++) expect(Math.abs(data[(y * 60 + x) * 4]! - 127.5)).toBeLessThan(6);
  }
});

test("a ramp keeps its place: no shift by half a pixel", () => {
  const ramp = paint(240, 8, (x) => [x, x, x, 255]);
  const { data } = resizeImage(ramp, 80, 8);
  for (let x = 5; x < 75; x++) expect(Math.abs(data[(4 * 80 + x) * 4]! - (x * 3 + 1))).toBeLessThanOrEqual(1);
});

test("a transparent neighbour does not darken or tint the edge", () => {
  const half = paint(64, 64, (x) => (x < 32 ? [250, 200, 150, 255] : [0, 255, 0, 0]));
  const { data } = resizeImage(half, 16, 16);
  for (let x = 0; x < 8; x++) {
    const pixel = data.subarray((8 * 16 + x) * 4, (8 * 16 + x) * 4 + 3);
    expect(
      Math.abs(pixel[0]! - 250) + Math.abs(pixel[1]! - 200) + Math.abs(pixel[2]! - 150),
    ).toBeLessThanOrEqual(3);
  }
});

test("the same size gives the picture itself", () => {
  const image = paint(5, 5, () => [1, 2, 3, 255]);
  expect(resizeImage(image, 5, 5)).toBe(image);
});
