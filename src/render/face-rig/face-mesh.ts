import type { FaceLandmarks } from "../../core/face.ts";
import { smoothstep } from "../../core/scalar.ts";
import { FACE_VERTICES, type FittedFace } from "./fitted-face.ts";
import type { Rig } from "./rig.ts";
import { CHEEKS, INNER_LOWER, INNER_UPPER, LEFT_EYE, OVAL, RIGHT_EYE } from "./topology.ts";

/** Size of each ring around the face's outline relative to the outline. */
export const RING_SCALE: readonly number[] = [1.1, 1.22, 1.38, 1.6, 1.9, 2.3];
/** Share of the outline's expression that each ring follows. */
export const RING_EXPRESSION: readonly number[] = [0.84, 0.6, 0.34, 0.13, 0.02, 0];

/** The mesh around one face: its 468 vertices, then rings outside the outline that carry motion into the neck and ground. */
export interface FaceMesh {
  /** Triangles, rings first (outermost first), the eyes' insides last, `[n, 3]`. */
  readonly triangles: Uint16Array;
  /** Where the triangles of the eyes' insides begin. */
  readonly eyeTriangles: number;
  /** `[vertices, 2]` positions in the source in pixels. */
  readonly source: Float64Array;
  /** `[vertices]` depth in pixels as head motion sees it: softened, flat behind the cheeks. */
  readonly depth: Float64Array;
  /** Point in pixels (x, y, z) around which the head turns. */
  readonly pivot: readonly number[];
}

/** How far behind the cheeks depth ends to count, in inter-ocular distances. */
const FLAT_BEHIND_IOD = 0.15;

/** Replaces each vertex's value by the mean with its neighbours, twice, in place: no cliffs beside the nose. */
function smoothOverMesh(values: Float64Array, triangles: Uint16Array): void {
  for (let pass = 0; pass < 2; pass++) {
    const sums = new Float64Array(FACE_VERTICES);
    const counts = new Float64Array(FACE_VERTICES);
    for (let i = 0; i < triangles.length; i++) {
      const v = triangles[i]!;
      for (const other of [1, 2]) {
        sums[v]! += values[triangles[i - (i % 3) + ((i + other) % 3)]!]!;
        counts[v]!++;
      }
    }
    for (let v = 0; v < FACE_VERTICES; v++) values[v] = 0.4 * values[v]! + (0.6 * sums[v]!) / counts[v]!;
  }
}

/**
 * Share of its motion that each vertex makes: on a turned face the far side, seen edge-on, moves less,
 * for its narrow triangles would fold over the outline.
 */
export function farSideShares(rig: Rig, { points, yawDeg }: FittedFace): Float64Array {
  const shares = new Float64Array(FACE_VERTICES).fill(1);
  const turned = smoothstep(12, 26, Math.abs(yawDeg));
  if (turned === 0) return shares;
  const normals = new Float64Array(FACE_VERTICES * 2);
  for (let t = 0; t < rig.triangles.length; t += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => rig.triangles[t + k]! * 3) as [number, number, number];
    const u = [0, 1, 2].map((k) => points[b + k]! - points[a + k]!) as [number, number, number];
    const w = [0, 1, 2].map((k) => points[c + k]! - points[a + k]!) as [number, number, number];
    const x = u[1] * w[2] - u[2] * w[1];
    const y = u[2] * w[0] - u[0] * w[2];
    const z = u[0] * w[1] - u[1] * w[0];
    for (const v of [a, b, c]) {
      normals[(v / 3) * 2]! += z;
      normals[(v / 3) * 2 + 1]! += Math.hypot(x, y, z);
    }
  }
  const centre = points[6 * 3]!;
  for (let v = 0; v < FACE_VERTICES; v++) {
    if ((points[v * 3]! - centre) * yawDeg < 0) continue;
    const facing = Math.abs(normals[v * 2]!) / (normals[v * 2 + 1]! + 1e-9);
    shares[v] = 1 - turned * (1 - smoothstep(0.15, 0.7, facing));
  }
  smoothOverMesh(shares, rig.triangles);
  INNER_UPPER.forEach((u, i) => {
    const l = INNER_LOWER[i]!;
    shares[u] = shares[l] = Math.min(shares[u]!, shares[l]!);
  });
  return shares;
}

function softplus(x: number): number {
  return x > 20 ? x : Math.log1p(Math.exp(x));
}

/** Share of the distance to another face that the rings may fill. */
const NEIGHBOUR_SHARE = 0.94;

/** How far the rings may reach in each direction so that they end before another face begins. */
function ringReach(
  face: FittedFace,
  others: readonly FaceLandmarks[],
  centre: readonly [number, number],
): number[] {
  const full = RING_SCALE[RING_SCALE.length - 1]!;
  const free = OVAL.map((v) => {
    const [dx, dy] = [face.points[v * 3]! - centre[0], face.points[v * 3 + 1]! - centre[1]];
    let reach = full;
    for (const { points } of others) {
      OVAL.forEach((a, i) => {
        const b = OVAL[(i + 1) % OVAL.length]!;
        const [ax, ay] = [points[a * 3]! - centre[0], points[a * 3 + 1]! - centre[1]];
        const [ex, ey] = [points[b * 3]! - centre[0] - ax, points[b * 3 + 1]! - centre[1] - ay];
        const cross = dx * ey - dy * ex;
        const along = (ax * ey - ay * ex) / cross;
        const edge = (ax * dy - ay * dx) / cross;
        if (along > 0 && edge >= 0 && edge <= 1) reach = Math.min(reach, NEIGHBOUR_SHARE * along);
      });
    }
    return Math.max(1.02, reach);
  });
  // A straight side between two directions must not cut through the other face either.
  return free.map((_, i) => {
    let reach = full;
    for (let k = -4; k <= 4; k++)
      reach = Math.min(
        reach,
        free[(i + k + OVAL.length) % OVAL.length]! * (1 + 0.04 * Math.max(0, Math.abs(k) - 2)),
      );
    return reach;
  });
}

/** Builds the mesh of a fitted face; its rings end before the `others`. */
export function createFaceMesh(rig: Rig, face: FittedFace, others: readonly FaceLandmarks[]): FaceMesh {
  const { points, iod } = face;
  const rim = OVAL.length;
  const count = FACE_VERTICES + rim * RING_SCALE.length;
  const source = new Float64Array(count * 2);
  const depth = new Float64Array(count);
  const meanOf = (vertices: readonly number[], axis: number) =>
    vertices.reduce((sum, v) => sum + points[v * 3 + axis]!, 0) / vertices.length;
  // Behind the cheeks the face is taken for flat: its true depth would fold the outline when the head turns.
  const flat = meanOf(CHEEKS, 2) + FLAT_BEHIND_IOD * iod;
  const shallow = (z: number) => flat - softplus((flat - z) / (0.1 * iod)) * 0.1 * iod;
  for (let v = 0; v < FACE_VERTICES; v++) {
    source[v * 2] = points[v * 3]!;
    source[v * 2 + 1] = points[v * 3 + 1]!;
    depth[v] = shallow(points[v * 3 + 2]!);
  }
  const centre = [meanOf(OVAL, 0), meanOf(OVAL, 1)] as const;
  smoothOverMesh(depth, rig.triangles);
  const pivot = [0, 1, 2].map((axis) => meanOf([234, 454, 132, 361], axis));
  const reach = ringReach(face, others, centre);
  const full = RING_SCALE[RING_SCALE.length - 1]! - 1;
  RING_SCALE.forEach((ring, r) => {
    OVAL.forEach((v, i) => {
      const at = FACE_VERTICES + r * rim + i;
      const factor = 1 + ((ring - 1) * (reach[i]! - 1)) / full;
      source[at * 2] = (points[v * 3]! - centre[0]) * factor + centre[0];
      source[at * 2 + 1] = (points[v * 3 + 1]! - centre[1]) * factor + centre[1];
      depth[at] = depth[v]!;
    });
  });

  const rings: number[] = [];
  for (let r = RING_SCALE.length - 1; r >= 0; r--) {
    for (let i = 0; i < rim; i++) {
      const j = (i + 1) % rim;
      const inner = (k: number) => (r === 0 ? OVAL[k]! : FACE_VERTICES + (r - 1) * rim + k);
      const outer = (k: number) => FACE_VERTICES + r * rim + k;
      rings.push(inner(i), inner(j), outer(i), inner(j), outer(j), outer(i));
    }
  }
  const eyes = [RIGHT_EYE, LEFT_EYE].map((eye) => new Set([...eye.upper, ...eye.lower]));
  const skin: number[] = [];
  const insideEyes: number[] = [];
  for (let t = 0; t < rig.triangles.length; t += 3) {
    const tri = [...rig.triangles.subarray(t, t + 3)];
    (eyes.some((eye) => tri.every((v) => eye.has(v))) ? insideEyes : skin).push(...tri);
  }
  const triangles = Uint16Array.from([...rings, ...skin, ...insideEyes]);
  return { triangles, eyeTriangles: (rings.length + skin.length) / 3, source, depth, pivot };
}
