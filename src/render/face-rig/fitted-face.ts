import type { FaceLandmarks } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { clamp } from "../../core/scalar.ts";
import { fitHead, yawOf, type HeadFit } from "./head-fit.ts";
import { snapLids } from "../eyes/lid-snap.ts";
import { snapLips } from "../mouth/lip-snap.ts";
import type { Control, Rig } from "./rig.ts";
import {
  INNER_LOWER,
  INNER_UPPER,
  MIDDLE_LOWER,
  MIDDLE_UPPER,
  OUTER_LOWER,
  OUTER_UPPER,
  STABLE,
} from "./topology.ts";

/** Number of vertices of the face mesh that the rig moves. */
export const FACE_VERTICES = 468;

/** One face of a picture, measured: its mesh, pose, and the expression that the source already wears. */
export interface FittedFace {
  /** `[468, 3]` in pixels, lips snapped, pixel centres at whole numbers. */
  readonly points: Float64Array;
  /** `[468, 3]` the same in the head's own frame, in cm around the head's origin. */
  readonly local: Float64Array;
  readonly head: HeadFit;
  /** Inter-ocular distance in pixels. */
  readonly iod: number;
  /** Unit vectors along and across the mouth in the image. */
  readonly axisX: readonly [number, number];
  readonly axisY: readonly [number, number];
  readonly yawDeg: number;
  /** Whether the source's mouth is open. */
  readonly open: boolean;
  /** Largest gap of the source's lips in inter-ocular distances. */
  readonly gapIod: number;
  /** `[468, 3]` in cm, head frame: closes an open source's lips when added; zero for a closed one. */
  readonly closing: Float64Array;
  /** How much of `smile` the source already wears, 0 to 1. */
  readonly sourceSmile: number;
  /** Width of the mouth between its inner corners in pixels. */
  readonly mouthWidthPx: number;
}

const LIPS_AND_CHEEKS = [
  ...OUTER_UPPER,
  ...OUTER_LOWER.slice(1, -1),
  ...INNER_UPPER,
  ...INNER_LOWER.slice(1, -1),
  50,
  280,
  205,
  425,
  206,
  426,
];
const FITTED: readonly Control[] = ["smile", "frown", "pucker", "stretch", "upper", "lower", "jaw"];

/** Weight of the smile in the source: non-negative ridge fit of a few controls and a free height of the mouth. */
function fitSourceSmile(rig: Rig, local: Float64Array): number {
  const rest = Float64Array.from(local, (value, i) => value - rig.vertices[i]!);
  for (let axis = 0; axis < 3; axis++) {
    let mean = 0;
    for (const v of STABLE) mean += rest[v * 3 + axis]! / STABLE.length;
    for (const v of LIPS_AND_CHEEKS) rest[v * 3 + axis]! -= mean;
  }
  const unknowns = FITTED.length + 1;
  const rows = LIPS_AND_CHEEKS.flatMap((v) =>
    [0, 1].map((axis) => ({
      column: [...FITTED.map((name) => rig.deltas[name][v * 3 + axis]!), axis],
      value: rest[v * 3 + axis]!,
    })),
  );
  const normal = new Float64Array(unknowns * unknowns);
  const right = new Float64Array(unknowns);
  for (const { column, value } of rows) {
    for (let i = 0; i < unknowns; i++) {
      right[i]! += column[i]! * value;
      for (let j = 0; j < unknowns; j++) normal[i * unknowns + j]! += column[i]! * column[j]!;
    }
  }
  for (let i = 0; i < unknowns; i++) {
    const ridge = i < FITTED.length ? 0.35 : 0.05;
    normal[i * unknowns + i]! += ridge * ridge * LIPS_AND_CHEEKS.length;
  }
  const solution = new Float64Array(unknowns);
  for (let sweep = 0; sweep < 400; sweep++) {
    for (let i = 0; i < unknowns; i++) {
      let residual = right[i]!;
      for (let j = 0; j < unknowns; j++) if (j !== i) residual -= normal[i * unknowns + j]! * solution[j]!;
      const value = residual / normal[i * unknowns + i]!;
      solution[i] = i < FITTED.length ? Math.max(0, value) : value;
    }
  }
  return Math.min(1, solution[0]!);
}

/** Offsets that bring an open source's lips together, spread softly over lips, cheeks and jaw. */
function closingOffsets(rig: Rig, face: Omit<FittedFace, "closing" | "sourceSmile">): Float64Array {
  const { points, axisX, axisY, head } = face;
  const closing = new Float64Array(FACE_VERTICES * 3);
  const along = (v: number) =>
    (points[v * 3]! - points[78 * 3]!) * axisX[0] + (points[v * 3 + 1]! - points[78 * 3 + 1]!) * axisX[1];
  const gaps = INNER_UPPER.map((u, i) => {
    const l = INNER_LOWER[i]!;
    return Math.max(
      0,
      (points[l * 3]! - points[u * 3]!) * axisY[0] + (points[l * 3 + 1]! - points[u * 3 + 1]!) * axisY[1],
    );
  });
  const largest = Math.max(...gaps);
  if (largest < 1e-9) return closing;
  const width = along(308);
  const stations = INNER_UPPER.map((u, i) => (along(u) + along(INNER_LOWER[i]!)) / 2 / width);
  const interpolate = (at: number, xs: number[], ys: number[]) => {
    const i = clamp(
      xs.findIndex((x) => x > at),
      1,
      xs.length - 1,
    );
    const last = xs[xs.length - 1]! <= at ? xs.length - 1 : i;
    const t = clamp((at - xs[last - 1]!) / (xs[last]! - xs[last - 1]! + 1e-9), 0, 1);
    return ys[last - 1]! + (ys[last]! - ys[last - 1]!) * t;
  };
  const upperShare = 0.35;
  const upper = new Set([...INNER_UPPER, ...OUTER_UPPER, ...MIDDLE_UPPER.flat()]);
  const lower = new Set([...INNER_LOWER, ...OUTER_LOWER, ...MIDDLE_LOWER.flat()]);
  const jaw = (v: number) => clamp(rig.deltas.jaw[v * 3 + 1]! / rig.deltas.jaw[14 * 3 + 1]!, 0, 1.2);
  const lift = (v: number) => clamp(rig.deltas.upper[v * 3 + 1]! / rig.deltas.upper[13 * 3 + 1]!, 0, 1);
  // One pixel across the mouth in the image, in cm of the head's frame.
  const perPixel = 1 / (head.scale * Math.hypot(head.rotation[1]!, head.rotation[4]!));
  for (let v = 0; v < FACE_VERTICES; v++) {
    const at = along(v) / width;
    const gap = interpolate(clamp(at, 0, 1), stations, gaps);
    // Away from the lips the jaw moves as one piece; only far to the sides does its motion end.
    const wide = largest * Math.exp(-(((at - 0.5) / 1.2) ** 2));
    const up = (1 - upperShare) * jaw(v) * (lower.has(v) ? gap : 0.8 * wide);
    const down = upperShare * lift(v) * (upper.has(v) ? gap : 0.6 * wide);
    closing[v * 3 + 1] = (down - up) * perPixel;
  }
  INNER_UPPER.forEach((u, i) => {
    closing[u * 3 + 1] = i === 0 || i === 10 ? 0 : upperShare * gaps[i]! * perPixel;
    closing[INNER_LOWER[i]! * 3 + 1] = i === 0 || i === 10 ? 0 : -(1 - upperShare) * gaps[i]! * perPixel;
  });
  return closing;
}

/**
 * Measures one face of a picture for the rig.
 * @param image the picture that the landmarks belong to.
 * @param detail the same picture at a higher resolution, on which the lips are found more exactly.
 * @param lids whether the edges of the eyes' lids are found, too: a face that blinks needs them.
 */
export function fitFace(
  rig: Rig,
  image: RgbaImage,
  landmarks: FaceLandmarks,
  detail: RgbaImage = image,
  lids = false,
): FittedFace {
  const points = new Float64Array(FACE_VERTICES * 3);
  for (let i = 0; i < points.length; i++) points[i] = landmarks.points[i]! - (i % 3 < 2 ? 0.5 : 0);
  const eye = (a: number, b: number, axis: number) => (points[a * 3 + axis]! + points[b * 3 + axis]!) / 2;
  const iod = Math.hypot(eye(33, 133, 0) - eye(263, 362, 0), eye(33, 133, 1) - eye(263, 362, 1));
  const head = fitHead(rig.vertices, points);
  const unit = (x: number, y: number) => [x / Math.hypot(x, y), y / Math.hypot(x, y)] as const;
  const axisX = unit(head.rotation[0]!, head.rotation[3]!);
  const axisY = unit(head.rotation[1]!, head.rotation[4]!);
  const toLocal = (pixels: Float64Array) => {
    const local = new Float64Array(pixels.length);
    for (let v = 0; v < FACE_VERTICES; v++) {
      for (let i = 0; i < 3; i++) {
        let sum = 0;
        for (let j = 0; j < 3; j++) sum += head.rotation[j * 3 + i]! * (pixels[v * 3 + j]! - head.shift[j]!);
        local[v * 3 + i] = sum / head.scale;
      }
    }
    return local;
  };
  const sourceSmile = fitSourceSmile(rig, toLocal(points));
  const [zoomX, zoomY] = [detail.width / image.width, detail.height / image.height];
  const zoomed = points.map((value, i) => {
    if (i % 3 === 2) return value * zoomX;
    return (value + 0.5) * (i % 3 === 0 ? zoomX : zoomY) - 0.5;
  });
  if (lids) snapLids(detail, zoomed, iod * zoomX);
  const { open, gapIod } = snapLips(detail, zoomed, { iod: iod * zoomX, axisX, axisY });
  for (let i = 0; i < points.length; i++) {
    if (i % 3 === 2) points[i] = zoomed[i]! / zoomX;
    else points[i] = (zoomed[i]! + 0.5) / (i % 3 === 0 ? zoomX : zoomY) - 0.5;
  }
  const measured = {
    points,
    local: toLocal(points),
    head,
    iod,
    axisX,
    axisY,
    yawDeg: yawOf(head),
    open,
    gapIod,
    mouthWidthPx: Math.hypot(points[308 * 3]! - points[78 * 3]!, points[308 * 3 + 1]! - points[78 * 3 + 1]!),
  };
  return { ...measured, sourceSmile, closing: closingOffsets(rig, measured) };
}
