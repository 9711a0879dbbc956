import { multiply, type HeadMotion } from "../core/head-step.ts";
import type { HeadFit } from "./head-fit.ts";

/** The motion that does `first`, then `then`; a head's pose moves the same way. */
export function compose(then: HeadMotion, first: HeadMotion): HeadFit {
  return {
    scale: then.scale * first.scale,
    rotation: multiply(then.rotation, first.rotation),
    shift: Float64Array.from({ length: 3 }, (_, k) => {
      let sum = 0;
      for (let n = 0; n < 3; n++) sum += then.rotation[k * 3 + n]! * first.shift[n]!;
      return then.scale * sum + then.shift[k]!;
    }),
  };
}

/** Makes the rows of a nearly orthogonal matrix orthonormal, in place (Gram and Schmidt). */
function orthonormalise(m: Float64Array): void {
  for (let row = 0; row < 3; row++) {
    for (let other = 0; other < row; other++) {
      let dot = 0;
      for (let k = 0; k < 3; k++) dot += m[row * 3 + k]! * m[other * 3 + k]!;
      for (let k = 0; k < 3; k++) m[row * 3 + k]! -= dot * m[other * 3 + k]!;
    }
    const length = Math.hypot(m[row * 3]!, m[row * 3 + 1]!, m[row * 3 + 2]!) || 1;
    for (let k = 0; k < 3; k++) m[row * 3 + k]! /= length;
  }
}

/** The weighted mean of some poses; the weights' sum is 1, single ones may be negative. */
export function meanPose(poses: Iterable<{ readonly head: HeadMotion; readonly weight: number }>): HeadFit {
  const rotation = new Float64Array(9);
  const shift = new Float64Array(3);
  let logScale = 0;
  for (const { head, weight } of poses) {
    for (let i = 0; i < 9; i++) rotation[i]! += weight * head.rotation[i]!;
    for (let i = 0; i < 3; i++) shift[i]! += weight * head.shift[i]!;
    logScale += weight * Math.log(head.scale);
  }
  orthonormalise(rotation);
  return { scale: Math.exp(logScale), rotation, shift };
}
