import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";

/** Lays the frame's own pixels over what was drawn. @param matte `[box.height, box.width]` their share. */
export function putBack(image: RgbaImage, before: Uint8ClampedArray, matte: Float32Array, box: Box): void {
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      const m = matte[y * box.width + x]!;
      if (m <= 0) continue;
      const at = ((box.y + y) * image.width + box.x + x) * 4;
      for (let k = at; k < at + 3; k++) image.data[k]! += (before[k]! - image.data[k]!) * m;
    }
  }
}
