import type { RgbaImage } from "../../core/image.ts";
import { clamp } from "../../core/scalar.ts";

/** Light (Rec. 601 luma, 0 to 255) of a picture between its pixels, bilinear; outside, the edge's. */
export function lightOf({ width, height, data }: RgbaImage): (x: number, y: number) => number {
  const at = (k: number) => 0.299 * data[k * 4]! + 0.587 * data[k * 4 + 1]! + 0.114 * data[k * 4 + 2]!;
  return (x, y) => {
    const [u, v] = [clamp(x, 0, width - 1.001), clamp(y, 0, height - 1.001)];
    const [i, j] = [u | 0, v | 0];
    const [fx, fy] = [u - i, v - j];
    const k = j * width + i;
    return (
      (at(k) * (1 - fx) + at(k + 1) * fx) * (1 - fy) +
      (at(k + width) * (1 - fx) + at(k + width + 1) * fx) * fy
    );
  };
}
