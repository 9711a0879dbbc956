import type { RgbaImage } from "../../core/image.ts";
import { clamp } from "../../core/scalar.ts";
import { cheapestPath, smoothLine } from "./edge-path.ts";
import {
  blurPlane,
  boxAround,
  curve,
  labPlanes,
  percentile,
  samplePlane,
  type Plane,
} from "../raster/plane.ts";
import { INNER_LOWER, INNER_UPPER, OUTER_LOWER, OUTER_UPPER } from "../face-rig/topology.ts";

/** What the picture shows between the lips. */
export interface SnappedLips {
  /** Whether the source's mouth is open, so that its rest must be closed by the rig. */
  readonly open: boolean;
  /** Largest gap between the lips in inter-ocular distances, before snapping. */
  readonly gapIod: number;
}

interface Frame {
  readonly iod: number;
  /** Unit vectors along and across the mouth in the image. */
  readonly axisX: readonly [number, number];
  readonly axisY: readonly [number, number];
}

const STEPS = 5;
/** Weights of L*, a*, b* between lips and what is behind them. */
const LAB_WEIGHTS = [0.45, 1, 0.8] as const;
/** An edge is measured over this distance to both sides, in inter-ocular distances. */
const EDGE_IOD = 0.008;
/** Step in Lab that is a clear edge: less counts less. */
const CLEAR_EDGE = 12;
/** What a column's sharpest edge is worth against the colours on both sides. */
const EDGE_SHARE = 0.9;
const mid = (a: number, b: number) => (a + b) / 2;

function lineOf(points: Float64Array, vertices: readonly number[]): Float64Array {
  return Float64Array.from(vertices.flatMap((v) => [points[v * 3]!, points[v * 3 + 1]!]));
}

/** Moves both inner contours of a closed mouth onto the darkest line between the lips. */
function snapClosed(points: Float64Array, light: (x: number, y: number) => number, frame: Frame): void {
  const { iod, axisY } = frame;
  const middle = INNER_UPPER.map((u, i) => {
    const l = INNER_LOWER[i]!;
    return [mid(points[u * 3]!, points[l * 3]!), mid(points[u * 3 + 1]!, points[l * 3 + 1]!)];
  }).flat();
  const path = curve(middle, STEPS);
  const columns = path.length / 2;
  const choices = 31;
  const offsets = Float64Array.from({ length: choices }, (_, k) => (k / (choices - 1) - 0.5) * 0.1 * iod);
  const cost = new Float64Array(columns * choices);
  for (let i = 0; i < columns; i++) {
    const column = offsets.map((o) => light(path[i * 2]! + o * axisY[0], path[i * 2 + 1]! + o * axisY[1]));
    const low = Math.min(...column);
    const high = Math.max(...column);
    column.forEach((value, k) => {
      cost[i * choices + k] =
        (value - low) / (high - low + 3) + 0.35 * (offsets[k]! / offsets[choices - 1]!) ** 2;
    });
  }
  const chosen = cheapestPath(cost, columns, choices, 0.01);
  const shift = smoothLine(
    Float64Array.from(chosen, (k) => offsets[k]!),
    2,
  );
  INNER_UPPER.forEach((u, j) => {
    const l = INNER_LOWER[j]!;
    const at = j * STEPS;
    const x = path[at * 2]! + shift[at]! * axisY[0];
    const y = path[at * 2 + 1]! + shift[at]! * axisY[1];
    const corner = j === 0 ? 61 : j === INNER_UPPER.length - 1 ? 291 : -1;
    if (corner >= 0) {
      points[corner * 3]! += x - points[u * 3]!;
      points[corner * 3 + 1]! += y - points[u * 3 + 1]!;
    }
    const z = mid(points[u * 3 + 2]!, points[l * 3 + 2]!);
    for (const v of [u, l]) points.set([x, y, z], v * 3);
  });
}

/** Moves each inner contour of an open mouth to where the lip's own colour begins. */
function snapOpen(points: Float64Array, lab: (x: number, y: number) => number[], frame: Frame): void {
  const { iod, axisY } = frame;
  const choices = 37;
  const reach = 0.06 * iod;
  const depth = Float64Array.from({ length: choices }, (_, k) => ((2 * k) / (choices - 1) - 1) * reach);
  for (const [ring, outer, sign] of [
    [INNER_UPPER, OUTER_UPPER, -1],
    [INNER_LOWER, OUTER_LOWER, 1],
  ] as const) {
    const path = curve(lineOf(points, ring), STEPS);
    const border = curve(lineOf(points, outer), STEPS);
    const columns = path.length / 2;
    const body = [0, 1, 2].map(() => new Float64Array(columns));
    for (let i = 0; i < columns; i++) {
      const colour = lab(
        0.45 * path[i * 2]! + 0.55 * border[i * 2]!,
        0.45 * path[i * 2 + 1]! + 0.55 * border[i * 2 + 1]!,
      );
      colour.forEach((value, c) => (body[c]![i] = value));
    }
    const lip = body.map((line) => smoothLine(line, 4));
    const distance = new Float64Array(columns * choices);
    const edge = new Float64Array(columns * choices);
    for (let i = 0; i < columns; i++) {
      const step = EDGE_IOD * iod;
      let steepest = 1e-9;
      depth.forEach((d, k) => {
        const beside = [-step, step].map((o) =>
          lab(path[i * 2]! + sign * (d + o) * axisY[0], path[i * 2 + 1]! + sign * (d + o) * axisY[1]),
        ) as [number[], number[]];
        const slope = Math.hypot(...LAB_WEIGHTS.map((w, c) => w * (beside[1][c]! - beside[0][c]!)));
        edge[i * choices + k] = slope;
        steepest = Math.max(steepest, slope);
      });
      for (let k = 0; k < choices; k++) edge[i * choices + k]! /= Math.max(steepest, CLEAR_EDGE);
      depth.forEach((d, k) => {
        const x = path[i * 2]! + sign * d * axisY[0];
        const y = path[i * 2 + 1]! + sign * d * axisY[1];
        const [l, a, b] = lab(x, y) as [number, number, number];
        distance[i * choices + k] = Math.hypot(
          0.45 * (l - lip[0]![i]!),
          a - lip[1]![i]!,
          0.8 * (b - lip[2]![i]!),
        );
      });
    }
    // In a pale picture teeth differ little from lips: the scale follows, and the landmarks weigh more.
    const within = distance.filter((_, at) => at % choices < choices / 3);
    const scale = clamp(percentile(within, 0.6), 5, 14);
    const prior = 0.35 * (14 / scale) ** 2;
    const cost = new Float64Array(columns * choices);
    for (let i = 0; i < columns; i++) {
      const unlike = distance
        .subarray(i * choices, (i + 1) * choices)
        .map((value) => clamp(value / scale, 0, 1));
      let inside = 0;
      let outside = unlike.reduce((sum, value) => sum + value - 0.5, 0);
      for (let k = 0; k < choices; k++) {
        inside += 0.5 - unlike[k]!;
        outside -= unlike[k]! - 0.5;
        cost[i * choices + k] =
          k === choices - 1
            ? 9
            : ((inside + outside) / choices) * 4 +
              prior * (depth[k]! / reach) ** 2 -
              EDGE_SHARE * edge[i * choices + k]!;
      }
    }
    const chosen = cheapestPath(cost, columns, choices, 0.02);
    const shift = smoothLine(
      Float64Array.from(chosen, (k) => sign * (depth[k]! + 0.009 * iod)),
      2,
    );
    ring.forEach((v, j) => {
      if (j === 0 || j === ring.length - 1) return;
      const o = shift[j * STEPS]!;
      points[v * 3] = path[j * STEPS * 2]! + o * axisY[0];
      points[v * 3 + 1] = path[j * STEPS * 2 + 1]! + o * axisY[1];
    });
  }
}

/**
 * Moves the inner lip contours to what the picture shows, in place; raw landmarks would glue teeth or
 * the dark line between the lips to the wrong lip.
 * @param points `[468+, 3]` in pixels, pixel centres at whole numbers; changed.
 * @see models/rig/README.md for the mesh; Viterbi paths over offsets across the mouth.
 */
export function snapLips(image: RgbaImage, points: Float64Array, frame: Frame): SnappedLips {
  const { iod, axisY } = frame;
  const lips = [61, 291, 0, 17].flatMap((v) => [points[v * 3]!, points[v * 3 + 1]!]);
  const box = boxAround(lips, 0.25 * iod, image);
  const gaps = INNER_UPPER.map((u, i) => {
    const l = INNER_LOWER[i]!;
    return (
      (points[l * 3]! - points[u * 3]!) * axisY[0] + (points[l * 3 + 1]! - points[u * 3 + 1]!) * axisY[1]
    );
  });
  const gapIod = Math.max(...gaps) / iod;
  if (box.width < 4 || box.height < 4) return { open: gapIod > 0.032, gapIod };
  const raw = labPlanes(image, box);
  const blurred = (sigma: number) => raw.map((plane) => blurPlane(plane, sigma)) as [Plane, Plane, Plane];
  const sampler = (planes: readonly Plane[]) => (x: number, y: number) =>
    planes.map((plane) => samplePlane(plane, x - box.x, y - box.y));
  const fine = sampler(blurred(Math.max(0.5, 0.005 * iod)));
  // A pixel of the gap is tooth-like when it is clearly less red than the lips and not much darker.
  const lipColours = [
    [37, 82],
    [0, 13],
    [267, 312],
    [84, 87],
    [17, 14],
    [314, 317],
  ].map(([a, b]) =>
    fine(mid(points[a! * 3]!, points[b! * 3]!), mid(points[a! * 3 + 1]!, points[b! * 3 + 1]!)),
  );
  const lipLight = percentile(
    lipColours.map((c) => c[0]!),
    0.5,
  );
  const lipRed = percentile(
    lipColours.map((c) => c[1]!),
    0.5,
  );
  let toothlike = 0;
  for (let j = 3; j <= 7; j++) {
    const [u, l] = [INNER_UPPER[j]!, INNER_LOWER[j]!];
    const span = Math.max(0.02, gapIod) * iod;
    const found = Array.from({ length: 9 }, (_, k) => (k / 8 - 0.5) * span).some((o) => {
      const [light, red] = fine(
        mid(points[u * 3]!, points[l * 3]!) + o * axisY[0],
        mid(points[u * 3 + 1]!, points[l * 3 + 1]!) + o * axisY[1],
      ) as [number, number, number];
      return red < lipRed - 5 && light > 0.8 * lipLight;
    });
    if (found) toothlike += 0.2;
  }
  const open = gapIod > 0.032 || (gapIod > 0.018 && toothlike > 0.12);
  if (open) snapOpen(points, fine, frame);
  else {
    const light = blurPlane(raw[0], Math.max(0.6, 0.008 * iod));
    snapClosed(points, (x, y) => samplePlane(light, x - box.x, y - box.y), frame);
  }
  return { open, gapIod };
}
