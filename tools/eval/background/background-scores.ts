import { createImage, type RgbaImage } from "../../../src/core/image.ts";

/** A square of a picture in which something of a background is to be found again. */
export interface Patch {
  /** Its middle in pixels. */
  readonly x: number;
  readonly y: number;
  /** Distance from the person in pixels. */
  readonly away: number;
}

/** How far a background moved while a head turned, in pixels, over patches and poses. */
export interface BackgroundScore {
  readonly patches: number;
  readonly mean: number;
  readonly most95: number;
  readonly most: number;
}

/** Half the side of a patch, and the farthest it is looked for, in pixels. */
const HALF = 4;
const FARTHEST = 6;
const STEP = 0.05;
/** Lines that are painted onto a wall: pixels from one to the next, half their width, and their share of black. */
const LINES = { apart: 22, half: 1.2, dark: 0.55 } as const;
/** Share of a person below which a pixel is the wall's. */
const WALL = 0.02;

/** Paints upright and level lines onto the wall behind a person. @param person `[height, width]`, 0 to 1. */
export function paintLines(image: RgbaImage, person: Float32Array): RgbaImage {
  const out = createImage(image.width, image.height);
  const near = (at: number) => {
    const off = Math.abs(((at + LINES.apart / 2) % LINES.apart) - LINES.apart / 2);
    return Math.max(0, Math.min(1, LINES.half + 0.5 - off));
  };
  for (let y = 0, i = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++, i++) {
      const line = LINES.dark * Math.max(near(x), near(y)) * (1 - person[i]!);
      for (let k = 0; k < 3; k++) out.data[i * 4 + k] = image.data[i * 4 + k]! * (1 - line);
      out.data[i * 4 + 3] = 255;
    }
  }
  return out;
}

/** Distance of each pixel from the person, by two passes of a chamfer (error below 8 %). */
function distances(person: Float32Array, width: number, height: number): Float32Array {
  const out = Float32Array.from(person, (share) => (share > WALL ? 0 : 1e6));
  const relax = (i: number, x: number, y: number, back: number) => {
    for (const [dx, dy, cost] of [
      [back, 0, 1],
      [0, back, 1],
      [back, back, Math.SQRT2],
      [-back, back, Math.SQRT2],
    ] as const) {
      if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue;
      out[i] = Math.min(out[i]!, out[i + dy * width + dx]! + cost);
    }
  };
  for (let i = 0; i < out.length; i++) relax(i, i % width, Math.floor(i / width), -1);
  for (let i = out.length - 1; i >= 0; i--) relax(i, i % width, Math.floor(i / width), 1);
  return out;
}

/** Patches on the crossings of the lines, so far from the person that a turned head does not cover them. */
export function findPatches(
  person: Float32Array,
  width: number,
  height: number,
  from: number,
  to: number,
): Patch[] {
  const away = distances(person, width, height);
  const reach = HALF + FARTHEST + 1;
  const found: Patch[] = [];
  for (let y = LINES.apart; y < height - reach; y += LINES.apart) {
    for (let x = LINES.apart; x < width - reach; x += LINES.apart) {
      const distance = away[y * width + x]!;
      if (distance >= from && distance < to && x >= reach && y >= reach) found.push({ x, y, away: distance });
    }
  }
  return found;
}

/**
 * How far what a patch shows has moved, in pixels: the shift at which the second picture is least unlike the first, along
 * each axis, found to a twentieth of a pixel.
 */
export function shiftOf(still: RgbaImage, moved: RgbaImage, { x, y }: Patch): number {
  const light = ({ width, data }: RgbaImage, px: number, py: number) => {
    const at = (py * width + px) * 4;
    return 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
  };
  /** The patch summed across the axis: a profile of the line that crosses it. */
  const profile = (image: RgbaImage, axis: "x" | "y", reach: number) =>
    Float64Array.from({ length: 2 * reach + 1 }, (_, k) => {
      let sum = 0;
      for (let n = -HALF; n <= HALF; n++) {
        sum += axis === "x" ? light(image, x + k - reach, y + n) : light(image, x + n, y + k - reach);
      }
      return sum;
    });
  const along = (axis: "x" | "y") => {
    const [own, other] = [profile(still, axis, HALF), profile(moved, axis, HALF + FARTHEST)];
    let [best, least] = [0, Infinity];
    const steps = Math.floor((FARTHEST - 1) / STEP);
    for (let step = -steps; step <= steps; step++) {
      const shift = step * STEP;
      let sum = 0;
      own.forEach((value, k) => {
        const at = k + FARTHEST + shift;
        const low = Math.floor(at);
        sum += (other[low]! + (other[low + 1]! - other[low]!) * (at - low) - value) ** 2;
      });
      if (sum < least - 1e-9 || (sum <= least + 1e-9 && Math.abs(shift) < Math.abs(best)))
        [best, least] = [shift, sum];
    }
    return best;
  };
  return Math.hypot(along("x"), along("y"));
}

/** Sums up shifts. */
export function scoreShifts(patches: number, shifts: readonly number[]): BackgroundScore {
  const sorted = [...shifts].sort((a, b) => a - b);
  return {
    patches,
    mean: shifts.reduce((sum, shift) => sum + shift, 0) / Math.max(1, shifts.length),
    most95: sorted[Math.floor(0.95 * (sorted.length - 1))] ?? 0,
    most: sorted.at(-1) ?? 0,
  };
}
