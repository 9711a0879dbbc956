import { clamp } from "../../core/scalar.ts";
import type { FittedFace } from "../face-rig/fitted-face.ts";
import { curve } from "../raster/plane.ts";
import { INNER_LOWER, INNER_UPPER } from "../face-rig/topology.ts";

/** The opening between the lips (or lids) in a frame along its corners. */
export interface Outline {
  /** Corner at the image's left, in pixels. */
  readonly x: number;
  readonly y: number;
  /** Unit vector from corner to corner. */
  readonly alongX: number;
  readonly alongY: number;
  readonly width: number;
  /** Bins per pixel along the axis. */
  readonly bins: number;
  readonly count: number;
  /** For each bin: upper and lower edge across the axis in pixels, and the cosine of their slopes. */
  readonly upper: Float32Array;
  readonly lower: Float32Array;
  readonly upperCosine: Float32Array;
  readonly lowerCosine: Float32Array;
  readonly largestGap: number;
}

const BINS = 2;

/** The edge's height at each bin, from a curve that is made to run forward. */
function rasterise(points: Float64Array, count: number): Float32Array {
  const heights = new Float32Array(count);
  const total = points.length / 2;
  let k = 0;
  let reached = points[0]!;
  let nextX = Math.max(reached + 1e-6, points[2]!);
  for (let i = 0; i < count; i++) {
    const x = i / BINS;
    while (x > nextX && k + 2 < total) {
      k++;
      reached = nextX;
      nextX = Math.max(reached + 1e-6, points[(k + 1) * 2]!);
    }
    const t = clamp((x - reached) / (nextX - reached), 0, 1);
    heights[i] = points[k * 2 + 1]! + (points[k * 2 + 3]! - points[k * 2 + 1]!) * t;
  }
  return heights;
}

function cosines(heights: Float32Array): Float32Array {
  return heights.map((_, i) => {
    const a = heights[Math.max(0, i - 1)]!;
    const b = heights[Math.min(heights.length - 1, i + 1)]!;
    return 1 / Math.hypot(1, ((b - a) * BINS) / 2);
  });
}

/**
 * The outline between two contours that share their corners.
 * @param target `[vertices, 2]` in pixels.
 */
export function outlineOf(
  target: Float64Array,
  upperRing: readonly number[] = INNER_UPPER,
  lowerRing: readonly number[] = INNER_LOWER,
): Outline {
  const first = upperRing[0]!;
  const last = upperRing[upperRing.length - 1]!;
  let [x, y] = [target[first * 2]!, target[first * 2 + 1]!];
  let [dx, dy] = [target[last * 2]! - x, target[last * 2 + 1]! - y];
  let rings = [upperRing, lowerRing];
  if (dx < 0) {
    [x, y, dx, dy] = [x + dx, y + dy, -dx, -dy];
    rings = rings.map((ring) => [...ring].reverse());
  }
  const width = Math.max(1e-3, Math.hypot(dx, dy));
  const [alongX, alongY] = [dx / width, dy / width];
  const count = Math.max(2, Math.floor(width * BINS) + 1);
  const [upper, lower] = rings.map((ring) =>
    rasterise(
      curve(
        ring.flatMap((v) => {
          const [px, py] = [target[v * 2]! - x, target[v * 2 + 1]! - y];
          return [px * alongX + py * alongY, py * alongX - px * alongY];
        }),
        6,
      ),
      count,
    ),
  ) as [Float32Array, Float32Array];
  let largestGap = 0;
  for (let i = 0; i < count; i++) largestGap = Math.max(largestGap, lower[i]! - upper[i]!);
  return {
    x,
    y,
    alongX,
    alongY,
    width,
    bins: BINS,
    count,
    upper,
    lower,
    upperCosine: cosines(upper),
    lowerCosine: cosines(lower),
    largestGap,
  };
}

/** Largest gap between the inner lips in inter-ocular distances, measured across the mouth. */
export function lipGapIod(face: FittedFace, target: Float64Array): number {
  let largest = 0;
  for (let j = 1; j < INNER_UPPER.length - 1; j++) {
    const [u, l] = [INNER_UPPER[j]! * 2, INNER_LOWER[j]! * 2];
    const gap = (target[l]! - target[u]!) * face.axisY[0] + (target[l + 1]! - target[u + 1]!) * face.axisY[1];
    largest = Math.max(largest, gap);
  }
  return largest / face.iod;
}
