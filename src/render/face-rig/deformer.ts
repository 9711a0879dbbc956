import type { FaceLandmarks } from "../../core/face.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import type { FaceShape } from "./mouth-shapes.ts";
import { FACE_VERTICES, type FittedFace } from "./fitted-face.ts";
import { createFaceMesh, farSideShares, RING_EXPRESSION } from "./face-mesh.ts";
import { CANONICAL_IOD_CM, CONTROLS, type Control, type Rig } from "./rig.ts";
import {
  INNER_LOWER,
  INNER_UPPER,
  LEFT_EYE,
  MIDDLE_LOWER,
  MIDDLE_UPPER,
  OUTER_LOWER,
  OUTER_UPPER,
  OVAL,
  RIGHT_EYE,
  type EyeTopology,
} from "./topology.ts";

/** Motion of the whole head: degrees as in `HeadPose`, shifts in inter-ocular distances. */
export interface HeadMotion {
  readonly yawDeg: number;
  readonly pitchDeg: number;
  readonly rollDeg: number;
  readonly x: number;
  readonly y: number;
}

/** Upper-face part of a pose. */
export interface UpperFace {
  readonly blinkLeft: number;
  readonly blinkRight: number;
  readonly brow: number;
  readonly smile: number;
}

/** An affine map of the plane for points at one depth: `x' = m[0] x + m[1] y + m[2]`, `y' = m[3] x + m[4] y + m[5]`. */
export type Affine = Float64Array;

/** The mesh around one face and how poses move it. */
export interface Deformer {
  /** Triangles of the mesh, rings first (outermost first), `[n, 3]`. */
  readonly triangles: Uint16Array;
  /** Where the triangles of the eyes' insides begin; they come last. */
  readonly eyeTriangles: number;
  /** `[vertices, 2]` positions in the source in pixels. */
  readonly source: Float64Array;
  /** `[vertices, 2]` positions after the last `pose`. */
  readonly target: Float64Array;
  /** `[468, 3]` expression of the last `pose` in cm of the head's frame, from the source's own. */
  readonly offsets: Float64Array;
  /** Whether any vertex moved in the last `pose`. */
  readonly moved: boolean;
  /** Moves the mesh. */
  pose(shape: FaceShape, upper: UpperFace, motion: HeadMotion): void;
  /** Where the last head motion puts points of the source at depth `z` (pixels). */
  headMap(z: number): Affine;
}

const RING_HEAD = [1, 1, 0.92, 0.7, 0.3, 0];
/** Width of a fully rounded mouth between its inner corners, in cm of the canonical face. */
const ROUND_WIDTH_CM = 2.7;
/** Amount of rounding from which on the lips' inner edge begins to be an oval, and at which it is one. */
const OUTLINED = [0, 0.16] as const;
/** Share of the width between the inner corners in which fully rounded lips lie on each other, beside the oval. */
const SEALED = 0.38;
/** Height of an opening by its width from which on fewer of the lips lie on each other, and at which none do. */
const TALL = [0.12, 0.42] as const;
/** Lip pairs nearer than about this (in inter-ocular distances) merge softly. */
const MERGE_IOD = 0.006;

/** Share of an even lip's height below which a column of a rounded lip grows no further. */
const LEAST_HEIGHT = 0.25;

/** Share of an open-mouthed smile that a closing mouth gives up. */
const RELAXED_GRIN = 0.5;

/** Share of the way between the lids that the lower one makes in a blink. */
const LOWER_LID = 0.14;

/** Controls that draw the corners in. */
const ROUNDING: readonly Control[] = ["pucker", "funnel"];

/** A vertex that moves less than this stays: its pixels are then exactly the source's. */
const STILL_PX = 0.03;

interface LipColumn {
  readonly inner: number;
  readonly outer: number;
  readonly middle: readonly number[];
  readonly side: -1 | 1;
}

const COLUMNS: readonly LipColumn[] = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((j) => [
  {
    inner: INNER_UPPER[j]!,
    outer: OUTER_UPPER[j]!,
    middle: MIDDLE_UPPER.map((r) => r[j]!),
    side: -1 as const,
  },
  {
    inner: INNER_LOWER[j]!,
    outer: OUTER_LOWER[j]!,
    middle: MIDDLE_LOWER.map((r) => r[j]!),
    side: 1 as const,
  },
]);

/** Roll after yaw after pitch, axes x right, y down, z away. */
function rotationOf({ yawDeg, pitchDeg, rollDeg }: HeadMotion): Float64Array {
  const radians = Math.PI / 180;
  const [cy, sy] = [Math.cos(yawDeg * radians), Math.sin(yawDeg * radians)];
  const [cp, sp] = [Math.cos(pitchDeg * radians), Math.sin(pitchDeg * radians)];
  const [cr, sr] = [Math.cos(rollDeg * radians), Math.sin(rollDeg * radians)];
  return Float64Array.from([
    cr * cy,
    cr * sy * sp - sr * cp,
    -cr * sy * cp - sr * sp,
    sr * cy,
    sr * sy * sp + cr * cp,
    -sr * sy * cp + cr * sp,
    sy,
    -cy * sp,
    cy * cp,
  ]);
}

/** Share of the full strength at a source's yaw: whole to 30°, then falling, for the far corner would fold. */
export function strengthAtYaw(yawDeg: number): number {
  return clamp(1 - (Math.abs(yawDeg) - 30) * 0.03, 0.35, 1);
}

/** Share of the rounding at a source's yaw: the far corner, seen edge-on, cannot come in as far as the near one. */
function roundingAtYaw(yawDeg: number): number {
  return 1 - 0.65 * smoothstep(14, 36, Math.abs(yawDeg));
}

/** Builds the mesh of a fitted face and the function that poses it. */
export function createDeformer(
  rig: Rig,
  face: FittedFace,
  strength: number,
  others: readonly FaceLandmarks[] = [],
): Deformer {
  const { local, iod, closing } = face;
  const { scale, rotation } = face.head;
  const rim = OVAL.length;
  const { triangles, eyeTriangles, source, depth, pivot } = createFaceMesh(rig, face, others);
  const count = depth.length;
  const target = source.slice();
  const value = new Float64Array(FACE_VERTICES * 3);
  const offset = new Float64Array(FACE_VERTICES * 3);
  const share = farSideShares(rig, face);
  const rounding = roundingAtYaw(face.yawDeg);
  let map = rotationOf({ yawDeg: 0, pitchDeg: 0, rollDeg: 0, x: 0, y: 0 });
  let drift: readonly [number, number] = [0, 0];
  let moved = false;

  const add = (name: Control, weight: number) => {
    const delta = rig.deltas[name];
    for (let i = 0; i < offset.length; i++) value[i]! += weight * delta[i]!;
  };

  const roundLips = (amount: number) => {
    const cx = (value[13 * 3]! + value[14 * 3]! + value[78 * 3]! + value[308 * 3]!) / 4;
    const cy = (value[13 * 3 + 1]! + value[14 * 3 + 1]! + value[78 * 3 + 1]! + value[308 * 3 + 1]!) / 4;
    const half = (value[308 * 3]! - value[78 * 3]!) / 2;
    if (half <= 0) return;
    const squeeze = 1 + (clamp(ROUND_WIDTH_CM / 2 / half, 0.5, 0.95) - 1) * amount;
    const middle = (value[13 * 3 + 1]! + value[14 * 3 + 1]!) / 2;
    const cornerLift = [78, 308].map(
      (v) => (middle - value[v * 3 + 1]!) * 0.7 * smoothstep(...OUTLINED, amount),
    );
    for (let v = 0; v < FACE_VERTICES; v++) {
      const x = value[v * 3]! - cx;
      const y = value[v * 3 + 1]! - cy;
      const away = Math.max(0, Math.hypot(x / half, y / (1.15 * half)) - 1);
      const fall = Math.exp((-away * away) / 0.35);
      const side = clamp(x / half, -1, 1);
      value[v * 3]! += (squeeze - 1) * side * half * fall;
      value[v * 3 + 1]! += (side < 0 ? cornerLift[0]! : cornerLift[1]!) * side * side * fall;
    }
    const width = (value[308 * 3]! - value[78 * 3]!) / 2 + 1e-6;
    const x0 = (value[308 * 3]! + value[78 * 3]!) / 2;
    const gap = Math.max(0, value[14 * 3 + 1]! - value[13 * 3 + 1]!) / 2;
    const outlined = smoothstep(...OUTLINED, amount);
    const open = 1 - SEALED * outlined * (1 - smoothstep(...TALL, gap / width));
    // Rounding makes a lip's height even along the opening; its middle hardly changes.
    const heights = [
      [0, 13],
      [17, 14],
    ].map(([o, i]) => Math.abs(value[o! * 3 + 1]! - value[i! * 3 + 1]!));
    for (const { inner, outer, middle: rings, side } of COLUMNS) {
      const across = clamp((value[inner * 3]! - x0) / width, -1, 1);
      const ideal = middle + side * gap * Math.sqrt(Math.max(0, 1 - (across / open) ** 2));
      const from = value[inner * 3 + 1]!;
      const change = (ideal - from) * outlined;
      const even = heights[side < 0 ? 0 : 1]! * Math.sqrt(1 - 0.95 * across * across);
      // Next to the corners a lip may be found without height, or turned over: what has none is not made even.
      const height = Math.max(LEAST_HEIGHT * even, side * (value[outer * 3 + 1]! - from));
      const thicker = 0.6 * amount * (even / height - 1);
      [outer, ...rings].forEach((v, i) => {
        value[v * 3 + 1]! += (0.6 + 0.1 * i) * change + thicker * (value[v * 3 + 1]! - from);
      });
      value[inner * 3 + 1]! += 0.9 * change;
    }
  };

  /** The wider the mouth, the less of the closed seam's waves is left in the lower lip's edge. */
  const smoothLowerLip = () => {
    const gap = value[14 * 3 + 1]! - value[13 * 3 + 1]!;
    const amount = 0.6 * smoothstep(0.3, 1.3, gap);
    if (amount === 0) return;
    const [left, right] = [78 * 3, 308 * 3];
    const middle = value[14 * 3 + 1]!;
    const half = (value[right]! - value[left]!) / 2 + 1e-6;
    for (const { inner, outer, middle: rings, side } of COLUMNS) {
      if (side < 0) continue;
      const across = clamp((value[inner * 3]! - value[left]!) / half - 1, -1, 1);
      const corner = value[(across < 0 ? left : right) + 1]!;
      const change = (middle + (corner - middle) * across * across - value[inner * 3 + 1]!) * amount;
      value[inner * 3 + 1]! += change;
      for (const v of rings) value[v * 3 + 1]! += 0.8 * change;
      value[outer * 3 + 1]! += 0.5 * change;
    }
  };

  const mergeLips = () => {
    const near = MERGE_IOD * CANONICAL_IOD_CM;
    for (let j = 1; j < INNER_UPPER.length - 1; j++) {
      const u = INNER_UPPER[j]! * 3 + 1;
      const l = INNER_LOWER[j]! * 3 + 1;
      const gap = value[l]! - value[u]!;
      const wanted = gap > 0 ? (gap * gap) / (gap + near) : 0;
      const middle = (value[u]! + value[l]!) / 2;
      value[u] = middle - wanted / 2;
      value[l] = middle + wanted / 2;
    }
  };

  const blink = (eye: EyeTopology, amount: number) => {
    const delta = rig.deltas[eye.blink];
    const centreLid = eye.upper[4]! * 3 + 1;
    const travel = local[eye.lower[4]! * 3 + 1]! - local[centreLid]!;
    const fit = clamp((0.97 * travel) / Math.max(0.05, delta[centreLid]!), 0.3, 1.6);
    for (let i = 0; i < delta.length; i++) value[i]! += amount * fit * delta[i]!;
    eye.upper.forEach((u, i) => {
      const l = eye.lower[i]!;
      for (let axis = 0; axis < 3; axis++) {
        const [top, bottom] = [local[u * 3 + axis]!, local[l * 3 + axis]!];
        value[u * 3 + axis] = top + (0.97 - LOWER_LID) * amount * (bottom - top);
        value[l * 3 + axis] = bottom + LOWER_LID * amount * (top - bottom);
      }
    });
  };

  const pose = (shape: FaceShape, upper: UpperFace, motion: HeadMotion) => {
    for (let i = 0; i < value.length; i++) value[i] = local[i]! + closing[i]!;
    for (const name of CONTROLS) {
      const weight = (shape.controls[name] ?? 0) * (ROUNDING.includes(name) ? rounding : 1);
      if (weight !== 0) add(name, weight * strength);
    }
    // A grin that was photographed with open lips cannot stay whole when they close.
    const relax = face.open ? RELAXED_GRIN : 0;
    const smile = 0.45 * upper.smile - Math.max(shape.unsmile * strength, relax) * face.sourceSmile;
    if (smile !== 0) add("smile", smile);
    if (upper.brow !== 0) add("browUp", 0.6 * upper.brow);
    if (shape.round > 0) roundLips(shape.round * strength * rounding);
    smoothLowerLip();
    mergeLips();
    if (upper.blinkRight > 0) blink(RIGHT_EYE, Math.min(1, upper.blinkRight));
    if (upper.blinkLeft > 0) blink(LEFT_EYE, Math.min(1, upper.blinkLeft));

    map = rotationOf(motion);
    drift = [motion.x * iod, motion.y * iod];
    moved = false;
    for (let v = 0; v < FACE_VERTICES; v++) {
      for (let i = v * 3; i < v * 3 + 3; i++) {
        offset[i] = closing[i]! + (value[i]! - local[i]! - closing[i]!) * share[v]!;
      }
    }
    for (let at = 0; at < count; at++) {
      const ring = at < FACE_VERTICES ? -1 : Math.floor((at - FACE_VERTICES) / rim);
      const v = ring < 0 ? at : OVAL[(at - FACE_VERTICES) % rim]!;
      const follows = ring < 0 ? 1 : RING_EXPRESSION[ring]!;
      const dx = offset[v * 3]! * follows;
      const dy = offset[v * 3 + 1]! * follows;
      const dz = offset[v * 3 + 2]! * follows;
      const x = source[at * 2]! + scale * (rotation[0]! * dx + rotation[1]! * dy + rotation[2]! * dz);
      const y = source[at * 2 + 1]! + scale * (rotation[3]! * dx + rotation[4]! * dy + rotation[5]! * dz);
      const z = depth[at]! + scale * (rotation[6]! * dx + rotation[7]! * dy + rotation[8]! * dz);
      const px = x - pivot[0]!;
      const py = y - pivot[1]!;
      const pz = z - pivot[2]!;
      const follow = ring < 0 ? 1 : RING_HEAD[ring]!;
      target[at * 2] = x + follow * (map[0]! * px + map[1]! * py + map[2]! * pz - px + drift[0]);
      target[at * 2 + 1] = y + follow * (map[3]! * px + map[4]! * py + map[5]! * pz - py + drift[1]);
      if (
        Math.abs(target[at * 2]! - source[at * 2]!) + Math.abs(target[at * 2 + 1]! - source[at * 2 + 1]!) <
        STILL_PX
      ) {
        target[at * 2] = source[at * 2]!;
        target[at * 2 + 1] = source[at * 2 + 1]!;
      }
      moved ||= target[at * 2] !== source[at * 2] || target[at * 2 + 1] !== source[at * 2 + 1];
    }
  };

  return {
    triangles,
    eyeTriangles,
    source,
    target,
    offsets: offset,
    get moved() {
      return moved;
    },
    pose,
    headMap(z: number) {
      const dz = z - pivot[2]!;
      const [px, py] = [pivot[0]!, pivot[1]!];
      return Float64Array.from([
        map[0]!,
        map[1]!,
        px + drift[0] - map[0]! * px - map[1]! * py + map[2]! * dz,
        map[3]!,
        map[4]!,
        py + drift[1] - map[3]! * px - map[4]! * py + map[5]! * dz,
      ]);
    },
  };
}
