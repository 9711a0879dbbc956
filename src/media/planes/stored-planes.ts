import type { RgbaImage } from "../../core/image.ts";
import type { Plane } from "./frame-planes.ts";
import type { FramePlanes } from "./frame-scaler.ts";

/** One plane of samples as a decoder stores them, rows without padding. */
export interface SamplePlane {
  readonly width: number;
  readonly height: number;
  /** 8 bits a sample, or up to 16. */
  readonly data: Uint8Array | Uint16Array;
}

/** A frame as its decoder stores it: luma, chroma of any subsampling, and how much each pixel covers. */
export interface StoredFrame {
  readonly planes: readonly [y: SamplePlane, u: SamplePlane, v: SamplePlane];
  /** As large as luma; null where every pixel covers wholly. */
  readonly alpha: SamplePlane | null;
  readonly bits: number;
}

/** Shows through where a picture or a video is transparent: a light neutral grey, as of a studio wall. */
export const BACKGROUND_GREY = 232;

function roundedTo8({ width, height, data }: SamplePlane, bits: number): Plane {
  if (data instanceof Uint8Array) return { width, height, data };
  const rounded = new Uint8Array(data.length);
  const [shift, half] = [bits - 8, 1 << (bits - 9)];
  for (let i = 0; i < data.length; i++) rounded[i] = Math.min(255, (data[i]! + half) >> shift);
  return { width, height, data: rounded };
}

/** Whether any pixel of a frame lets something show through. */
export function isTransparent({ alpha, bits }: StoredFrame): boolean {
  if (!alpha) return false;
  const whole = (1 << bits) - 1;
  return alpha.data.some((value) => value < whole);
}

/** Mixes samples with one value, each as much as the mean of the alphas that it covers lets through. */
function layOn(plane: Plane, alpha: Plane, value: number): Plane {
  const data = new Uint8Array(plane.data.length);
  const [byX, byY] = [plane.width < alpha.width ? 2 : 1, plane.height < alpha.height ? 2 : 1];
  for (let y = 0; y < plane.height; y++) {
    const below = Math.min(alpha.height - 1, y * byY + byY - 1) * alpha.width;
    const above = y * byY * alpha.width;
    for (let x = 0; x < plane.width; x++) {
      const right = Math.min(alpha.width - 1, x * byX + byX - 1);
      const left = x * byX;
      const sum =
        alpha.data[above + left]! +
        alpha.data[above + right]! +
        alpha.data[below + left]! +
        alpha.data[below + right]!;
      const at = y * plane.width + x;
      data[at] = (plane.data[at]! * sum + value * (1020 - sum) + 510) / 1020;
    }
  }
  return { ...plane, data };
}

/** A frame's planes in 8 bits; where it is transparent, light grey shows through. */
export function eightBitPlanes({ planes, alpha, bits }: StoredFrame, fullRange: boolean): FramePlanes {
  const [y, u, v] = planes.map((plane) => roundedTo8(plane, bits)) as FramePlanes;
  if (!alpha) return [y, u, v];
  const cover = roundedTo8(alpha, bits);
  const grey = fullRange ? BACKGROUND_GREY : Math.round(16 + (219 * BACKGROUND_GREY) / 255);
  return [layOn(y, cover, grey), layOn(u, cover, 128), layOn(v, cover, 128)];
}

/** Lays pixels on light grey, in place, by a plane of alphas or by their own. */
export function layPixelsOnGrey({ data }: RgbaImage, alpha: SamplePlane | null = null, bits = 8): void {
  const whole = (1 << bits) - 1;
  for (let i = 0, pixel = 0; i < data.length; i += 4, pixel++) {
    const share = alpha ? alpha.data[pixel]! / whole : data[i + 3]! / 255;
    if (share === 1) continue;
    for (let k = i; k < i + 3; k++) data[k] = data[k]! * share + BACKGROUND_GREY * (1 - share) + 0.5;
    data[i + 3] = 255;
  }
}
