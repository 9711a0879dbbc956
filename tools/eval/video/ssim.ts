import type { Box } from "../../../src/core/face.ts";
import type { RgbaImage } from "../../../src/core/image.ts";

/** Luminance of a box, 0 to 255; the picture's edge is repeated. */
function lumaOf({ width, height, data }: RgbaImage, box: Box): Float64Array {
  const out = new Float64Array(box.width * box.height);
  for (let y = 0, i = 0; y < box.height; y++) {
    const row = Math.min(height - 1, Math.max(0, box.y + y)) * width;
    for (let x = 0; x < box.width; x++, i++) {
      const at = (row + Math.min(width - 1, Math.max(0, box.x + x))) * 4;
      out[i] = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
    }
  }
  return out;
}

const RADIUS = 5;
const SIGMA = 1.5;
const raw = Array.from({ length: 2 * RADIUS + 1 }, (_, i) => Math.exp(-0.5 * ((i - RADIUS) / SIGMA) ** 2));
const KERNEL = raw.map((value) => value / raw.reduce((sum, other) => sum + other, 0));
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/** Gaussian means of all windows that lie in the plane. */
function windows(plane: Float64Array, width: number, height: number): Float64Array {
  const [inner, tall] = [width - 2 * RADIUS, height - 2 * RADIUS];
  const rows = new Float64Array(inner * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < inner; x++) {
      let sum = 0;
      for (let k = 0; k < KERNEL.length; k++) sum += KERNEL[k]! * plane[y * width + x + k]!;
      rows[y * inner + x] = sum;
    }
  }
  const out = new Float64Array(inner * tall);
  for (let y = 0; y < tall; y++) {
    for (let x = 0; x < inner; x++) {
      let sum = 0;
      for (let k = 0; k < KERNEL.length; k++) sum += KERNEL[k]! * rows[(y + k) * inner + x]!;
      out[y * inner + x] = sum;
    }
  }
  return out;
}

/**
 * Structural similarity of the luminance of two pictures within a box of at least 11 × 11 pixels; 1 for equal ones.
 * @see Wang, Bovik, Sheikh & Simoncelli 2004: Gaussian windows of 11 × 11 pixels, σ 1.5, K₁ .01, K₂ .03.
 */
export function ssim(a: RgbaImage, b: RgbaImage, box: Box): number {
  const { width, height } = box;
  const [one, two] = [lumaOf(a, box), lumaOf(b, box)];
  const mean = (plane: Float64Array) => windows(plane, width, height);
  const [meanA, meanB] = [mean(one), mean(two)];
  const squareA = mean(one.map((value) => value * value));
  const squareB = mean(two.map((value) => value * value));
  const product = mean(one.map((value, i) => value * two[i]!));
  let sum = 0;
  for (let i = 0; i < meanA.length; i++) {
    const [ma, mb] = [meanA[i]!, meanB[i]!];
    const spread = squareA[i]! - ma * ma + squareB[i]! - mb * mb;
    const shared = product[i]! - ma * mb;
    sum += ((2 * ma * mb + C1) * (2 * shared + C2)) / ((ma * ma + mb * mb + C1) * (spread + C2));
  }
  return sum / meanA.length;
}

/** Peak signal-to-noise ratio of the luminance within a box, in dB. */
export function psnrWithin(a: RgbaImage, b: RgbaImage, box: Box): number {
  const [one, two] = [lumaOf(a, box), lumaOf(b, box)];
  const error = one.reduce((sum, value, i) => sum + (value - two[i]!) ** 2, 0) / one.length;
  return 10 * Math.log10(255 ** 2 / error);
}
