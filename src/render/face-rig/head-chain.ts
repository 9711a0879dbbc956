import { apply, multiply, type HeadMotion } from "../../core/head-step.ts";
import type { HeadFit } from "./head-fit.ts";

/** The motion that does `first`, then `then`; a head's pose moves the same way. */
export function compose(then: HeadMotion, first: HeadMotion): HeadFit {
  const { scale, rotation, shift } = then;
  const [x, y, z] = apply(rotation, first.shift);
  return {
    scale: scale * first.scale,
    rotation: multiply(rotation, first.rotation),
    shift: [scale * x + shift[0]!, scale * y + shift[1]!, scale * z + shift[2]!],
  };
}

/** Makes the rows of a nearly orthogonal matrix orthonormal, in place (Gram and Schmidt). */
function orthonormalise(m: number[]): void {
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
  const rotation = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  const shift = [0, 0, 0];
  let logScale = 0;
  for (const { head, weight } of poses) {
    for (let i = 0; i < 9; i++) rotation[i]! += weight * head.rotation[i]!;
    for (let i = 0; i < 3; i++) shift[i]! += weight * head.shift[i]!;
    logScale += weight * Math.log(head.scale);
  }
  orthonormalise(rotation);
  return { scale: Math.exp(logScale), rotation, shift };
}
