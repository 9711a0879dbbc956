import type { Box } from "../../core/face.ts";
import { clamp } from "../../core/scalar.ts";
import type { Canvas } from "../raster/warp.ts";

/** Share of the Laplacian with which the second reading of {@link matchingGain} is taken. */
const PROBE = 0.5;
const LEAST_GAIN = -0.5;
const MOST_GAIN = 0.9;

/**
 * Fine detail of skin: mean difference between a pixel and the mean of its four neighbours in grey levels of green, as
 * it is and as it would be with `gain` times that difference on top.
 * @param mask `[box.height, box.width]` above 0 where pixels count; two pixels at its rim are left out.
 */
export function skinDetail(canvas: Canvas, mask: Float32Array, box: Box, gain = 0): [number, number] {
  const { width, words } = canvas;
  const green = (at: number) => (words[at]! >>> 8) & 255;
  const apart = (at: number) =>
    green(at) - (green(at - 1) + green(at + 1) + green(at - width) + green(at + width)) / 4;
  let [plain, sharpened, count] = [0, 0, 0];
  for (let y = 2; y < box.height - 2; y += 2) {
    for (let x = 2 + (y & 2) / 2; x < box.width - 2; x += 2) {
      const i = y * box.width + x;
      const rim = mask[i - 2]! * mask[i + 2]! * mask[i - 2 * box.width]! * mask[i + 2 * box.width]!;
      if (mask[i]! * rim <= 0) continue;
      const at = (box.y + y) * width + box.x + x;
      const own = apart(at);
      plain += Math.abs(own);
      if (gain !== 0) {
        const around = apart(at - 1) + apart(at + 1) + apart(at - width) + apart(at + width);
        sharpened += Math.abs(own + gain * (own - around / 4));
      }
      count++;
    }
  }
  return count > 0 ? [plain / count, sharpened / count] : [0, 0];
}

/** How far the detail that is asked for may leave that of the frame's own lower face. */
const LEAST_OWN = 0.9;
const MOST_OWN = 1.2;

/**
 * The detail to draw: what the nose's sharpness lets expect, held near to what the frame's own lower face shows there.
 * Noise that comes and goes with a codec's key frames, and noses that blur alone, mislead the first; the old mouth's
 * edges may mislead the second, so it never asks for more than is drawn.
 * @param expected by the nose. @param own of the frame. @param drawn before sharpening. All as {@link skinDetail}.
 */
export function detailLike(expected: number, own: number, drawn: number): number {
  if (own <= 0) return expected;
  return clamp(expected, Math.min(LEAST_OWN * own, drawn), MOST_OWN * own);
}

/**
 * The share of the difference to its neighbours that each pixel must be given, -0.5 to 0.9, so that the skin of
 * `canvas` shows as much detail as `wanted` ({@link skinDetail}); below 0 it is softened.
 */
export function matchingGain(canvas: Canvas, mask: Float32Array, box: Box, wanted: number): number {
  const [plain, sharpened] = skinDetail(canvas, mask, box, PROBE);
  if (sharpened <= plain) return 0;
  return clamp((PROBE * (wanted - plain)) / (sharpened - plain), LEAST_GAIN, MOST_GAIN);
}
