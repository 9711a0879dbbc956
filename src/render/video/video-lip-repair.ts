import type { RgbaImage } from "../../core/image.ts";
import { clamp } from "../../core/scalar.ts";
import type { FittedFace } from "../face-rig/fitted-face.ts";
import { curve, percentile } from "../raster/plane.ts";
import { INNER_LOWER, INNER_UPPER, OUTER_LOWER, OUTER_UPPER } from "../face-rig/topology.ts";

/** How far beyond the lip's contour its colour is continued, in inter-ocular distances. */
const BEYOND_IOD = 0.07;
/** Something this much brighter than the lip, or brighter and paler, is no lip. */
const BRIGHT = 1.4;
const PALE_BRIGHT = 1.15;
const PALE = 0.7;
/** Where on the way from the outer edge of a lip to the inner one the search for teeth begins. */
const FIRST_SHARE = 0.55;
/** The lips darken this much where they turn inward. */
const INWARD_SHADE = 0.6;
const CURVE_STEPS = 8;

/**
 * Continues the colour of both lips over teeth and gums at their inner edge, so that a reference whose mouth was not
 * quite shut lends lips without teeth on them.
 * @returns a copy of `image`.
 */
export function repairLips(image: RgbaImage, face: FittedFace): RgbaImage {
  const data = image.data.slice();
  const { width, height } = image;
  const line = (vertices: readonly number[]) =>
    curve(
      vertices.flatMap((v) => [face.points[v * 3]!, face.points[v * 3 + 1]!]),
      CURVE_STEPS,
    );
  const index = (x: number, y: number) =>
    (clamp(Math.round(y), 0, height - 1) * width + clamp(Math.round(x), 0, width - 1)) * 4;
  const light = (i: number) =>
    0.299 * image.data[i]! + 0.587 * image.data[i + 1]! + 0.114 * image.data[i + 2]!;
  const red = (i: number) =>
    (image.data[i]! - image.data[i + 1]!) / (image.data[i]! + image.data[i + 1]! + image.data[i + 2]! + 1);

  for (const [innerRing, outerRing] of [
    [INNER_UPPER, OUTER_UPPER],
    [INNER_LOWER, OUTER_LOWER],
  ] as const) {
    const inner = line(innerRing);
    const outer = line(outerRing);
    const columns = inner.length / 2;
    // Columns so near to each other that no pixel between them is missed.
    const between = Math.max(1, Math.ceil(face.mouthWidthPx / (columns - 1)) * 2);
    const count = (columns - 1) * between;
    /** A point `share` of the way from the outer edge to the inner one, in column `c`. */
    const point = (c: number, share: number): [number, number] => {
      const i = Math.floor(c / between);
      const f = (c % between) / between;
      const at = (values: Float64Array, axis: number) =>
        values[i * 2 + axis]! * (1 - f) + values[i * 2 + 2 + axis]! * f;
      const along = (axis: number) => at(outer, axis) + (at(inner, axis) - at(outer, axis)) * share;
      return [along(0), along(1)];
    };
    const body = Array.from({ length: count }, (_, c) => index(...point(c, 0.45)));
    const usualLight = percentile(body.map(light), 0.4);
    const usualRed = percentile(body.map(red), 0.5);
    const isLip = (k: number, own: number) => {
      const bright = light(k) / Math.max(6, usualLight, Math.min(light(own), 1.5 * usualLight));
      return bright < PALE_BRIGHT || (bright < BRIGHT && red(k) > PALE * usualRed);
    };
    let source: number[] = [usualLight, usualLight, usualLight];
    for (let c = 0; c < count; c++) {
      const thickness = Math.hypot(...point(c, 0).map((value, axis) => value - point(c, 1)[axis]!));
      if (thickness < 0.5) continue;
      const step = 0.5 / thickness;
      const end = 1 + (BEYOND_IOD * face.iod) / thickness;
      let from = -1;
      for (let share = FIRST_SHARE; share <= end; share += step) {
        const k = index(...point(c, share));
        if (from < 0) {
          if (isLip(k, body[c]!)) continue;
          from = share;
          const before = [3, 5, 7]
            .map((back) => index(...point(c, share - back * step)))
            .filter((i) => isLip(i, body[c]!));
          if (before.length > 0) {
            source = [0, 1, 2].map(
              (channel) => before.reduce((sum, i) => sum + image.data[i + channel]!, 0) / before.length,
            );
          }
        }
        const shade = 1 - (1 - INWARD_SHADE) * clamp((share - from) / (end - from), 0, 1);
        for (let channel = 0; channel < 3; channel++) data[k + channel] = source[channel]! * shade;
      }
    }
  }
  return { width, height, data };
}
