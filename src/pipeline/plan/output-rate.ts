import { DEFAULT_FRAME_RATE, standardRate } from "../../media/demux/frame-rate.ts";

/** Fewer frames a second are too few for lips: a closure lasts a twelfth of a second. Cinema has 23.976. */
const LEAST = 23;
const MOST = 60;
/** Measured rates may lie a little above {@link MOST}. */
const ABOUT_MOST = 60.5;
/** Below this a video is a row of stills, whose steps need not fall evenly. */
const STILLS = 5;

/**
 * Frames a second of the output: the source's own, the least multiple of it from 25 on where it has too few for a mouth,
 * and a whole part of it where it has more than 60, so that its frames last equally long.
 * @param rate of the source by the instants of its frames. @returns 23 to 60.
 */
export function outputRate(rate: number): number {
  if (!(rate >= STILLS)) return DEFAULT_FRAME_RATE;
  if (rate > ABOUT_MOST) return Math.min(standardRate(rate / Math.ceil(rate / ABOUT_MOST), 1), MOST);
  if (rate >= LEAST) return Math.min(rate, MOST);
  return standardRate(rate * Math.ceil(DEFAULT_FRAME_RATE / rate - 0.01), 1);
}
