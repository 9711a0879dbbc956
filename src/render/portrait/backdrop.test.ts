import { expect, test } from "vitest";
import type { FaceLandmarks } from "../../core/face.ts";
import { createImage, type RgbaImage } from "../../core/image.ts";
import type { PersonMatte } from "../../core/person-matte.ts";
import { createMeshStage } from "../raster/mesh-stage.ts";
import { createTexture, wordsOf } from "../raster/warp.ts";
import { createBackdrop } from "./backdrop.ts";

const [WIDTH, HEIGHT] = [96, 80];
const BOX = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
/** A person in the middle third. */
const PERSON = { left: 32, right: 64 };

/** A reddish person before a wall of stripes. */
function picture(): RgbaImage {
  const image = createImage(WIDTH, HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const wall = x % 8 < 4 ? 60 : 200;
      const inside = x >= PERSON.left && x < PERSON.right;
      image.data.set(inside ? [200, 120 + (y % 16), 90, 255] : [wall, wall, wall, 255], (y * WIDTH + x) * 4);
    }
  }
  return image;
}

function matteOf(share: (x: number) => number): PersonMatte {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => 255 * share((i % WIDTH) + 0.5));
  return { width: WIDTH, height: HEIGHT, data };
}

const exact = matteOf((x) => Number(x > PERSON.left && x < PERSON.right));
const face: FaceLandmarks = {
  points: Float32Array.from({ length: 478 * 3 }, (_, i) => [48, 40, 0][i % 3]!),
  presence: 1,
};

/** The picture after its people moved by some pixels. */
function moved(image: RgbaImage, matte: PersonMatte, by: number): RgbaImage {
  const backdrop = createBackdrop(image, image, matte, BOX, face)!;
  const corners = [0, 0, WIDTH, 0, 0, HEIGHT, WIDTH, HEIGHT];
  const source = Float64Array.from(corners);
  const target = source.map((value, i) => value + (i % 2 === 0 ? by : 0));
  const out = { ...image, data: image.data.slice() };
  const stage = createMeshStage({
    ...{ width: WIDTH, height: HEIGHT, source, triangles: Uint16Array.of(0, 1, 2, 1, 3, 2) },
    texture: createTexture(backdrop.people, BOX, 8),
    background: { image: backdrop.background, box: BOX },
  });
  stage.words.set(wordsOf(out));
  stage.warp(target, true);
  stage.lay();
  wordsOf(out).set(stage.words);
  return out;
}

const pixel = ({ data }: RgbaImage, x: number, y: number) => [
  ...data.subarray((y * WIDTH + x) * 4, (y * WIDTH + x) * 4 + 4),
];

test("where nothing moves the picture is as it was", () => {
  const image = picture();
  expect(moved(image, exact, 0).data).toEqual(image.data);
});

test("a person moves before a wall that stands still", () => {
  const image = picture();
  const out = moved(image, exact, 5);
  for (const y of [10, 40, 70]) {
    for (const x of [4, 12, 20, 26, 74, 82, 90]) expect(pixel(out, x, y)).toEqual(pixel(image, x, y));
    expect(pixel(out, PERSON.right + 2, y)).toEqual(pixel(image, PERSON.right - 3, y));
  }
});

test("the strip that is uncovered shows no person", () => {
  const out = moved(picture(), exact, 6);
  for (let x = PERSON.left + 1; x < PERSON.left + 4; x++) {
    const [red, green, blue] = pixel(out, x, 40) as [number, number, number];
    expect(Math.abs(red - blue) + Math.abs(red - green)).toBeLessThan(30);
  }
});

test("a matte that is not sure of the face or of its surroundings is not used", () => {
  const image = picture();
  expect(
    createBackdrop(
      image,
      image,
      matteOf(() => 0.5),
      BOX,
      face,
    ),
  ).toBeUndefined();
  expect(
    createBackdrop(
      image,
      image,
      matteOf(() => 0),
      BOX,
      face,
    ),
  ).toBeUndefined();
  expect(createBackdrop(image, image, exact, BOX, face)).toBeDefined();
});
