import { MOUTH_COLUMNS } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { lightOf } from "../raster/light.ts";

/** What lies between the lips along the line where they meet, over the middle of the mouth. */
export interface LipLine {
  /** Mean darkness across the line relative to the lips, times its width in inter-ocular distances. */
  readonly dark: number;
  /** How much brighter than the lips the brightest is, mean of the columns; 0 where nothing is. */
  readonly bright: number;
}

/** Where between a lip's outer and inner edge its light is read, and where the line's search begins. */
const BODY = 0.45;
const SAMPLES = 24;

/** Reads the lip line of a picture. @param points `[≥ 468, 2]` in pixels, a pixel's middle at whole numbers. */
export function readLipLine(image: RgbaImage, points: Float64Array, iod: number): LipLine {
  const light = lightOf(image);
  const between = (a: number, b: number, share: number) =>
    [0, 1].map((k) => points[a * 2 + k]! + (points[b * 2 + k]! - points[a * 2 + k]!) * share) as [
      number,
      number,
    ];
  let [dark, bright] = [0, 0];
  for (const [above, upper, lower, below] of MOUTH_COLUMNS) {
    const [x0, y0] = between(above, upper, BODY);
    const [x1, y1] = between(below, lower, BODY);
    const level = Math.max(8, (light(x0, y0) + light(x1, y1)) / 2);
    const length = Math.hypot(x1 - x0, y1 - y0) / Math.max(1e-6, iod);
    let [depth, most] = [0, 0];
    for (let s = 1; s < SAMPLES; s++) {
      const share = s / SAMPLES;
      const relative = light(x0 + share * (x1 - x0), y0 + share * (y1 - y0)) / level - 1;
      depth += Math.max(0, -relative) / SAMPLES;
      most = Math.max(most, relative);
    }
    dark += (depth * length) / MOUTH_COLUMNS.length;
    bright += most / MOUTH_COLUMNS.length;
  }
  return { dark, bright };
}
