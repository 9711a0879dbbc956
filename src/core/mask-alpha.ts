import type { Box } from "./face.ts";
import type { RgbaImage } from "./image.ts";

/** How far each pixel of a picture may change. */
export interface MaskAlpha {
  readonly width: number;
  readonly height: number;
  /** `[height, width]` 0 (must stay) to 255 (may change wholly). */
  readonly data: Uint8Array;
}

/** BT.601 luma of a mask's pixels times their opacity, `[height, width]`, 0 to 255. */
function whitenessOf({ width, height, data }: RgbaImage): Float64Array {
  return Float64Array.from({ length: width * height }, (_, i) => {
    const luma = 0.299 * data[i * 4]! + 0.587 * data[i * 4 + 1]! + 0.114 * data[i * 4 + 2]!;
    return (luma * data[i * 4 + 3]!) / 255;
  });
}

/** Means over equal parts of `lines` lines of `from` values: `[lines, to]`, written transposed as `[to, lines]`. */
function averageTransposed(values: Float64Array, from: number, lines: number, to: number): Float64Array {
  const out = new Float64Array(to * lines);
  for (let i = 0; i < to; i++) {
    const [start, end] = [(i * from) / to, ((i + 1) * from) / to];
    const last = Math.min(from, Math.ceil(end));
    for (let line = 0; line < lines; line++) {
      let sum = 0;
      for (let j = Math.floor(start); j < last; j++) {
        sum += values[line * from + j]! * (Math.min(j + 1, end) - Math.max(j, start));
      }
      out[i * lines + line] = sum / (end - start);
    }
  }
  return out;
}

/**
 * The one meaning of a mask: a pixel may change by the mean whiteness (BT.601 luma × opacity) of the part of the mask
 * that lies over the pixel's own area. A pixel wholly under black is 0 and one wholly under white 255 whatever the
 * mask's size; there is no ringing beyond an edge.
 */
export function maskAlpha(mask: RgbaImage, width: number, height: number): MaskAlpha {
  const columns = averageTransposed(whitenessOf(mask), mask.width, mask.height, width);
  const rows = averageTransposed(columns, mask.height, width, height);
  return { width, height, data: Uint8Array.from(rows, Math.round) };
}

/** Whether the mask is white rather than black at a pixel. */
export function isWhite(alpha: MaskAlpha, x: number, y: number): boolean {
  return alpha.data[y * alpha.width + x]! > 127;
}

/**
 * Takes back what a mask does not allow: each RGB sample of a region becomes `before + (after − before) × alpha / 255`.
 * @param after RGBA bytes of the whole picture, changed in place. @param before the same bytes before the change.
 */
export function limitChange(
  after: Uint8ClampedArray,
  before: Uint8ClampedArray,
  alpha: MaskAlpha,
  region: Box,
): void {
  for (let y = region.y; y < region.y + region.height; y++) {
    for (let i = y * alpha.width + region.x; i < y * alpha.width + region.x + region.width; i++) {
      const share = alpha.data[i]!;
      if (share === 255) continue;
      for (let k = 4 * i; k < 4 * i + 3; k++) {
        after[k] = before[k]! + ((after[k]! - before[k]!) * share) / 255;
      }
    }
  }
}
