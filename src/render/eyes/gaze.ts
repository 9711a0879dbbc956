import { MOUTH_RATE_HZ } from "../../core/mouth.ts";
import { normal, type Random } from "../../core/random.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";

/** Where the eyes look, one value per 10 ms, in degrees to the image's right and down. */
export interface GazeLines {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** A saccade of a few degrees. */
const SACCADE_SECONDS = 0.04;
/** Length of a look: median, spread of its logarithm, and shortest, in seconds. */
const LOOK = { median: 1.1, sigma: 0.5, least: 0.35 } as const;
/** Share of looks that leave the viewer, and how far, as deviations in degrees. */
const AWAY = { share: 0.3, x: 3.2, y: 1.4 } as const;
const AT_VIEWER = { x: 0.7, y: 0.4 } as const;
/** Eyes that would turn further take the head along. */
const FARTHEST = { x: 6, y: 3.5 } as const;

/**
 * Looks of somebody who talks to the viewer: fixations with quick jumps between them. The first look is the source's.
 * @param length samples of 10 ms. @param size of the jumps, 1 = as people do.
 * @see fixations and saccades in conversation: Lee, Badler, Badler 2002, "Eyes Alive".
 */
export function createLooks(random: Random, length: number, size: number): GazeLines {
  const x = new Float32Array(length);
  const y = new Float32Array(length);
  const samples = Math.round(SACCADE_SECONDS * MOUTH_RATE_HZ);
  const lookSamples = () =>
    Math.round(MOUTH_RATE_HZ * Math.max(LOOK.least, LOOK.median * Math.exp(LOOK.sigma * normal(random))));
  let [fromX, fromY, toX, toY] = [0, 0, 0, 0];
  let start = 0;
  let next = lookSamples();
  for (let i = 0; i < length; i++) {
    if (i >= next) {
      const spread = random() < AWAY.share ? AWAY : AT_VIEWER;
      [fromX, fromY] = [toX, toY];
      [toX, toY] = [size * spread.x * normal(random), size * spread.y * normal(random)];
      start = next;
      next += lookSamples();
    }
    const moved = smoothstep(0, samples, i - start);
    x[i] = fromX + (toX - fromX) * moved;
    y[i] = fromY + (toY - fromY) * moved;
  }
  return { x, y };
}

/** The eyes in the head, in place: they stay on what they look at while the head turns, as far as eyes reach. */
export function steadyGaze({ x, y }: GazeLines, yaw: Float32Array, pitch: Float32Array): void {
  for (let i = 0; i < x.length; i++) {
    x[i] = clamp(x[i]! - yaw[i]!, -FARTHEST.x, FARTHEST.x);
    y[i] = clamp(y[i]! + pitch[i]!, -FARTHEST.y, FARTHEST.y);
  }
}
