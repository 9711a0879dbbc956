import { TRACKED_VERTICES } from "../../core/face-track.ts";
import type { FaceLandmarks } from "../../core/face.ts";
import { interOcularPx } from "./track-look.ts";

/** Middle of a face in pixels, and the distance of its eyes. */
export interface Position {
  readonly x: number;
  readonly y: number;
  readonly iod: number;
}

/** Where a face is, by the mean of its tracked points. */
export function positionOf({ points }: FaceLandmarks): Position {
  let [x, y] = [0, 0];
  for (let v = 0; v < TRACKED_VERTICES; v++) {
    x += points[v * 3]!;
    y += points[v * 3 + 1]!;
  }
  return { x: x / TRACKED_VERTICES, y: y / TRACKED_VERTICES, iod: interOcularPx(points) };
}

/** Distance of two middles in pixels. */
export const distance = (a: Position, b: Position) => Math.hypot(a.x - b.x, a.y - b.y);
