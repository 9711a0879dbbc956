import { expect, test } from "vitest";
import { createRandom } from "../../core/random.ts";
import { createTexture, sampleTexture, warpMesh, type Texture } from "./warp.ts";

const [WIDTH, HEIGHT] = [70, 60];
const BOX = { x: 5, y: 4, width: 58, height: 50 };
const SIDE = 5;

const random = createRandom(3);
const image = {
  width: WIDTH,
  height: HEIGHT,
  data: Uint8ClampedArray.from({ length: WIDTH * HEIGHT * 4 }, () => 256 * random()),
};

/** A grid of vertices over the box, two triangles a cell. */
const source = Float64Array.from({ length: SIDE * SIDE * 2 }, (_, i) => {
  const vertex = i >> 1;
  return i % 2 === 0
    ? BOX.x + ((vertex % SIDE) * BOX.width) / (SIDE - 1)
    : BOX.y + (Math.floor(vertex / SIDE) * BOX.height) / (SIDE - 1);
});
const triangles = Uint16Array.from(
  Array.from({ length: (SIDE - 1) ** 2 }, (_, cell) => {
    const a = Math.floor(cell / (SIDE - 1)) * SIDE + (cell % (SIDE - 1));
    return [a, a + 1, a + SIDE, a + 1, a + SIDE + 1, a + SIDE];
  }).flat(),
);

const warped = (texture: Texture, target: Float64Array, words: Uint32Array, whole: boolean) => {
  const canvas = { width: WIDTH, height: HEIGHT, words };
  warpMesh(texture, triangles, 0, triangles.length / 3, source, target, canvas, whole);
  return words;
};

/** Where a point of the canvas lies in the source, in the triangle that holds it by more than `rim`; else undefined. */
function originOf(target: Float64Array, x: number, y: number, rim: number): [number, number] | undefined {
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [...triangles.subarray(t, t + 3)].map((v) => v * 2) as [number, number, number];
    const [ax, ay] = [target[a]!, target[a + 1]!];
    const [bx, by, cx, cy] = [target[b]! - ax, target[b + 1]! - ay, target[c]! - ax, target[c + 1]! - ay];
    const area = bx * cy - cx * by;
    const [ofB, ofC] = [((x - ax) * cy - cx * (y - ay)) / area, (bx * (y - ay) - (x - ax) * by) / area];
    if (Math.min(ofB, ofC, 1 - ofB - ofC) < rim) continue;
    return [0, 1].map((k) => {
      const from = source[a + k]!;
      return from + ofB * (source[b + k]! - from) + ofC * (source[c + k]! - from);
    }) as [number, number];
  }
  return undefined;
}

const apart = (a: number, b: number) =>
  Math.max(...[0, 8, 16, 24].map((shift) => Math.abs(((a >>> shift) & 255) - ((b >>> shift) & 255))));

test("a texture holds each pixel of the mirrored picture, and half-way between them a curve's values, halves even", () => {
  const box = { x: 2, y: 1, width: 9, height: 6 };
  const margin = 4;
  const texture = createTexture(image, box, margin);
  const [width, height] = [box.width + 2 * margin, box.height + 2 * margin];
  const mirrored = (i: number, length: number) => Math.min(Math.abs(i), 2 * (length - 1) - i);
  const within = (i: number, length: number) => Math.min(length - 1, Math.max(0, i));
  const pixel = (x: number, y: number, k: number) => {
    const [column, row] = [within(x, width) + box.x - margin, within(y, height) + box.y - margin];
    return image.data[4 * (mirrored(row, HEIGHT) * WIDTH + mirrored(column, WIDTH)) + k]!;
  };
  const rounded = new Uint8ClampedArray(1);
  const halfWay = (at: (i: number) => number) => {
    rounded[0] = (9 * (at(0) + at(1)) - at(-1) - at(2)) / 16;
    return rounded[0];
  };
  const wide = (u: number, y: number, k: number) =>
    u % 2 === 0 ? pixel(u / 2, y, k) : halfWay((i) => pixel((u - 1) / 2 + i, y, k));
  const bytes = new Uint8Array(texture.data.buffer);
  expect([texture.width, texture.height]).toEqual([2 * width, 2 * height]);
  for (let v = 0; v < 2 * height; v++) {
    for (let u = 0; u < 2 * width; u++) {
      for (let k = 0; k < 4; k++) {
        const expected =
          v % 2 === 0 ? wide(u, v / 2, k) : halfWay((i) => wide(u, within((v - 1) / 2 + i, height), k));
        expect(bytes[4 * (v * 2 * width + u) + k]).toBe(expected);
      }
    }
  }
});

test("inside each triangle a moved mesh shows its texture, and nothing is drawn beside it", () => {
  const texture = createTexture(image, BOX, 3);
  const target = source.map((value) => value + 6 * random() - 3);
  const words = warped(texture, target, new Uint32Array(WIDTH * HEIGHT).fill(7), true);
  let [inside, beside] = [0, 0];
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const from = originOf(target, x, y, 0.02);
      const word = words[y * WIDTH + x]!;
      if (from) {
        // Noise changes by up to 255 from pixel to pixel: positions in 1/256 texel give a level or two.
        expect(apart(word, sampleTexture(texture, ...from))).toBeLessThan(4);
        inside++;
      } else if (!originOf(target, x, y, -0.02)) {
        expect(word).toBe(7);
        beside++;
      }
    }
  }
  expect(inside).toBeGreaterThan(2000);
  expect(beside).toBeGreaterThan(400);
});

test("neighbours leave no pixel out and draw none twice", () => {
  const flat = { ...image, data: image.data.map((_, i) => [40, 90, 160, 128][i % 4]!) };
  const texture = createTexture(flat, BOX, 3);
  const target = source.map((value) => value + 4 * random() - 2);
  const words = warped(texture, target, new Uint32Array(WIDTH * HEIGHT), true);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      if (originOf(target, x, y, 0)) expect(words[y * WIDTH + x]).toBe(0x80a05a28);
    }
  }
});

test("what does not move stays as it is, a vertex that is no number draws nothing, and a mesh may leave the canvas", () => {
  const texture = createTexture(image, BOX, 3);
  const start = new Uint32Array(WIDTH * HEIGHT).fill(9);
  expect(warped(texture, source, start.slice(), false)).toEqual(start);
  const away = source.map((value) => value + 500);
  expect(warped(texture, away, start.slice(), true)).toEqual(start);
  const none = source.map(() => NaN);
  expect(warped(texture, none, start.slice(), true)).toEqual(start);
  const half = source.map((value, i) => (i % 2 === 0 ? value - WIDTH / 2 : value));
  const drawn = warped(texture, half, start.slice(), true);
  expect(drawn[30 * WIDTH + 5]).not.toBe(9);
  expect(drawn[30 * WIDTH + 60]).toBe(9);
});

test("of triangles that overlap the last one is seen, and one that reaches far beyond the canvas harms nothing", () => {
  const texture = createTexture(image, BOX, 3);
  const folded = source.map((value) => value + 30 * random() - 15);
  folded.set([-1e9, 1e9, 1e9, -1e9], 20);
  const words = warped(texture, folded, new Uint32Array(WIDTH * HEIGHT), true);
  const expected = new Uint32Array(WIDTH * HEIGHT);
  const canvas = { width: WIDTH, height: HEIGHT, words: expected };
  for (let t = 0; t < triangles.length / 3; t++) {
    warpMesh(texture, triangles, t, t + 1, source, folded, canvas, true);
  }
  expect(words).toEqual(expected);
});

test("another texture, and a larger one, take the place of the one before", () => {
  const target = source.map((value) => value + 1);
  const first = createTexture(image, { ...BOX, width: 20, height: 20 }, 2);
  const second = createTexture({ ...image, data: image.data.map((v) => 255 - v) }, BOX, 6);
  const alone = warped(second, target, new Uint32Array(WIDTH * HEIGHT), true);
  warped(first, target, new Uint32Array(WIDTH * HEIGHT), true);
  expect(warped(second, target, new Uint32Array(WIDTH * HEIGHT), true)).toEqual(alone);
});
