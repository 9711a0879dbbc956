import type { RgbaImage } from "../../core/image.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import type { FittedFace } from "../face-rig/fitted-face.ts";
import type { Outline } from "../mouth/mouth-outline.ts";
import { lightOf } from "../raster/light.ts";
import { curve } from "../raster/plane.ts";
import { INNER_LOWER, INNER_UPPER, OUTER_LOWER, OUTER_UPPER } from "../face-rig/topology.ts";
import type { Canvas } from "../raster/warp.ts";

/** How far the dark line of shut lips reaches into each lip, from the mouth's left corner in the picture to its right. */
export interface LipSeam {
  /** `[SEAM_COLUMNS]` in inter-ocular distances. */
  readonly upper: Float32Array;
  readonly lower: Float32Array;
}

const SEAM_COLUMNS = 41;
/** The line ends where a lip is this bright again, relative to its middle. */
const LIT = 0.85;
const LEAST_IOD = 0.008;
const MOST_IOD = 0.045;
/** What is left of a lip's light where it turns inward at the opening. */
const INWARD_LIGHT = 0.72;
/** The search goes a little beyond the measured line, and lends what lies this share farther still. */
const WIDER = 1.35;
const STRETCH = 0.4;
/** Brightness relative to the source lip between which a pixel is taken for the line. */
const DARK = 0.78;
const LIGHT = 0.96;
/** Gap between the lips at which nothing of that line is left on them, in inter-ocular distances. */
const GONE_IOD = 0.03;

/** Measures the dark line between shut lips. */
export function measureSeam(image: RgbaImage, face: FittedFace): LipSeam {
  const { points, iod } = face;
  const line = (ring: readonly number[]) =>
    curve(
      ring.flatMap((v) => [points[v * 3]!, points[v * 3 + 1]!]),
      (SEAM_COLUMNS - 1) / (ring.length - 1),
    );
  const light = lightOf(image);
  const reach = (innerRing: readonly number[], outerRing: readonly number[]) => {
    const inner = line(innerRing);
    const outer = line(outerRing);
    const raw = Float32Array.from({ length: SEAM_COLUMNS }, (_, c) => {
      const [x, y] = [inner[c * 2]!, inner[c * 2 + 1]!];
      const [dx, dy] = [outer[c * 2]! - x, outer[c * 2 + 1]! - y];
      const thickness = Math.hypot(dx, dy);
      if (thickness < 1) return LEAST_IOD;
      const middle = [0.4, 0.5, 0.6].reduce(
        (sum, share) => sum + light(x + share * dx, y + share * dy) / 3,
        0,
      );
      let share = 0;
      const most = Math.min(0.45, (MOST_IOD * iod) / thickness);
      while (share < most && light(x + share * dx, y + share * dy) < LIT * middle) share += 0.25 / thickness;
      return Math.max(LEAST_IOD, (share * thickness) / iod);
    });
    // The widest of the neighbours, then smooth: a crumb that is left shows more than a line that is too wide.
    const widest = raw.map((_, c) =>
      Math.max(raw[Math.max(0, c - 1)]!, raw[c]!, raw[Math.min(SEAM_COLUMNS - 1, c + 1)]!),
    );
    return widest.map((_, c) =>
      [-2, -1, 0, 1, 2].reduce((sum, k) => sum + widest[clamp(c + k, 0, SEAM_COLUMNS - 1)]! / 5, 0),
    );
  };
  const [first, last] = [INNER_UPPER[0]!, INNER_UPPER[INNER_UPPER.length - 1]!];
  const sides = [reach(INNER_UPPER, OUTER_UPPER), reach(INNER_LOWER, OUTER_LOWER)] as const;
  if (points[last * 3]! < points[first * 3]!) for (const side of sides) side.reverse();
  return { upper: sides[0], lower: sides[1] };
}

/**
 * Takes the dark line of shut lips off their edges when they part: within the line's width from the opening the lip's
 * own pixels are mirrored at the line's border. Without it crumbs of the line stay on the lips.
 * @param outline of the opening on `canvas`, which is changed.
 * @param melting as of the mouth's inside: how far the picture's blur hides that lips turn inward, 0 to 1.
 */
export function wipeSeam(
  canvas: Canvas,
  outline: Outline,
  seam: LipSeam,
  iod: number,
  melting: number,
): void {
  const { alongX, alongY, width, bins, count } = outline;
  if (outline.largestGap < 0.3) return;
  const at = (side: Float32Array, bin: number) => {
    const place = (bin / Math.max(1, count - 1)) * (SEAM_COLUMNS - 1);
    const low = Math.min(SEAM_COLUMNS - 2, Math.floor(place));
    return iod * (side[low]! + (side[low + 1]! - side[low]!) * (place - low));
  };
  const widest = iod * Math.max(...seam.upper, ...seam.lower);
  const pad = 4 * widest + 2;
  const ends = [0, width].flatMap((along) =>
    [Math.min(...outline.upper) - pad, Math.max(...outline.lower) + pad].map((across) => [
      outline.x + along * alongX - across * alongY,
      outline.y + along * alongY + across * alongX,
    ]),
  ) as [number, number][];
  const x0 = clamp(Math.floor(Math.min(...ends.map((e) => e[0]))), 0, canvas.width);
  const x1 = clamp(Math.ceil(Math.max(...ends.map((e) => e[0]))) + 1, 0, canvas.width);
  const y0 = clamp(Math.floor(Math.min(...ends.map((e) => e[1]))), 0, canvas.height);
  const y1 = clamp(Math.ceil(Math.max(...ends.map((e) => e[1]))) + 1, 0, canvas.height);
  const columns = x1 - x0;
  if (columns <= 0 || y1 <= y0) return;
  const before = new Uint32Array(columns * (y1 - y0));
  for (let y = y0; y < y1; y++) {
    before.set(canvas.words.subarray(y * canvas.width + x0, y * canvas.width + x1), (y - y0) * columns);
  }
  const sample = (x: number, y: number, shift: number) => {
    const u = clamp(x - x0, 0, columns - 1.001);
    const v = clamp(y - y0, 0, y1 - y0 - 1.001);
    const [i, j] = [u | 0, v | 0];
    const from = j * columns + i;
    const [fx, fy] = [i + 1 < columns ? u - i : 0, j + 1 < y1 - y0 ? v - j : 0];
    const byte = (k: number) => ((before[k] ?? 0) >>> shift) & 255;
    const top = byte(from) + (byte(from + 1) - byte(from)) * fx;
    const low = byte(from + columns) + (byte(from + columns + 1) - byte(from + columns)) * fx;
    return top + (low - top) * fy;
  };
  const lip = new Float32Array(3);
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const [rx, ry] = [x - outline.x, y - outline.y];
      const bin = Math.round((rx * alongX + ry * alongY) * bins);
      if (bin < 0 || bin >= count) continue;
      const across = ry * alongX - rx * alongY;
      const [top, bottom] = [outline.upper[bin]!, outline.lower[bin]!];
      const [above, below] = [top - across, across - bottom];
      const beyond = Math.max(above, below);
      const line = WIDER * at(above > below ? seam.upper : seam.lower, bin) + 0.008 * iod;
      // Inside the opening nothing is needed but a pixel for its soft edge.
      if (beyond >= line || beyond < -1) continue;
      const share = smoothstep(0.3 * GONE_IOD * iod, GONE_IOD * iod, bottom - top);
      if (share <= 0) continue;
      const step = (1 + STRETCH) * (line - beyond) * (above > below ? -1 : 1);
      const [u, v] = [x - step * alongY, y + step * alongX];
      for (let k = 0; k < 3; k++) lip[k] = sample(u, v, 8 * k);
      const to = y * canvas.width + x;
      const word = canvas.words[to]!;
      const dark =
        brightness(word & 255, (word >>> 8) & 255, (word >>> 16) & 255) /
        brightness(lip[0]!, lip[1]!, lip[2]!);
      const replaced = 1 - smoothstep(DARK, LIGHT, dark);
      const inward = 1 - (1 - 0.8 * melting) * (1 - INWARD_LIGHT) * clamp(1 - beyond / line, 0, 1) ** 1.5;
      let out = word & 0xff000000;
      for (let k = 0; k < 3; k++) {
        const own = (word >>> (8 * k)) & 255;
        const shown = inward * (own + (lip[k]! - own) * replaced);
        out |= Math.round(own + (shown - own) * share) << (8 * k);
      }
      canvas.words[to] = out >>> 0;
    }
  }
}

function brightness(r: number, g: number, b: number): number {
  return 0.299 * r + 0.587 * g + 0.114 * b + 1;
}
