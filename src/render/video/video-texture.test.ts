import { expect, test } from "vitest";
import { createImage } from "../../core/image.ts";
import { createRandom } from "../../core/random.ts";
import { createFrameTexturer } from "./video-texture.ts";
import { createTexture } from "../raster/warp.ts";

test("a frame's texture is that of a picture, also when its memory is used again", () => {
  const random = createRandom(4);
  const texturer = createFrameTexturer();
  for (const box of [
    { x: 12, y: 9, width: 30, height: 20 },
    { x: 20, y: 12, width: 11, height: 15 },
    { x: 9, y: 8, width: 12, height: 17 },
  ]) {
    const image = createImage(64, 48);
    for (let i = 0; i < image.data.length; i++)
      image.data[i] = i % 4 === 3 ? 255 : random() < 0.5 ? 0 : 255 * random();
    const expected = createTexture(image, box, 3);
    const texture = texturer.of(image, box, 3);
    expect([texture.width, texture.height, texture.x, texture.y]).toEqual([
      expected.width,
      expected.height,
      expected.x,
      expected.y,
    ]);
    const [a, b] = [texture.data, expected.data];
    const words = new Uint32Array(image.data.buffer);
    for (let y = 0; y < box.height + 6; y++) {
      for (let x = 0; x < box.width + 6; x++) {
        const own = words[(box.y - 3 + y) * image.width + box.x - 3 + x];
        expect(a[2 * y * texture.width + 2 * x]).toBe(own);
      }
    }
    let worst = 0;
    for (let i = 0; i < expected.width * expected.height; i++) {
      // At its very edge a picture's texture does not look beyond the box.
      const [x, y] = [i % expected.width, Math.floor(i / expected.width)];
      if (x < 4 || y < 4 || x >= expected.width - 4 || y >= expected.height - 4) continue;
      for (const shift of [0, 8, 16, 24]) {
        worst = Math.max(worst, Math.abs(((a[i]! >>> shift) & 255) - ((b[i]! >>> shift) & 255)));
      }
    }
    // Rows and columns round halves differently: one grey level each.
    expect(worst).toBeLessThanOrEqual(2);
  }
});
