import type { HeadMotion } from "../../core/head-step.ts";
import { fitSimilarity } from "../../core/similarity.ts";
import { STABLE } from "./topology.ts";

/**
 * Scale (pixels per cm), rotation and shift (pixels) that carry the canonical face into the picture:
 * `p = scale · rotation · v + shift`.
 */
export type HeadFit = HeadMotion;

const STABLE_WEIGHTS = new Float64Array(STABLE.length).fill(1);

/**
 * The similarity that best carries `source` onto `target` on the face's stable points, least squares.
 * @param source `[468+, 3]` canonical vertices. @param target `[468+, 3]` points of the picture.
 */
export function fitHead(source: ArrayLike<number>, target: ArrayLike<number>): HeadFit {
  const stable = (points: ArrayLike<number>) =>
    STABLE.flatMap((v) => [points[v * 3]!, points[v * 3 + 1]!, points[v * 3 + 2]!]);
  const { scale, rotation, translation } = fitSimilarity(stable(source), stable(target), STABLE_WEIGHTS);
  return { scale, rotation: Array.from(rotation), shift: translation };
}

/** Yaw of a fitted head in degrees: 0 from the front, positive when it is turned to the image's right. */
export function yawOf({ rotation }: HeadFit): number {
  return (-Math.atan2(rotation[2]!, rotation[8]!) * 180) / Math.PI;
}

/**
 * Where points of one picture of a head lie in another, by the head's pose in both, for points at depth `z`: an affine
 * map `[2, 3]`, row-major.
 */
export function headToHead(from: HeadFit, to: HeadFit): (z: number) => Float64Array {
  const k = to.scale / from.scale;
  const turn = new Float64Array(9);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      let sum = 0;
      for (let n = 0; n < 3; n++) sum += to.rotation[i * 3 + n]! * from.rotation[j * 3 + n]!;
      turn[i * 3 + j] = k * sum;
    }
  }
  const offset = [0, 1].map((i) => {
    let moved = 0;
    for (let j = 0; j < 3; j++) moved += turn[i * 3 + j]! * from.shift[j]!;
    return to.shift[i]! - moved;
  });
  return (z) =>
    Float64Array.from([
      turn[0]!,
      turn[1]!,
      offset[0]! + turn[2]! * z,
      turn[3]!,
      turn[4]!,
      offset[1]! + turn[5]! * z,
    ]);
}
