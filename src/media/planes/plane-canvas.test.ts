import { expect, test } from "vitest";
import { createRandom } from "../../core/random.ts";
import { createPlaneCanvas } from "./plane-canvas.ts";
import { i420Bytes, planesOf, rgbaOf, type PlanarPicture } from "./picture.ts";
import { BT709, type PlaneColour } from "./plane-colour.ts";
import { rgbaToI420 } from "./yuv.ts";

const [WIDTH, HEIGHT] = [60, 34];
const BT601 = { ...BT709, matrix: "smpte170m" } as const;
const FULL = { ...BT601, transfer: "iec61966-2-1", fullRange: true } as const;
const FULL709 = { ...BT709, fullRange: true } as const;

/** Planes of any values, also of those that no colour has. */
function noise(colour: PlaneColour, seed: number): PlanarPicture {
  const random = createRandom(seed);
  const data = Uint8Array.from({ length: i420Bytes(WIDTH, HEIGHT) }, () => random() * 256);
  return { width: WIDTH, height: HEIGHT, data, colour };
}

const copyOf = (picture: PlanarPicture) => ({ ...picture, data: picture.data.slice() });

/** Calls `visit` with every sample of two pictures and the box of pixels that the sample stands for. */
function compare(
  a: PlanarPicture,
  b: PlanarPicture,
  visit: (one: number, other: number, pixels: readonly number[]) => void,
): void {
  const others = planesOf(b);
  planesOf(a).forEach(({ width, data }, plane) => {
    data.forEach((value, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      const pixels = plane === 0 ? [i] : [0, 1, WIDTH, WIDTH + 1].map((d) => 2 * y * WIDTH + 2 * x + d);
      visit(value, others[plane]!.data[i]!, pixels);
    });
  });
}

test.each([
  ["BT.709", BT709],
  ["BT.601", BT601],
  ["BT.601, full range", FULL],
  ["BT.709, full range", FULL709],
] as const)(
  "paint on planes of %s becomes what whole pictures become, the rest keeps every sample",
  (_, colour) => {
    const canvas = createPlaneCanvas(WIDTH, HEIGHT);
    canvas.image.data.fill(77);
    for (const seed of [1, 2]) {
      const source = noise(colour, seed);
      const whole = rgbaOf(source);
      const picture = copyOf(source);
      const painted = new Set<number>();
      const random = createRandom(9);
      const paint = (x: number, y: number) => {
        const i = y * WIDTH + x;
        painted.add(i);
        // Away from the picture's own colours by more than rounding.
        const value = [0, 1, 2].map((k) => (canvas.image.data[4 * i + k]! + 40 + 150 * random()) % 256);
        for (const { data } of [canvas.image, whole]) data.set([...value, 255], 4 * i);
      };
      canvas.read(picture, { x: 7, y: 5, width: 20, height: 12 });
      for (let y = 5; y < 17; y++) for (let x = 7; x < 27; x += 1 + (y % 3)) paint(x, y);
      // A second face overlaps the first one, whose paint stays.
      canvas.read(picture, { x: 20, y: 12, width: 39.5, height: 30 });
      for (let y = 14; y < HEIGHT; y += 2) for (let x = 25; x < WIDTH; x += 3) paint(x, y);
      canvas.commit(picture, null);
      const expected = copyOf(source);
      rgbaToI420(whole, expected.data, colour);
      const kept = copyOf(source);
      compare(picture, expected, (value, other, pixels) => {
        if (pixels.some((i) => painted.has(i))) expect(value).toBe(other);
      });
      compare(picture, kept, (value, other, pixels) => {
        if (!pixels.some((i) => painted.has(i))) expect(value).toBe(other);
      });
    }
  },
);

test("what is read has the picture's own colours, and nothing is changed without paint", () => {
  const source = noise(BT601, 3);
  const picture = copyOf(source);
  const canvas = createPlaneCanvas(WIDTH, HEIGHT);
  canvas.read(picture, { x: -3, y: 10, width: 30, height: 9 });
  const whole = rgbaOf(source);
  for (let y = 10; y < 19; y++) {
    const [from, to] = [y * WIDTH * 4, (y * WIDTH + 27) * 4];
    expect(canvas.image.data.subarray(from, to)).toEqual(whole.data.subarray(from, to));
  }
  canvas.commit(picture, null);
  expect(picture.data).toEqual(source.data);
  canvas.commit(picture, null);
  expect(picture.data).toEqual(source.data);
});

test("under a mask's black no sample changes, chroma that reaches into it included; in between a share does", () => {
  const source = { ...noise(BT709, 4) };
  source.data.fill(120, 0, WIDTH * HEIGHT);
  source.data.fill(128, WIDTH * HEIGHT);
  const picture = copyOf(source);
  const canvas = createPlaneCanvas(WIDTH, HEIGHT);
  // Black up to column 10, half from there, white from column 21 on.
  const data = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const x = i % WIDTH;
    return x <= 10 ? 0 : x <= 20 ? 128 : 255;
  });
  canvas.read(picture, { x: 0, y: 0, width: WIDTH, height: HEIGHT });
  canvas.image.data.fill(255);
  canvas.commit(picture, { width: WIDTH, height: HEIGHT, data });
  compare(picture, source, (value, before, pixels) => {
    if (pixels.some((i) => data[i] === 0)) expect(value).toBe(before);
  });
  const [luma] = planesOf(picture);
  expect([luma.data[10], luma.data[25]]).toEqual([120, 235]);
  expect(luma.data[15]).toBeGreaterThan(175);
  expect(luma.data[15]).toBeLessThan(181);
});
