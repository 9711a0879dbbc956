import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { clamp } from "../../core/scalar.ts";

/** One number per pixel, row-major. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array<ArrayBuffer>;
}

const SRGB_TO_LINEAR = Float32Array.from({ length: 256 }, (_, i) => {
  const value = i / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

const LINEAR_STEPS = 4096;
const LINEAR_TO_SRGB = Float32Array.from({ length: LINEAR_STEPS + 2 }, (_, i) => {
  const value = Math.min(1, i / LINEAR_STEPS);
  return 255 * (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055);
});

/** Linear light in [0, 1] of an sRGB byte. */
export function toLinear(byte: number): number {
  return SRGB_TO_LINEAR[byte]!;
}

/** sRGB in [0, 255] of linear light; values outside [0, 1] are clamped. */
export function toSrgb(linear: number): number {
  const at = clamp(linear, 0, 1) * LINEAR_STEPS;
  const low = at | 0;
  return LINEAR_TO_SRGB[low]! + (LINEAR_TO_SRGB[low + 1]! - LINEAR_TO_SRGB[low]!) * (at - low);
}

/** Relative luminance of linear RGB. */
export function luminance(rgb: ArrayLike<number>): number {
  return 0.2126 * rgb[0]! + 0.7152 * rgb[1]! + 0.0722 * rgb[2]!;
}

/** The part of `box` that lies in a picture of the given size, in whole pixels. */
export function cropBox(box: Box, width: number, height: number): Box {
  const x = clamp(Math.floor(box.x), 0, width);
  const y = clamp(Math.floor(box.y), 0, height);
  return {
    x,
    y,
    width: Math.max(0, clamp(Math.ceil(box.x + box.width), 0, width) - x),
    height: Math.max(0, clamp(Math.ceil(box.y + box.height), 0, height) - y),
  };
}

/**
 * The whole pixels of a picture around some points.
 * @param xy `[n, 2]` in pixels. @param pad how far around them.
 */
export function boxAround(
  xy: ArrayLike<number>,
  pad: number,
  { width, height }: { readonly width: number; readonly height: number },
): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < xy.length; i += 2) {
    left = Math.min(left, xy[i]!);
    right = Math.max(right, xy[i]!);
    top = Math.min(top, xy[i + 1]!);
    bottom = Math.max(bottom, xy[i + 1]!);
  }
  const box = { x: left - pad, y: top - pad, width: right - left + 2 * pad, height: bottom - top + 2 * pad };
  return cropBox(box, width, height);
}

/** Value of a plane between its pixels (bilinear, edges repeated); pixel centres at whole numbers. */
export function samplePlane(plane: Plane, x: number, y: number): number {
  const { width, height, data } = plane;
  const cx = clamp(x, 0, width - 1);
  const cy = clamp(y, 0, height - 1);
  const x0 = Math.min(cx | 0, Math.max(0, width - 2));
  const y0 = Math.min(cy | 0, Math.max(0, height - 2));
  const fx = cx - x0;
  const fy = cy - y0;
  const at = y0 * width + x0;
  const right = width > 1 ? 1 : 0;
  const below = height > 1 ? width : 0;
  const top = data[at]! + (data[at + right]! - data[at]!) * fx;
  const bottom = data[at + below]! + (data[at + below + right]! - data[at + below]!) * fx;
  return top + (bottom - top) * fy;
}

/** Weights of a Gaussian of `sigma` pixels, an odd number of them, which add up to 1. */
export function gaussian(sigma: number): Float32Array {
  const radius = Math.max(1, Math.ceil(sigma * 2.6));
  const kernel = Float32Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - radius) / sigma) ** 2),
  );
  const total = kernel.reduce((sum, value) => sum + value, 0);
  kernel.forEach((value, i) => (kernel[i] = value / total));
  return kernel;
}

/** A plane blurred by a Gaussian of `sigma` pixels, edges repeated. */
export function blurPlane(plane: Plane, sigma: number): Plane {
  const { width, height } = plane;
  const kernel = gaussian(sigma);
  const radius = (kernel.length - 1) / 2;
  const pass = (source: Float32Array, count: number, length: number, step: number, stride: number) => {
    const out = new Float32Array(source.length);
    for (let line = 0; line < count; line++) {
      for (let i = 0; i < length; i++) {
        let sum = 0;
        for (let k = -radius; k <= radius; k++) {
          sum += kernel[k + radius]! * source[line * stride + clamp(i + k, 0, length - 1) * step]!;
        }
        out[line * stride + i * step] = sum;
      }
    }
    return out;
  };
  const rows = pass(plane.data, height, width, 1, width);
  return { width, height, data: pass(rows, width, height, width, 1) };
}

/** CIE L*a*b* (D65) of a part of a picture, as three planes. */
export function labPlanes(image: RgbaImage, box: Box): [Plane, Plane, Plane] {
  const size = box.width * box.height;
  const planes = [0, 1, 2].map(() => new Float32Array(size));
  const cube = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  for (let y = 0, at = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++, at++) {
      const i = ((box.y + y) * image.width + box.x + x) * 4;
      const r = toLinear(image.data[i]!);
      const g = toLinear(image.data[i + 1]!);
      const b = toLinear(image.data[i + 2]!);
      const fx = cube((0.412453 * r + 0.35758 * g + 0.180423 * b) / 0.950456);
      const fy = cube(0.212671 * r + 0.71516 * g + 0.072169 * b);
      const fz = cube((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.088754);
      planes[0]![at] = 116 * fy - 16;
      planes[1]![at] = 500 * (fx - fy);
      planes[2]![at] = 200 * (fy - fz);
    }
  }
  return planes.map((data) => ({ width: box.width, height: box.height, data })) as [Plane, Plane, Plane];
}

/** The value below which `share` of the numbers lie; NaN when there are none. */
export function percentile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted.length === 0 ? NaN : sorted[Math.round(share * (sorted.length - 1))]!;
}

/** Points on a Catmull-Rom curve through `xy` (`[n, 2]`), `steps` per piece and the last point. */
export function curve(xy: ArrayLike<number>, steps: number): Float64Array {
  const count = xy.length / 2;
  const out = new Float64Array(((count - 1) * steps + 1) * 2);
  for (let axis = 0; axis < 2; axis++) {
    const at = (i: number) => xy[i * 2 + axis]!;
    for (let i = 0; i + 1 < count; i++) {
      const b = at(i);
      const c = at(i + 1);
      const a = i > 0 ? at(i - 1) : 2 * b - c;
      const d = i + 2 < count ? at(i + 2) : 2 * c - b;
      for (let k = 0; k < steps; k++) {
        const t = k / steps;
        out[(i * steps + k) * 2 + axis] =
          0.5 *
          (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t);
      }
    }
    out[(count - 1) * steps * 2 + axis] = at(count - 1);
  }
  return out;
}
