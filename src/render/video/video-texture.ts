import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { clamp } from "../../core/scalar.ts";
import { growTo } from "../../core/kernels/kernels.ts";
import { DOUBLING_SLACK, doublingKernelsOn } from "../raster/doubling-kernels.ts";
import { wordsOf, type Texture } from "../raster/warp.ts";

/** Makes textures of frame after frame in the same memory. */
export interface FrameTexturer {
  /**
   * Copies `box` of a picture with a margin, doubled by Catmull-Rom interpolation as `createTexture` does; the picture's
   * edge is repeated. The texture is valid until the next call.
   */
  of(image: RgbaImage, box: Box, margin: number): Texture;
}

/**
 * Starts a {@link FrameTexturer}; its memory grows to the largest box. WebAssembly SIMD, four times as fast as
 * TypeScript.
 */
export function createFrameTexturer(): FrameTexturer {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const kernels = doublingKernelsOn(memory);
  return {
    of(image, box, margin) {
      const width = box.width + 2 * margin;
      const height = box.height + 2 * margin;
      const [x0, y0] = [box.x - margin, box.y - margin];
      const words = wordsOf(image);
      const stride = 2 * width * 4;
      // One row of the picture with a pixel before it and two behind, then the texture.
      const padded = width + 3;
      const texture = Math.ceil((padded * 4 + DOUBLING_SLACK) / 16) * 16;
      growTo(memory, texture + stride * height * 2 + DOUBLING_SLACK);
      const row = new Uint32Array(memory.buffer, 0, padded);
      // The columns that lie in the picture, and how many repeat its edges on either side.
      const left = clamp(x0 - 1, 0, image.width - 1);
      const right = clamp(x0 + width + 1, 0, image.width - 1);
      const before = clamp(left - (x0 - 1), 0, padded - 1);
      for (let y = 0; y < height; y++) {
        const from = clamp(y0 + y, 0, image.height - 1) * image.width;
        row.fill(words[from + left]!, 0, before);
        row.set(words.subarray(from + left, from + right + 1), before);
        row.fill(words[from + right]!, before + right - left + 1);
        kernels.widen(0, texture + 2 * y * stride, width);
      }
      const data = new Uint32Array(memory.buffer, texture, (stride / 4) * height * 2);
      const at = (y: number) => texture + 2 * clamp(y, 0, height - 1) * stride;
      for (let y = 0; y < height; y++) {
        // Where a row is no whole number of vectors, the last one reaches two pixels into the next.
        const next = (y + 1) * (stride / 2);
        const [first, second] = [data[next]!, data[next + 1]!];
        kernels.between(at(y - 1), at(y), at(y + 1), at(y + 2), at(y) + stride, stride);
        if (y + 1 < height) [data[next], data[next + 1]] = [first, second];
      }
      return { width: stride / 4, height: 2 * height, scale: 2, x: x0, y: y0, data };
    },
  };
}
