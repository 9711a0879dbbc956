import type { RgbaImage } from "../../core/image.ts";
import { clamp } from "../../core/scalar.ts";
import type { FittedFace } from "../face-rig/fitted-face.ts";
import { curve, percentile } from "../raster/plane.ts";
import { INNER_LOWER, INNER_UPPER } from "../face-rig/topology.ts";

/** Distances from the lips' line in inter-ocular distances: where highlights are looked for, and what is compared. */
const BAND_IOD = 0.035;
const AROUND_IOD = 0.065;
/** How far beyond the corners of the lips the line is continued, in inter-ocular distances. */
const BEYOND_CORNER_IOD = 0.03;
/** A pixel this much brighter than the median around it, and by so many grey levels, is a highlight. */
const BRIGHTER = 1.3;
const BRIGHTER_LEVELS = 14;
/** More of the band than this is no highlight but an open mouth. */
const MOST = 0.25;

/**
 * Takes bright highlights off the line between shut lips: bits of teeth, often at the corners, which would stay on the lips
 * for the whole video. Each is given the median colour of what is around it.
 * @returns a copy of `image`, or `image` itself when there is no highlight.
 */
export function removeHighlights(image: RgbaImage, face: FittedFace): RgbaImage {
  const { points, iod } = face;
  const { width, height } = image;
  const middle = INNER_UPPER.map((u, i) =>
    [0, 1].map((axis) => (points[u * 3 + axis]! + points[INNER_LOWER[i]! * 3 + axis]!) / 2),
  ) as [number, number][];
  const beyond = (end: [number, number], next: [number, number]): [number, number] => {
    const length = Math.hypot(end[0] - next[0], end[1] - next[1]) || 1;
    const reach = (BEYOND_CORNER_IOD * iod) / length;
    return [end[0] + (end[0] - next[0]) * reach, end[1] + (end[1] - next[1]) * reach];
  };
  const last = middle.length - 1;
  const line = curve(
    [beyond(middle[0]!, middle[1]!), ...middle, beyond(middle[last]!, middle[last - 1]!)].flat(),
    8,
  );
  const light = (i: number) =>
    0.299 * image.data[i * 4]! + 0.587 * image.data[i * 4 + 1]! + 0.114 * image.data[i * 4 + 2]!;
  const near = (x: number, y: number, radius: number) => {
    const found: number[] = [];
    for (let j = Math.ceil(y - radius); j <= y + radius; j++) {
      for (let i = Math.ceil(x - radius); i <= x + radius; i++) {
        if ((i - x) ** 2 + (j - y) ** 2 > radius * radius) continue;
        found.push(clamp(j, 0, height - 1) * width + clamp(i, 0, width - 1));
      }
    }
    return found;
  };
  const band = new Set<number>();
  for (let k = 0; k < line.length; k += 2) {
    for (const i of near(line[k]!, line[k + 1]!, Math.max(1.2, BAND_IOD * iod))) band.add(i);
  }
  const highlights = new Map<number, number[]>();
  for (const i of band) {
    const around = near(i % width, Math.floor(i / width), Math.max(2.5, AROUND_IOD * iod));
    const usual = percentile(around.map(light), 0.5);
    if (light(i) > Math.max(BRIGHTER * usual, usual + BRIGHTER_LEVELS)) highlights.set(i, around);
  }
  if (highlights.size === 0 || highlights.size > MOST * band.size) return image;
  // The pixels next to a highlight hold some of it.
  const touched = new Map(highlights);
  for (const i of highlights.keys()) {
    for (const next of [i - 1, i + 1, i - width, i + width]) {
      if (!touched.has(next) && next >= 0 && next < width * height) {
        touched.set(next, near(next % width, Math.floor(next / width), Math.max(2.5, AROUND_IOD * iod)));
      }
    }
  }
  const data = image.data.slice();
  for (const [i, around] of touched) {
    const clean = around.filter((other) => !touched.has(other));
    const limit = percentile(clean.map(light), 0.5);
    if (!highlights.has(i) && light(i) <= limit) continue;
    for (let k = 0; k < 3; k++) {
      data[i * 4 + k] = percentile(
        clean.map((other) => image.data[other * 4 + k]!),
        0.4,
      );
    }
  }
  return { width, height, data };
}
