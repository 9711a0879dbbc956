import type { RgbaImage } from "../../core/image.ts";
import { clamp } from "../../core/scalar.ts";
import { cheapestPath, smoothLine } from "../mouth/edge-path.ts";
import { blurPlane, cropBox, curve, labPlanes, percentile, samplePlane } from "../raster/plane.ts";
import { LEFT_EYE, RIGHT_EYE } from "../face-rig/topology.ts";

const STEPS = 4;
const CHOICES = 31;
/** How far an edge may move inward and outward, and where the lid's skin is sampled, in inter-ocular distances. */
const INWARD = 0.012;
const OUTWARD = 0.04;
const SKIN = 0.085;
/** Weights of L*, a*, b*: light varies within skin, hue hardly does. */
const WEIGHTS = [0.45, 1, 0.8] as const;

/**
 * Moves the edges of the lids outward to where the picture's skin begins, in place. A lid whose edge lies within the
 * eye would carry a rim of the eyeball along, or leave one uncovered when it closes; lashes count as part of the eye.
 * @param points `[468+, 3]` in pixels, pixel centres at whole numbers; changed.
 * @param iod inter-ocular distance in pixels.
 */
export function snapLids(image: RgbaImage, points: Float64Array, iod: number): void {
  for (const eye of [RIGHT_EYE, LEFT_EYE]) {
    const [first, last] = [eye.upper[0]! * 3, eye.upper[8]! * 3];
    const [spanX, spanY] = [points[last]! - points[first]!, points[last + 1]! - points[first + 1]!];
    const span = Math.hypot(spanX, spanY);
    if (span < 4) continue;
    const radius = 0.6 * span + (SKIN + 0.02) * iod;
    const box = cropBox(
      {
        x: points[first]! + spanX / 2 - radius,
        y: points[first + 1]! + spanY / 2 - radius,
        width: 2 * radius,
        height: 2 * radius,
      },
      image.width,
      image.height,
    );
    if (box.width < 8 || box.height < 8) continue;
    const planes = labPlanes(image, box).map((plane) => blurPlane(plane, Math.max(0.6, 0.006 * iod)));
    const colour = (x: number, y: number) => planes.map((plane) => samplePlane(plane, x - box.x, y - box.y));
    // Across the eye, downward in the picture.
    const across = [-spanY / span, spanX / span].map((v) => v * Math.sign(spanX || 1)) as [number, number];
    for (const [ring, beyond, sign] of [
      [eye.upper, eye.aboveUpper, -1],
      [eye.lower, eye.belowLower, 1],
    ] as const) {
      const path = curve(
        ring.flatMap((v) => [points[v * 3]!, points[v * 3 + 1]!]),
        STEPS,
      );
      const columns = path.length / 2;
      const at = (i: number, outward: number) =>
        colour(path[i * 2]! + sign * outward * across[0], path[i * 2 + 1]! + sign * outward * across[1]);
      const skins = Array.from({ length: columns }, (_, i) => at(i, SKIN * iod));
      const skin = [0, 1, 2].map((c) =>
        smoothLine(
          Float64Array.from(skins, (s) => s[c]!),
          5,
        ),
      );
      const unlike = new Float64Array(columns * CHOICES);
      const outward = Float64Array.from(
        { length: CHOICES },
        (_, k) => (-INWARD + ((INWARD + OUTWARD) * k) / (CHOICES - 1)) * iod,
      );
      for (let i = 0; i < columns; i++) {
        outward.forEach((o, k) => {
          const shown = at(i, o);
          unlike[i * CHOICES + k] = Math.hypot(
            ...WEIGHTS.map((weight, c) => weight * (shown[c]! - skin[c]![i]!)),
          );
        });
      }
      const scale = clamp(
        percentile(
          unlike.filter((_, i) => i % CHOICES < CHOICES / 3),
          0.6,
        ),
        6,
        18,
      );
      const cost = new Float64Array(columns * CHOICES);
      for (let i = 0; i < columns; i++) {
        const row = unlike.subarray(i * CHOICES, (i + 1) * CHOICES).map((d) => clamp(d / scale, 0, 1));
        let inside = 0;
        let outside = row.reduce((sum, value) => sum + value - 0.5, 0);
        for (let k = 0; k < CHOICES; k++) {
          inside += 0.5 - row[k]!;
          outside -= row[k]! - 0.5;
          cost[i * CHOICES + k] =
            ((inside + outside) / CHOICES) * 4 + 0.5 * (outward[k]! / (OUTWARD * iod)) ** 2;
        }
      }
      const chosen = cheapestPath(cost, columns, CHOICES, 0.02);
      const shift = smoothLine(
        Float64Array.from(chosen, (k) => outward[k]!),
        3,
      );
      for (let j = 1; j < ring.length - 1; j++) {
        // The corners stay, and what is next to them moves less.
        const by = sign * shift[j * STEPS]! * (j === 1 || j === ring.length - 2 ? 0.6 : 1);
        for (const [v, share] of [
          [ring[j]!, 1],
          [beyond[j - 1]!, 0.5],
        ] as const) {
          points[v * 3]! += by * share * across[0];
          points[v * 3 + 1]! += by * share * across[1];
        }
      }
    }
  }
}
