import { TRACKED_VERTICES } from "../../core/face-track.ts";
import { smoothstep } from "../../core/scalar.ts";
import type { Rig } from "../face-rig/rig.ts";
import {
  INNER_LOWER,
  INNER_UPPER,
  MIDDLE_LOWER,
  MIDDLE_UPPER,
  OUTER_LOWER,
  OUTER_UPPER,
  OVAL,
} from "../face-rig/topology.ts";
import { lowerFaceShare } from "./video-motion.ts";

/** The mesh that moves a frame's own pixels, and the shares of each vertex. */
export interface VideoMesh {
  /** Vertices: those of the face, then five rings around its outline. */
  readonly vertices: number;
  /** `[n, 3]` triangles of face and rings that can move, rings first. */
  readonly moving: Uint16Array;
  /** `[n, 3]` triangles of the face on which a reference's texture shows. */
  readonly textured: Uint16Array;
  /** `[468]` how far a vertex follows the reference's shape instead of the frame's own. */
  readonly shape: Float64Array;
  /** Vertices of the outline: of the reference's shape they take the height alone. */
  readonly outline: ReadonlySet<number>;
  /**
   * `[468]` share of `shape` that is left near the sides of the outline as they lie in the picture, where a turned head
   * shows its silhouette. @param points `[≥ 468, 2]` of the frame in pixels.
   */
  insideShare(points: Float64Array, iod: number, out: Float64Array): void;
  /**
   * How far the outline near a vertex moves up or down, which is what a vertex that does not follow the reference's
   * shape must do lest the outline pass over it. @param moved `[468]` motion of the outline's vertices.
   */
  motionBeside(vertex: number, moved: Float64Array): number;
  /** `[468]` how far a vertex shows the reference's texture. */
  readonly texture: Float64Array;
  /** `[468]` 0 on the lips, 1 on the skin. */
  readonly skin: Float64Array;
  /** Fills in the rings of `source` from its outline, and moves those of `target` with its outline; `[vertices, 2]`. */
  placeRings(source: Float64Array, target: Float64Array): void;
}

/**
 * Rings around the outline: their size relative to it, and their share of its motion. Nearer than a portrait's, for the
 * head itself is not moved.
 */
const RING_SCALE = [1.08, 1.18, 1.32, 1.5, 1.7];
const RING_EXPRESSION = [0.85, 0.6, 0.3, 0.09, 0];
/** Distances from the outline's sides, in inter-ocular distances, between which the reference's shape takes over. */
const SIDE_FROM_IOD = 0.1;
const SIDE_TO_IOD = 0.36;
/** Distance from the lips over which skin near the sides stops following the reference's shape, in cm. */
const LIPS_REACH_CM = 3;
/** Distance in cm within which the outline's vertices move what is beside them. */
const OUTLINE_REACH_CM = 0.8;
/** Share of the texture next to the outline: the silhouette stays the frame's own. */
const NEXT_TO_OUTLINE = 0.6;

/** Builds the {@link VideoMesh} of a rig. */
export function createVideoMesh(rig: Rig): VideoMesh {
  const rim = OVAL.length;
  const outline = new Set(OVAL);
  const lips = new Set([
    ...INNER_UPPER,
    ...INNER_LOWER,
    ...OUTER_UPPER,
    ...OUTER_LOWER,
    ...MIDDLE_UPPER.flat(),
    ...MIDDLE_LOWER.flat(),
  ]);
  // The outline of a turned head is another line on the skin than that of a straight one: its sides stay the frame's.
  const shape = Float64Array.from({ length: TRACKED_VERTICES }, (_, v) =>
    outline.has(v)
      ? lowerFaceShare(rig, v) * (1 - 0.9 * smoothstep(2, 5, Math.abs(rig.vertices[v * 3]!)))
      : lowerFaceShare(rig, v),
  );
  const texture = Float64Array.from({ length: TRACKED_VERTICES }, (_, v) =>
    outline.has(v) ? 0 : smoothstep(1.6, 2.6, rig.vertices[v * 3 + 1]!),
  );
  const sides = OVAL.filter((v) => Math.abs(rig.vertices[v * 3]!) > 3 && rig.vertices[v * 3 + 1]! > 0);
  const beside = new Set<number>();
  const faces: number[][] = [];
  for (let t = 0; t < rig.triangles.length; t += 3) {
    const triangle = [...rig.triangles.subarray(t, t + 3)];
    faces.push(triangle);
    if (triangle.some((v) => outline.has(v))) for (const v of triangle) beside.add(v);
  }
  for (const v of beside) texture[v]! *= NEXT_TO_OUTLINE;
  // A corner of the lips that kept the old mouth's shape would open while the other closes.
  const nearLips = Float64Array.from({ length: TRACKED_VERTICES }, (_, v) => {
    const away = [...lips].map((lip) =>
      Math.hypot(...[0, 1].map((k) => rig.vertices[v * 3 + k]! - rig.vertices[lip * 3 + k]!)),
    );
    return 1 - smoothstep(0, LIPS_REACH_CM, Math.min(...away));
  });
  const ofOutline = Array.from({ length: TRACKED_VERTICES }, (_, v) => {
    const near = OVAL.map((o) => {
      const away = [0, 1].map((k) => rig.vertices[v * 3 + k]! - rig.vertices[o * 3 + k]!);
      return 1 / (Math.hypot(...away) + OUTLINE_REACH_CM) ** 4;
    });
    const total = near.reduce((sum, weight) => sum + weight, 0);
    return Float64Array.from(near, (weight) => weight / total);
  });
  const skin = Float64Array.from({ length: TRACKED_VERTICES }, (_, v) => (lips.has(v) ? 0 : 1));

  const moving: number[] = [];
  for (let r = RING_SCALE.length - 1; r >= 0; r--) {
    for (let i = 0; i < rim; i++) {
      const j = (i + 1) % rim;
      if (shape[OVAL[i]!]! + shape[OVAL[j]!]! <= 0) continue;
      const inner = (k: number) => (r === 0 ? OVAL[k]! : TRACKED_VERTICES + (r - 1) * rim + k);
      const outer = (k: number) => TRACKED_VERTICES + r * rim + k;
      moving.push(inner(i), inner(j), outer(i), inner(j), outer(j), outer(i));
    }
  }
  moving.push(...faces.filter((triangle) => triangle.some((v) => shape[v]! > 0)).flat());
  return {
    vertices: TRACKED_VERTICES + rim * RING_SCALE.length,
    moving: Uint16Array.from(moving),
    textured: Uint16Array.from(faces.filter((triangle) => triangle.some((v) => texture[v]! > 0)).flat()),
    shape,
    outline,
    texture,
    skin,
    insideShare(points, iod, out) {
      for (let v = 0; v < TRACKED_VERTICES; v++) {
        if (shape[v]! <= 0) continue;
        let nearest = Infinity;
        for (const side of sides) {
          const [dx, dy] = [points[v * 2]! - points[side * 2]!, points[v * 2 + 1]! - points[side * 2 + 1]!];
          nearest = Math.min(nearest, dx * dx + dy * dy);
        }
        out[v] = outline.has(v)
          ? 1
          : Math.max(nearLips[v]!, smoothstep(SIDE_FROM_IOD, SIDE_TO_IOD, Math.sqrt(nearest) / iod));
      }
    },
    motionBeside(vertex, moved) {
      const weights = ofOutline[vertex]!;
      return OVAL.reduce((sum, v, i) => sum + weights[i]! * moved[v]!, 0);
    },
    placeRings(source, target) {
      let [x, y] = [0, 0];
      for (const v of OVAL) {
        x += source[v * 2]! / rim;
        y += source[v * 2 + 1]! / rim;
      }
      RING_SCALE.forEach((factor, r) => {
        OVAL.forEach((v, i) => {
          const at = (TRACKED_VERTICES + r * rim + i) * 2;
          source[at] = x + (source[v * 2]! - x) * factor;
          source[at + 1] = y + (source[v * 2 + 1]! - y) * factor;
          const share = RING_EXPRESSION[r]!;
          target[at] = source[at]! + share * (target[v * 2]! - source[v * 2]!);
          target[at + 1] = source[at + 1]! + share * (target[v * 2 + 1]! - source[v * 2 + 1]!);
        });
      });
    },
  };
}
