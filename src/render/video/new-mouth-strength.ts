import { clamp, smoothstep } from "../../core/scalar.ts";
import { yawOf } from "../face-rig/head-fit.ts";
import type { LookModel } from "./covered-face.ts";
import type { FaceMotion } from "./video-motion.ts";

/** The new mouth comes and goes with the face over so many frames, or so many seconds where those take longer. */
const FADE_FRAMES = 5;
const FADE_SECONDS = 0.2;
/** Yaw in degrees up to which the mouth is replaced in full, and from which on it is left alone. */
const FULL_YAW_DEG = 25;
const NO_YAW_DEG = 45;
/** Covered share of the mouth's surroundings from which on the frame's own mouth stays. */
const COVERED_FROM = 0.45;
const COVERED_TO = 0.75;
/** Changes of strength are smoothed over so many frames on each side that lie within so many seconds. */
const SMOOTH_FRAMES = 4;
const SMOOTH_SECONDS = 0.17;

/**
 * How much of the new mouth each frame gets, 0 (left untouched) to 1: none without a face, fading at gaps, with yaw,
 * where the mouth is covered and at the picture's border.
 * @param starts instant of each frame in seconds.
 * @param size of the output in pixels.
 * @returns `[frames]`.
 */
export function planStrength(
  motion: FaceMotion,
  looks: LookModel,
  starts: ArrayLike<number>,
  size: { readonly width: number; readonly height: number },
): Float32Array {
  const strength = new Float32Array(starts.length);
  for (const { first, last, openStart, openEnd } of motion.stretches) {
    const raw = new Float32Array(last - first + 1);
    for (let frame = first; frame <= last; frame++) {
      if (!motion.seen(frame)) {
        raw[frame - first] = NaN;
        continue;
      }
      const { local, head } = motion.measured(frame);
      const byYaw = 1 - smoothstep(FULL_YAW_DEG, NO_YAW_DEG, Math.abs(yawOf(head)));
      const byCover = 1 - smoothstep(COVERED_FROM, COVERED_TO, looks.coveredMouth(frame));
      let inside = Infinity;
      for (const vertex of [61, 291, 17]) {
        const at = (axis: number) => {
          let sum = head.shift[axis]!;
          for (let k = 0; k < 3; k++) {
            sum += head.scale * head.rotation[axis * 3 + k]! * local[vertex * 3 + k]!;
          }
          return sum;
        };
        const [x, y] = [at(0), at(1)];
        inside = Math.min(inside, x, y, size.width - 1 - x, size.height - 1 - y);
      }
      const byBorder = smoothstep(-0.05, 0.25, inside / (6.3 * head.scale));
      raw[frame - first] = Math.min(byYaw, byCover, byBorder);
    }
    for (let i = 1; i < raw.length; i++) if (Number.isNaN(raw[i]!)) raw[i] = raw[i - 1]!;
    // First the lowest of the neighbours, then their mean: strength is down before the obstacle comes.
    const apart = (a: number, b: number) => Math.abs(starts[first + a]! - starts[first + b]!);
    const around = (shares: Float32Array, i: number) => {
      const found: number[] = [];
      for (let k = -SMOOTH_FRAMES; k <= SMOOTH_FRAMES; k++) {
        const other = clamp(i + k, 0, shares.length - 1);
        if (Math.abs(k) <= 1 || apart(i, other) <= SMOOTH_SECONDS) found.push(shares[other]!);
      }
      return found;
    };
    const fade = (i: number, end: number) =>
      smoothstep(0, 1, Math.max(Math.abs(i - end) / FADE_FRAMES, apart(i, end) / FADE_SECONDS));
    const low = raw.map((_, i) => Math.min(1, ...around(raw, i)));
    low.forEach((_, i) => {
      const near = around(low, i);
      const mean = near.reduce((sum, share) => sum + share, 0) / near.length;
      const fadeIn = openStart ? fade(i, 0) : 1;
      const fadeOut = openEnd ? fade(i, low.length - 1) : 1;
      strength[first + i] = mean * Math.min(fadeIn, fadeOut);
    });
  }
  return strength;
}
