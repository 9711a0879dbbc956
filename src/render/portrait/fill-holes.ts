import { createImage, type RgbaImage } from "../../core/image.ts";

/** Colours times weights, and weights, of a picture. */
interface Level {
  readonly width: number;
  readonly height: number;
  /** `[height, width, 4]`: red, green, blue times weight, weight. */
  readonly sums: Float32Array;
}

/** Half as large; weights add up to 1 at most. */
function smaller({ width, height, sums }: Level): Level {
  const [w, h] = [(width + 1) >> 1, (height + 1) >> 1];
  const out = new Float32Array(w * h * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = ((y >> 1) * w + (x >> 1)) * 4;
      const from = (y * width + x) * 4;
      for (let k = 0; k < 4; k++) out[to + k]! += sums[from + k]!;
    }
  }
  for (let i = 0; i < out.length; i += 4) {
    const most = Math.max(1, out[i + 3]!);
    for (let k = 0; k < 4; k++) out[i + k]! /= most;
  }
  return { width: w, height: h, sums: out };
}

/** Fills what a level lacks from the next smaller one, bilinear. */
function pull(level: Level, small: Level): void {
  const { width, height, sums } = level;
  for (let y = 0; y < height; y++) {
    const v = Math.min(small.height - 1, Math.max(0, y / 2 - 0.25));
    const [j, fy] = [v | 0, v % 1];
    const below = Math.min(small.height - 1, j + 1);
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const lack = 1 - sums[at + 3]!;
      if (lack <= 0) continue;
      const u = Math.min(small.width - 1, Math.max(0, x / 2 - 0.25));
      const [i, fx] = [u | 0, u % 1];
      const right = Math.min(small.width - 1, i + 1);
      const corner = (column: number, row: number) => (row * small.width + column) * 4;
      for (let k = 0; k < 4; k++) {
        const upper = small.sums[corner(i, j) + k]! * (1 - fx) + small.sums[corner(right, j) + k]! * fx;
        const lower =
          small.sums[corner(i, below) + k]! * (1 - fx) + small.sums[corner(right, below) + k]! * fx;
        sums[at + k]! += lack * (upper * (1 - fy) + lower * fy);
      }
    }
  }
}

/**
 * The picture where it is known, and elsewhere a smooth continuation of it.
 * @param known `[height, width]`, 0 (unknown) to 1 (stays as it is).
 * @see Gortler et al. 1996, "The Lumigraph", for pull and push through a pyramid.
 */
export function fillHoles(image: RgbaImage, known: Float32Array): RgbaImage {
  const { width, height, data } = image;
  const sums = new Float32Array(width * height * 4);
  for (let i = 0; i < known.length; i++) {
    for (let k = 0; k < 3; k++) sums[i * 4 + k] = data[i * 4 + k]! * known[i]!;
    sums[i * 4 + 3] = known[i]!;
  }
  const levels: Level[] = [{ width, height, sums }];
  while (Math.max(levels.at(-1)!.width, levels.at(-1)!.height) > 1) levels.push(smaller(levels.at(-1)!));
  for (let l = levels.length - 2; l >= 0; l--) pull(levels[l]!, levels[l + 1]!);
  const out = createImage(width, height);
  for (let i = 0; i < known.length; i++) {
    const weight = Math.max(1e-6, sums[i * 4 + 3]!);
    for (let k = 0; k < 3; k++) {
      out.data[i * 4 + k] = known[i] === 1 ? data[i * 4 + k]! : sums[i * 4 + k]! / weight + 0.5;
    }
    out.data[i * 4 + 3] = 255;
  }
  return out;
}
