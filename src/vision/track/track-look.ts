import { MOUTH_COLUMNS, type FaceLandmarks } from "../../core/face.ts";
import { LOOK_UPPER, LOOK_VERTICES } from "../../core/face-track.ts";
import type { RgbaImage } from "../../core/image.ts";

/** Distance between the midpoints of the two eyes' corners in pixels. */
export function interOcularPx(points: ArrayLike<number>): number {
  const eye = (a: number, b: number, axis: number) => (points[a * 3 + axis]! + points[b * 3 + axis]!) / 2;
  return Math.hypot(eye(33, 133, 0) - eye(263, 362, 0), eye(33, 133, 1) - eye(263, 362, 1));
}

const COLUMN_SAMPLES = 9;
/** Teeth are brighter than the lips by this factor, and less red, or brighter still. */
const TOOTH_LIGHT = 1.18;
const TOOTH_RED = 0.65;
const TOOTH_GLARE = 1.45;

/** Share of the mouth's columns in which something between the lips is brighter and paler than the lips. */
export function readTeeth(image: RgbaImage, { points }: FaceLandmarks): number {
  const { width, height, data } = image;
  const at = (x: number, y: number) =>
    (Math.min(Math.max(Math.floor(y), 0), height - 1) * width +
      Math.min(Math.max(Math.floor(x), 0), width - 1)) *
    4;
  const light = (i: number) => 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!;
  const red = (i: number) => (data[i]! - data[i + 1]!) / (data[i]! + data[i + 1]! + data[i + 2]! + 1);
  const between = (a: number, b: number, share: number) => {
    const mix = (axis: number) =>
      points[a * 3 + axis]! + (points[b * 3 + axis]! - points[a * 3 + axis]!) * share;
    return at(mix(0), mix(1));
  };
  let found = 0;
  for (const [above, upper, lower, below] of MOUTH_COLUMNS) {
    const lips = [between(above, upper, 0.5), between(below, lower, 0.5)];
    const lipLight = Math.max(8, (light(lips[0]!) + light(lips[1]!)) / 2);
    const lipRed = (red(lips[0]!) + red(lips[1]!)) / 2;
    // A little into both lips: the contours are not exact.
    const [from, to] = [between(upper, above, 0.2), between(lower, below, 0.2)];
    const [x0, y0, x1, y1] = [
      (from / 4) % width,
      Math.floor(from / 4 / width),
      (to / 4) % width,
      Math.floor(to / 4 / width),
    ];
    for (let k = 0; k < COLUMN_SAMPLES; k++) {
      const share = k / (COLUMN_SAMPLES - 1);
      const i = at(x0 + (x1 - x0) * share + 0.5, y0 + (y1 - y0) * share + 0.5);
      const bright = light(i) / lipLight;
      if (bright > TOOTH_GLARE || (bright > TOOTH_LIGHT && red(i) < TOOTH_RED * lipRed)) {
        found++;
        break;
      }
    }
  }
  return found / MOUTH_COLUMNS.length;
}

/** Writes the mean colour of 3 × 3 pixels around each look vertex into `out` (`[LOOK_VERTICES.length, 3]`). */
export function readLook(image: RgbaImage, { points }: FaceLandmarks, out: Uint8Array): void {
  const { width, height, data } = image;
  LOOK_VERTICES.forEach((vertex, i) => {
    const x = Math.floor(points[vertex * 3]!);
    const y = Math.floor(points[vertex * 3 + 1]!);
    let [r, g, b] = [0, 0, 0];
    for (let dy = -1; dy <= 1; dy++) {
      const row = Math.min(Math.max(y + dy, 0), height - 1) * width;
      for (let dx = -1; dx <= 1; dx++) {
        const at = (row + Math.min(Math.max(x + dx, 0), width - 1)) * 4;
        r += data[at]!;
        g += data[at + 1]!;
        b += data[at + 2]!;
      }
    }
    out[i * 3] = r / 9;
    out[i * 3 + 1] = g / 9;
    out[i * 3 + 2] = b / 9;
  });
}

/**
 * Mean difference between a pixel and the mean of its four neighbours around the nose, down to the upper lip, in grey
 * levels. The mouth and what is below it are left out: teeth and hands are sharp however blurred the face is.
 */
export function readSharpness(image: RgbaImage, { points }: FaceLandmarks): number {
  const iod = interOcularPx(points);
  const left = Math.max(1, Math.floor(Math.min(points[61 * 3]!, points[291 * 3]!) - 0.2 * iod));
  const right = Math.min(image.width - 2, Math.ceil(Math.max(points[61 * 3]!, points[291 * 3]!) + 0.2 * iod));
  const top = Math.max(1, Math.floor(points[1 * 3 + 1]! - 0.2 * iod));
  const bottom = Math.min(image.height - 2, Math.floor(points[0 * 3 + 1]! - 0.04 * iod));
  const { width, data } = image;
  const stride = Math.max(1, Math.floor(iod / 60));
  let sum = 0;
  let count = 0;
  for (let y = top; y <= bottom; y += stride) {
    for (let x = left; x <= right; x += stride) {
      const at = (y * width + x) * 4 + 1;
      const around = data[at - 4]! + data[at + 4]! + data[at - width * 4]! + data[at + width * 4]!;
      sum += Math.abs(data[at]! - around / 4);
      count++;
    }
  }
  return count > 0 ? sum / count : 0;
}

/**
 * How unlike two looks of a face are, 0 for the same: mean difference of the colours above the mouth after their
 * brightness was made equal, as a share of that brightness.
 * @param a, b `[LOOK_VERTICES.length, 3]`.
 */
export function lookDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const count = LOOK_UPPER * 3;
  let [sumA, sumB] = [1, 1];
  for (let i = 0; i < count; i++) {
    sumA += a[i]!;
    sumB += b[i]!;
  }
  const gain = sumA / sumB;
  let difference = 0;
  for (let i = 0; i < count; i++) difference += Math.abs(a[i]! - gain * b[i]!);
  const brightness = Math.abs(Math.log(gain));
  return difference / sumA + 0.5 * brightness;
}
