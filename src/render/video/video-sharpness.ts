import { clamp } from "../../core/scalar.ts";
import { DETAIL_PROBE, type SkinDetail } from "./face-box.ts";

const LEAST_GAIN = -0.5;
const MOST_GAIN = 0.9;

/** How far the detail that is asked for may leave that of the frame's own lower face. */
const LEAST_OWN = 0.9;
const MOST_OWN = 1.2;

/**
 * The detail to draw: what the nose's sharpness lets expect, held near to what the frame's own lower face shows there.
 * Noise that comes and goes with a codec's key frames, and noses that blur alone, mislead the first; the old mouth's
 * edges may mislead the second, so it never asks for more than is drawn.
 * @param expected by the nose. @param own of the frame. @param drawn before sharpening. All as {@link SkinDetail.plain}.
 */
export function detailLike(expected: number, own: number, drawn: number): number {
  if (own <= 0) return expected;
  return clamp(expected, Math.min(LEAST_OWN * own, drawn), MOST_OWN * own);
}

/**
 * The share of the difference to its neighbours that each pixel must be given, -0.5 to 0.9, so that drawn skin shows as
 * much detail as `wanted` ({@link SkinDetail.plain}); below 0 it is softened.
 */
export function matchingGain({ plain, sharpened }: SkinDetail, wanted: number): number {
  if (sharpened <= plain) return 0;
  return clamp((DETAIL_PROBE * (wanted - plain)) / (sharpened - plain), LEAST_GAIN, MOST_GAIN);
}
