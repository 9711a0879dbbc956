import type { Box } from "../core/face.ts";
import type { RgbaImage } from "../core/image.ts";
import { clamp } from "./plane.ts";
import { wordsOf, type Texture } from "./warp.ts";

/** Makes textures of frame after frame in the same memory. */
export interface FrameTexturer {
  /**
   * Copies `box` of a picture with a margin, doubled by Catmull-Rom interpolation as `createTexture` does; the picture's
   * edge is repeated. The texture is valid until the next call.
   */
  of(image: RgbaImage, box: Box, margin: number): Texture;
}

/** Two channels side by side in one word, with room for sums: bits 0–15 and 16–31. */
const LANES = 0x00ff00ff;
/** Added to each lane so that the curve's undershoot stays positive: 32 after the division by 16. */
const BIAS = 520 | (520 << 16);
/** A lane's value after the division, 32 too high, limited to a byte. */
const LIMITED = Uint8Array.from({ length: 512 }, (_, i) => clamp(i - 32, 0, 255));

/** The value half-way between `b` and `c` on a Catmull-Rom curve through four pixels. */
function halfWay(a: number, b: number, c: number, d: number): number {
  const even = (9 * ((b & LANES) + (c & LANES)) - (a & LANES) - (d & LANES) + BIAS) >>> 0;
  const odd =
    (9 * (((b >>> 8) & LANES) + ((c >>> 8) & LANES)) - ((a >>> 8) & LANES) - ((d >>> 8) & LANES) + BIAS) >>>
    0;
  return (
    LIMITED[(even & 0xffff) >> 4]! |
    (LIMITED[(odd & 0xffff) >> 4]! << 8) |
    (LIMITED[even >>> 20]! << 16) |
    (LIMITED[odd >>> 20]! << 24)
  );
}

/** Starts a {@link FrameTexturer}; its memory grows to the largest box. */
export function createFrameTexturer(): FrameTexturer {
  let wide = new Uint32Array(0);
  let tall = new Uint32Array(0);
  return {
    of(image, box, margin) {
      const width = box.width + 2 * margin;
      const height = box.height + 2 * margin;
      const [x0, y0] = [box.x - margin, box.y - margin];
      const words = wordsOf(image);
      const stride = 2 * width;
      if (wide.length < stride * height) wide = new Uint32Array(stride * height);
      if (tall.length < stride * height * 2) tall = new Uint32Array(stride * height * 2);
      const columns = Int32Array.from({ length: width + 3 }, (_, i) => clamp(x0 + i - 1, 0, image.width - 1));
      for (let y = 0; y < height; y++) {
        const row = clamp(y0 + y, 0, image.height - 1) * image.width;
        let a = words[row + columns[0]!]!;
        let b = words[row + columns[1]!]!;
        let c = words[row + columns[2]!]!;
        for (let x = 0, to = y * stride; x < width; x++, to += 2) {
          const d = words[row + columns[x + 3]!]!;
          wide[to] = b;
          wide[to + 1] = halfWay(a, b, c, d);
          [a, b, c] = [b, c, d];
        }
      }
      for (let y = 0; y < height; y++) {
        const a = Math.max(0, y - 1) * stride;
        const b = y * stride;
        const c = Math.min(height - 1, y + 1) * stride;
        const d = Math.min(height - 1, y + 2) * stride;
        const to = 2 * b;
        for (let i = 0; i < stride; i++) {
          tall[to + i] = wide[b + i]!;
          tall[to + stride + i] = halfWay(wide[a + i]!, wide[b + i]!, wide[c + i]!, wide[d + i]!);
        }
      }
      return { width: stride, height: 2 * height, scale: 2, x: x0, y: y0, data: tall };
    },
  };
}
