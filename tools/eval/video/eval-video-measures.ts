import { correlation } from "../../../src/core/correlation.ts";
import type { Box } from "../../../src/core/face.ts";
import type { RgbaImage } from "../../../src/core/image.ts";

/** Correlation of `seen` with what `cause` does not share with `given`: how much of `seen` it explains beyond that. */
export function correlationBeyond(
  cause: ArrayLike<number>,
  seen: ArrayLike<number>,
  given: ArrayLike<number>,
): number {
  const [own, shared, other] = [
    correlation(cause, seen),
    correlation(cause, given),
    correlation(seen, given),
  ];
  const rest = 1 - shared * shared;
  return rest > 0 ? (own - shared * other) / Math.sqrt(rest) : 0;
}

/**
 * By how many seconds `seen` lags behind `truth`, at the peak of their correlation within ± `reach` seconds.
 * @param truth 100 Hz. @param seen one value per frame. @param fps of `seen`.
 */
export function lagSeconds(
  truth: ArrayLike<number>,
  seen: ArrayLike<number>,
  fps: number,
  reach = 0.4,
): number {
  let [best, at] = [-Infinity, 0];
  for (let shift = -reach; shift <= reach + 1e-9; shift += 0.01) {
    const shifted = Float64Array.from({ length: seen.length }, (_, i) => sampleTruth(truth, i / fps - shift));
    const r = correlation(shifted, seen);
    if (r > best) [best, at] = [r, shift];
  }
  return at;
}

/** A 100 Hz series at an instant, linear in between, its ends repeated. */
export function sampleTruth(truth: ArrayLike<number>, seconds: number): number {
  const at = Math.min(truth.length - 1, Math.max(0, seconds * 100));
  const low = Math.min(truth.length - 2, Math.floor(at));
  return low < 0 ? (truth[0] ?? 0) : truth[low]! + (truth[low + 1]! - truth[low]!) * (at - low);
}

/** Mean squared second difference of a series as a root: what jumps from frame to frame. */
export function jitter(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 1; i + 1 < values.length; i++) {
    sum += (values[i + 1]! - 2 * values[i]! + values[i - 1]!) ** 2;
  }
  return values.length > 2 ? Math.sqrt(sum / (values.length - 2)) : 0;
}

const light = (image: RgbaImage, x: number, y: number) => {
  const at = (y * image.width + x) * 4;
  return 0.299 * image.data[at]! + 0.587 * image.data[at + 1]! + 0.114 * image.data[at + 2]!;
};

function clip(box: Box, image: RgbaImage): Box {
  const x = Math.max(1, Math.floor(box.x));
  const y = Math.max(1, Math.floor(box.y));
  return {
    x,
    y,
    width: Math.max(0, Math.min(image.width - 1, Math.ceil(box.x + box.width)) - x),
    height: Math.max(0, Math.min(image.height - 1, Math.ceil(box.y + box.height)) - y),
  };
}

/** Variance of the Laplacian of the luminance within a box: how sharp it is. */
export function laplacianVariance(image: RgbaImage, box: Box): number {
  const { x: left, y: top, width, height } = clip(box, image);
  let [sum, square, count] = [0, 0, 0];
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) {
      const value =
        4 * light(image, x, y) -
        light(image, x - 1, y) -
        light(image, x + 1, y) -
        light(image, x, y - 1) -
        light(image, x, y + 1);
      sum += value;
      square += value * value;
      count++;
    }
  }
  return count > 0 ? square / count - (sum / count) ** 2 : 0;
}

/** Mean gradient of the luminance within `outer` but not within `inner`. */
export function ringGradient(image: RgbaImage, outer: Box, inner: Box): number {
  const { x: left, y: top, width, height } = clip(outer, image);
  let [sum, count] = [0, 0];
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) {
      const within = x >= inner.x && x < inner.x + inner.width && y >= inner.y && y < inner.y + inner.height;
      if (within) continue;
      sum += Math.hypot(
        light(image, x + 1, y) - light(image, x - 1, y),
        light(image, x, y + 1) - light(image, x, y - 1),
      );
      count++;
    }
  }
  return count > 0 ? sum / count : 0;
}

/**
 * Peak signal-to-noise ratio of the luminance in dB over the pixels outside a box; `Infinity` when they are the same.
 * Colour is left out: halving its resolution alone costs sharp coloured edges more than encoding does.
 */
export function psnrOutside(a: RgbaImage, b: RgbaImage, box: Box): number {
  let [square, count] = [0, 0];
  for (let y = 0; y < a.height; y++) {
    for (let x = 0; x < a.width; x++) {
      if (x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height) continue;
      square += (light(a, x, y) - light(b, x, y)) ** 2;
      count++;
    }
  }
  return square > 0 ? 10 * Math.log10((255 * 255 * count) / square) : Infinity;
}

/**
 * How far a patch of the picture moved from `a` to `b` in pixels, by its light alone: a hundredth of a pixel where it
 * has some pattern, which landmarks do not reach.
 * @see Lucas & Kanade 1981.
 */
export function patchShift(a: RgbaImage, b: RgbaImage, box: Box): readonly [number, number] {
  const { x: left, y: top, width, height } = clip(box, a);
  const count = width * height;
  const [gx, gy, was] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  let [xx, xy, yy] = [1e-9, 0, 1e-9];
  for (let i = 0; i < count; i++) {
    const [x, y] = [left + (i % width), top + Math.floor(i / width)];
    gx[i] = (light(a, x + 1, y) - light(a, x - 1, y)) / 2;
    gy[i] = (light(a, x, y + 1) - light(a, x, y - 1)) / 2;
    was[i] = light(a, x, y);
    xx += gx[i]! * gx[i]!;
    xy += gx[i]! * gy[i]!;
    yy += gy[i]! * gy[i]!;
  }
  const determinant = xx * yy - xy * xy;
  let [dx, dy] = [0, 0];
  for (let round = 0; round < 30; round++) {
    let [bx, by] = [0, 0];
    for (let i = 0; i < count; i++) {
      const x = Math.min(b.width - 2, Math.max(0, left + (i % width) + dx));
      const y = Math.min(b.height - 2, Math.max(0, top + Math.floor(i / width) + dy));
      const [x0, y0] = [Math.floor(x), Math.floor(y)];
      const [fx, fy] = [x - x0, y - y0];
      const upper = light(b, x0, y0) * (1 - fx) + light(b, x0 + 1, y0) * fx;
      const lower = light(b, x0, y0 + 1) * (1 - fx) + light(b, x0 + 1, y0 + 1) * fx;
      const gone = was[i]! - upper - (lower - upper) * fy;
      bx += gx[i]! * gone;
      by += gy[i]! * gone;
    }
    const [mx, my] = [(yy * bx - xy * by) / determinant, (xx * by - xy * bx) / determinant];
    dx += mx;
    dy += my;
    if (Math.hypot(mx, my) < 5e-4) break;
  }
  return [dx, dy];
}

/** Mean distance between two sets of points `[n, 2]` over some of them. */
export function meanDistance(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  vertices: readonly number[],
): number {
  let sum = 0;
  for (const v of vertices) sum += Math.hypot(a[v * 2]! - b[v * 2]!, a[v * 2 + 1]! - b[v * 2 + 1]!);
  return sum / vertices.length;
}
