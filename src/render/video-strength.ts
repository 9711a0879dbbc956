import { yawOf } from "./head-fit.ts";
import { clamp, smoothstep } from "./plane.ts";
import type { LookModel } from "./video-look.ts";
import type { FaceMotion } from "./video-motion.ts";

/** Frames over which the new mouth comes and goes where the face does. */
const FADE_FRAMES = 5;
/** Yaw in degrees up to which the mouth is replaced in full, and from which on it is left alone. */
const FULL_YAW_DEG = 25;
const NO_YAW_DEG = 45;
/** Covered share of the mouth's surroundings from which on the frame's own mouth stays. */
const COVERED_FROM = 0.45;
const COVERED_TO = 0.75;
/** Frames over which changes of strength are smoothed. */
const SMOOTH_FRAMES = 4;

/**
 * How much of the new mouth each frame gets, 0 (left untouched) to 1: none without a face, fading at gaps, with yaw,
 * where the mouth is covered and at the picture's border.
 * @param size of the output in pixels.
 * @returns `[frames]`.
 */
export function planStrength(
  motion: FaceMotion,
  looks: LookModel,
  frames: number,
  size: { readonly width: number; readonly height: number },
): Float32Array {
  const strength = new Float32Array(frames);
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
    const low = raw.map((_, i) => {
      let least = 1;
      for (let k = -SMOOTH_FRAMES; k <= SMOOTH_FRAMES; k++)
        least = Math.min(least, raw[clamp(i + k, 0, raw.length - 1)]!);
      return least;
    });
    low.forEach((_, i) => {
      let sum = 0;
      for (let k = -SMOOTH_FRAMES; k <= SMOOTH_FRAMES; k++) sum += low[clamp(i + k, 0, low.length - 1)]!;
      const fadeIn = openStart ? smoothstep(0, FADE_FRAMES, i) : 1;
      const fadeOut = openEnd ? smoothstep(0, FADE_FRAMES, low.length - 1 - i) : 1;
      strength[first + i] = (sum / (2 * SMOOTH_FRAMES + 1)) * Math.min(fadeIn, fadeOut);
    });
  }
  return strength;
}
