import type { RgbaImage } from "../../core/image.ts";

const LOBES = 3;
const UNIT = 1 << 14;

/** For each output position: first source index and integer weights that add up to 16 384. */
export interface ResizeTaps {
  readonly first: Int32Array;
  /** Weights of one position. */
  readonly count: number;
  /** `[outputs, count]`, row-major. */
  readonly weights: Int32Array;
}

function lanczos(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= LOBES) return 0;
  const t = Math.PI * x;
  return (LOBES * Math.sin(t) * Math.sin(t / LOBES)) / (t * t);
}

/** The taps of a Lanczos-3 filter between two lengths, widened by the ratio when shrinking, edges repeated. */
export function resizeTaps(from: number, to: number): ResizeTaps {
  const ratio = from / to;
  const stretch = Math.max(1, ratio);
  const count = Math.min(from, 2 * Math.ceil(LOBES * stretch) + 1);
  const first = new Int32Array(to);
  const weights = new Int32Array(to * count);
  const raw = new Float64Array(count);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * ratio - 0.5;
    const wanted = Math.ceil(centre - LOBES * stretch);
    const start = Math.min(Math.max(0, wanted), from - count);
    first[i] = start;
    raw.fill(0);
    let sum = 0;
    const last = Math.floor(centre + LOBES * stretch);
    for (let j = wanted; j <= last; j++) {
      const weight = lanczos((j - centre) / stretch);
      const slot = Math.min(Math.max(j, 0), from - 1) - start;
      if (slot < 0 || slot >= count) continue;
      raw[slot]! += weight;
      sum += weight;
    }
    let left = UNIT;
    let largest = 0;
    for (let k = 0; k < count; k++) {
      const weight = Math.round((raw[k]! / sum) * UNIT);
      weights[i * count + k] = weight;
      left -= weight;
      if (raw[k]! > raw[largest]!) largest = k;
    }
    weights[i * count + largest]! += left;
  }
  return { first, count, weights };
}

function isOpaque(data: Uint8ClampedArray): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false;
  return true;
}

/**
 * The picture at another size, antialiased: a separable Lanczos-3 filter, widened by the ratio when shrinking,
 * edges repeated. It works on the sRGB values themselves, as browsers do when they scale a picture, so that
 * a flat area keeps its exact value and hair on a bright background keeps its weight. Colours are weighted
 * by alpha. Weights and sums are integers: the result is the same on every machine.
 * @returns a new picture, or `image` itself when the size is already right.
 */
export function resizeImage(image: RgbaImage, width: number, height: number): RgbaImage {
  if (image.width === width && image.height === height) return image;
  const horizontal = resizeTaps(image.width, width);
  const vertical = resizeTaps(image.height, height);
  const opaque = isOpaque(image.data);
  const source = image.data;
  const rowLength = width * 4;
  const rows = new Map<number, Float64Array>();
  const free: Float64Array[] = [];

  const { first, count, weights } = horizontal;
  const filterRow = (y: number): Float64Array => {
    const row = free.pop() ?? new Float64Array(rowLength);
    const base = y * image.width * 4;
    for (let x = 0; x < width; x++) {
      let r = 0;
      let g = 0;
      let b = 0;
      let a = 0;
      let at = base + first[x]! * 4;
      const start = x * count;
      for (let k = start; k < start + count; k++, at += 4) {
        const weight = weights[k]!;
        if (opaque) {
          r += source[at]! * weight;
          g += source[at + 1]! * weight;
          b += source[at + 2]! * weight;
        } else {
          const alpha = source[at + 3]! * weight;
          r += source[at]! * alpha;
          g += source[at + 1]! * alpha;
          b += source[at + 2]! * alpha;
          a += alpha;
        }
      }
      row[x * 4] = r;
      row[x * 4 + 1] = g;
      row[x * 4 + 2] = b;
      row[x * 4 + 3] = a;
    }
    return row;
  };

  const data = new Uint8ClampedArray(width * height * 4);
  const sum = new Float64Array(rowLength);
  const scale = 1 / (UNIT * UNIT);
  for (let y = 0; y < height; y++) {
    const from = vertical.first[y]!;
    for (const [key, row] of rows) {
      if (key < from) {
        rows.delete(key);
        free.push(row);
      }
    }
    sum.fill(0);
    for (let k = 0; k < vertical.count; k++) {
      const weight = vertical.weights[y * vertical.count + k]!;
      if (weight === 0) continue;
      let row = rows.get(from + k);
      if (!row) {
        row = filterRow(from + k);
        rows.set(from + k, row);
      }
      for (let i = 0; i < rowLength; i++) sum[i]! += row[i]! * weight;
    }
    const out = y * rowLength;
    for (let i = 0; i < rowLength; i += 4) {
      const alpha = opaque ? 255 : sum[i + 3]! * scale;
      const divide = opaque ? scale : alpha > 0 ? scale / alpha : 0;
      data[out + i] = sum[i]! * divide;
      data[out + i + 1] = sum[i + 1]! * divide;
      data[out + i + 2] = sum[i + 2]! * divide;
      data[out + i + 3] = alpha;
    }
  }
  return { width, height, data };
}
