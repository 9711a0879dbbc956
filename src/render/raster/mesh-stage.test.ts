import { expect, test } from "vitest";
import { createImage } from "../../core/image.ts";
import { createRandom } from "../../core/random.ts";
import { createMeshStage } from "./mesh-stage.ts";
import { createTexture, warpMesh, wordsOf } from "./warp.ts";

const [WIDTH, HEIGHT, SIDE] = [90, 70, 9];
const BOX = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
const random = createRandom(5);

/** Noise in a disc, clear beyond it, as people before their background are. */
const people = createImage(WIDTH, HEIGHT);
const background = createImage(WIDTH, HEIGHT);
for (let i = 0; i < WIDTH * HEIGHT; i++) {
  const inside = Math.hypot((i % WIDTH) - 40, Math.floor(i / WIDTH) - 30) < 17;
  const alpha = inside ? 256 * random() : 0;
  people.data.set([alpha * random(), alpha * random(), alpha * random(), alpha], 4 * i);
  background.data.set([256 * random(), 256 * random(), 256 * random(), 255], 4 * i);
}

const source = Float64Array.from({ length: SIDE * SIDE * 2 }, (_, i) =>
  i % 2 === 0
    ? (((i >> 1) % SIDE) * WIDTH) / (SIDE - 1)
    : (Math.floor((i >> 1) / SIDE) * HEIGHT) / (SIDE - 1),
);
const triangles = Uint16Array.from(
  Array.from({ length: (SIDE - 1) ** 2 }, (_, cell) => {
    const a = Math.floor(cell / (SIDE - 1)) * SIDE + (cell % (SIDE - 1));
    return [a, a + 1, a + SIDE, a + 1, a + SIDE + 1, a + SIDE];
  }).flat(),
);

test("a stage draws what a mesh on a canvas of its own does, wherever its texture is clear, and lays it over the background", () => {
  const texture = createTexture(people, BOX, 6);
  const stage = createMeshStage({
    ...{ width: WIDTH, height: HEIGHT, texture, triangles, source },
    background: { image: background, box: { ...BOX, y: 8, height: 50 } },
  });
  for (let frame = 0; frame < 6; frame++) {
    // Some vertices stay where they were.
    const target = source.map((value) => (random() < 0.3 ? value : value + 9 * random() - 4.5));
    const before = Uint32Array.from({ length: WIDTH * HEIGHT }, () => (2 ** 32 * random()) >>> 0);
    const plain = before.slice();
    const canvas = { width: WIDTH, height: HEIGHT, words: plain };
    warpMesh(texture, triangles, 0, triangles.length / 3, source, target, canvas);
    stage.words.set(before);
    stage.warp(target);
    expect(stage.words).toEqual(plain);
    stage.lay();
    const behind = wordsOf(background);
    stage.words.forEach((word, i) => {
      const own = plain[i]!;
      const alpha = own >>> 24;
      if (alpha === 255 || i < 8 * WIDTH || i >= 58 * WIDTH) {
        expect(word).toBe(own);
        return;
      }
      for (const shift of [0, 8, 16]) {
        const laid =
          ((own >>> shift) & 255) + Math.floor(((255 - alpha) * ((behind[i]! >>> shift) & 255) + 127) / 255);
        expect((word >>> shift) & 255).toBe(Math.min(255, laid));
      }
    });
  }
});
