import { expect, test } from "vitest";
import { INNER_LOWER, INNER_UPPER } from "../face-rig/topology.ts";
import { createTexture, wordsOf, type Canvas } from "../raster/warp.ts";
import { lookInside, openInside } from "./opened-inside.ts";

const SIZE = { width: 120, height: 100 };
const LIPS = [150, 80, 80] as const;
const TEETH = [220, 210, 190] as const;
const LOWER_TEETH = [180, 170, 150] as const;
const DARK = [30, 15, 12] as const;

/** Lips of one height along the whole mouth, from x 20 to 100. */
function mouth(upper: number, lower: number): Float64Array {
  const points = new Float64Array(468 * 2);
  const ring = (vertices: readonly number[], y: number) =>
    vertices.forEach((v, i) => points.set([20 + (80 * i) / (vertices.length - 1), y], v * 2));
  ring(INNER_UPPER, upper);
  ring(INNER_LOWER, lower);
  points[INNER_UPPER[0]! * 2 + 1] = points[INNER_UPPER.at(-1)! * 2 + 1] = (upper + lower) / 2;
  return points;
}

/** Two rows of teeth with dark between them; rows of the picture from top to bottom. */
function picture() {
  const data = new Uint8ClampedArray(SIZE.width * SIZE.height * 4);
  for (let y = 0; y < SIZE.height; y++) {
    const colour = y < 40 || y >= 60 ? LIPS : y < 50 ? TEETH : y < 53 ? DARK : LOWER_TEETH;
    for (let x = 0; x < SIZE.width; x++) data.set([...colour, 255], (y * SIZE.width + x) * 4);
  }
  return { ...SIZE, data };
}

const box = { x: 0, y: 0, ...SIZE };
const cavity = { colour: DARK, blurPx: 0 } as const;

function opened(lower: number, upper = 39.5) {
  const image = picture();
  const inside = lookInside(image, mouth(39.5, 59.5));
  const canvas: Canvas = { ...SIZE, words: new Uint32Array(SIZE.width * SIZE.height).fill(0xff808080) };
  openInside(canvas, createTexture(image, box, 2), inside, mouth(upper, lower), 1, 60, cavity);
  const column = Array.from({ length: SIZE.height }, (_, y) => canvas.words[y * SIZE.width + 60]! & 255);
  return { inside, canvas, column };
}

test("what is dark between two rows of teeth is found, and where they part", () => {
  const { inside } = opened(59.5);
  expect(inside.dark![0]).toBeCloseTo(DARK[0], -1);
  const middle = inside.parting[inside.parting.length >> 1]!;
  // Rows 50 to 53 of 40 to 60.
  expect(middle).toBeGreaterThan(0.45);
  expect(middle).toBeLessThan(0.7);
});

test("teeth keep their height when the lips are farther apart than in the picture, and it is dark between them", () => {
  const { column } = opened(75.5);
  const rows = (low: number, high: number) => column.filter((red) => red > low && red < high).length;
  // Ten rows of upper teeth and seven of lower ones, as in the picture; two for soft borders.
  expect(rows(200, 256)).toBeGreaterThanOrEqual(8);
  expect(rows(200, 256)).toBeLessThanOrEqual(11);
  expect(rows(150, 200)).toBeGreaterThanOrEqual(5);
  expect(rows(150, 200)).toBeLessThanOrEqual(9);
  expect(column.slice(54, 62).every((red) => red < 80)).toBe(true);
  // The upper teeth hang from where they did.
  expect(column[42]).toBeGreaterThan(200);
});

test("lips as near as in the picture leave the drawing alone; nearer ones do so where they are pixels apart", () => {
  expect(new Set(opened(59.5).canvas.words)).toEqual(new Set([0xff808080]));
  expect(new Set(opened(52).column)).toEqual(new Set([0x80]));
});

test("an opening that is thinner than a pixel shows as much of the inside everywhere, wherever it lies in the pixels", () => {
  // What is between the lips here is brighter than the lips: teeth and dark, .4 of a pixel high.
  const at = [49.1, 49.3, 49.5, 49.7].map((upper) => {
    const { column } = opened(upper + 0.4, upper);
    const drawn = column.filter((red) => red !== 0x80);
    return drawn.reduce((sum, red) => sum + red - LIPS[0], 0);
  });
  const inside = (TEETH[0] + LOWER_TEETH[0]) / 2 - LIPS[0];
  for (const sum of at) expect(Math.abs(sum - 0.4 * inside)).toBeLessThan(0.15 * inside);
});

test("shut lips tell nothing of what is dark", () => {
  const image = picture();
  expect(lookInside(image, mouth(39.5, 40)).dark).toBeNull();
  expect(wordsOf(image)).toEqual(wordsOf(picture()));
});
