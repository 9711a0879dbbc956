import type { RgbaImage } from "../../core/image.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import { cheapestPath, smoothLine } from "../mouth/edge-path.ts";
import { outlineOf, type Outline } from "../mouth/mouth-outline.ts";
import type { Colour } from "../portrait/picture-facts.ts";
import { lightOf } from "../raster/light.ts";
import { sampleTexture, type Canvas, type Texture } from "../raster/warp.ts";

/** The inside of a mouth in one picture, and where it comes apart when the lips open farther. */
export interface MouthInside {
  /** The opening in that picture. */
  readonly outline: Outline;
  /** `[outline.count]` place of the darkest line between the lips, 0 at the upper one to 1: below what hangs from the skull, above what the jaw carries. */
  readonly parting: Float32Array;
  /** Mean sRGB of the darkest tenth between the lips; null where the lips are too near to tell. */
  readonly dark: Colour | null;
}

/** What is behind the teeth where a picture does not show it. */
export interface Cavity {
  /** SRGB. */
  readonly colour: Colour;
  /** Sigma of the picture's sharpest edges in pixels. */
  readonly blurPx: number;
}

/** Rows that are tried for the parting, at so many columns. */
const ROWS = 15;
const COLUMNS = 24;
/** The parting keeps this share of the gap from either lip, and costs so many grey levels to change by a row. */
const FROM_LIP = 0.12;
const BENDING = 3;
/** Lips nearer than this many pixels in their widest show nothing of what is dark behind them. */
const LEAST_GAP_PX = 3;
const DARKEST = 0.1;
/** More than there are pixels in any picture. */
const MOST_PIXELS = 2 ** 32;
/** Gain of the gap in pixels over which the inside begins to part. */
const PARTS_PX = [0.15, 0.8] as const;
/** Softness of the dark's borders in inter-ocular distances, and in the picture's blurs; at least half a pixel. */
const SOFT_IOD = 0.012;
const SOFT_BLURS = 1.2;
/** Gaps in pixels up to which an opening that was wider is as thin as its share of a pixel shows, and from which no longer. */
const THIN_PX = [0.9, 1.8] as const;
/** Loss of the gap in pixels over which that begins. */
const THINS_PX = [0.2, 0.8] as const;
/** Distance from the opening's edge in pixels at which the lips show their own colour. */
const ON_LIP_PX = 1;
/** Share of the lower edge's own colour in the dark above it: what lies on the mouth's floor gets light. */
const FLOOR_LIGHT = 0.22;

/** Looks between the lips of a picture. @param points `[≥ 468, 2]` in pixels, a pixel's middle at whole numbers. */
export function lookInside(image: RgbaImage, points: Float64Array): MouthInside {
  const outline = outlineOf(points);
  const { upper, lower, count, bins, alongX, alongY } = outline;
  const light = lightOf(image);
  const place = (bin: number, across: number) =>
    [
      outline.x + (bin / bins) * alongX - across * alongY,
      outline.y + (bin / bins) * alongY + across * alongX,
    ] as const;
  const columns = Math.min(COLUMNS, count);
  const binOf = (column: number) => Math.round((column / Math.max(1, columns - 1)) * (count - 1));
  const shareOf = (row: number) => FROM_LIP + ((1 - 2 * FROM_LIP) * row) / (ROWS - 1);
  const cost = new Float64Array(columns * ROWS);
  for (let column = 0; column < columns; column++) {
    const bin = binOf(column);
    const gap = Math.max(0, lower[bin]! - upper[bin]!);
    for (let row = 0; row < ROWS; row++) {
      cost[column * ROWS + row] = light(...place(bin, upper[bin]! + shareOf(row) * gap));
    }
  }
  const path = cheapestPath(cost, columns, ROWS, BENDING);
  const smooth = smoothLine(
    Float64Array.from(path, (row) => shareOf(row)),
    1,
  );
  const parting = Float32Array.from({ length: count }, (_, bin) => {
    const at = (bin / Math.max(1, count - 1)) * (columns - 1);
    const left = Math.min(columns - 1, Math.floor(at));
    const right = Math.min(columns - 1, left + 1);
    return smooth[left]! + (smooth[right]! - smooth[left]!) * (at - left);
  });
  return { outline, parting, dark: darkest(image, outline, place) };
}

function darkest(
  { width, height, data }: RgbaImage,
  { upper, lower, count, largestGap }: Outline,
  place: (bin: number, across: number) => readonly [number, number],
): MouthInside["dark"] {
  if (largestGap < LEAST_GAP_PX) return null;
  /** Pixels between the lips, the darkest first once they are sorted: three times their light, then how they were found. */
  const found: number[] = [];
  const places: number[] = [];
  for (let bin = 0; bin < count; bin += 2) {
    for (let across = upper[bin]! + 0.5; across < lower[bin]!; across++) {
      const [x, y] = place(bin, across);
      const at = clamp(Math.round(y), 0, height - 1) * width + clamp(Math.round(x), 0, width - 1);
      const light = data[at * 4]! + data[at * 4 + 1]! + data[at * 4 + 2]!;
      found.push(light * MOST_PIXELS + places.length);
      places.push(at * 4);
    }
  }
  if (places.length === 0) return null;
  const sorted = Float64Array.from(found).sort();
  const taken = sorted.subarray(0, Math.max(1, Math.round(DARKEST * places.length)));
  const mean = (k: 0 | 1 | 2) =>
    taken.reduce((sum, value) => sum + data[places[value % MOST_PIXELS]! + k]!, 0) / taken.length;
  return [mean(0), mean(1), mean(2)];
}

/** Mean of some colours by their weights, which add up to 1. */
function meanWord(...parts: readonly (readonly [word: number, weight: number])[]): number {
  let mean = 0xff000000;
  for (const shift of [0, 8, 16]) {
    const value = parts.reduce((sum, [word, weight]) => sum + weight * ((word >>> shift) & 255), 0);
    mean |= Math.round(value) << shift;
  }
  return mean >>> 0;
}

/**
 * Opens the inside of a mouth that was drawn wider than its picture shows it: what hangs from the skull and what the
 * jaw carries keep their size instead of being stretched, and between them it is dark. Where the opening was drawn
 * thinner than a pixel, as next to the corners of rounded lips, pixels show the inside by the part of them that it
 * covers: else it would be a dotted line.
 * @param canvas on which the picture was drawn, changed. @param texture of the picture.
 * @param target `[≥ 468, 2]` where the vertices are on the canvas. @param scale pixels of the canvas per pixel of the picture.
 * @param iod on the canvas in pixels. @param cavity what the dark is like.
 */
export function openInside(
  canvas: Canvas,
  texture: Texture,
  inside: MouthInside,
  target: Float64Array,
  scale: number,
  iod: number,
  { colour: cavity, blurPx }: Cavity,
): void {
  const { outline: source, parting } = inside;
  const outline = outlineOf(target);
  const fromOf = (bin: number) =>
    clamp(Math.round((bin / outline.count) * source.count), 0, source.count - 1);
  const ownOf = (from: number) => Math.max(0, source.lower[from]! - source.upper[from]!) * scale;
  const thinned = outline.upper.some((top, bin) => {
    const gap = outline.lower[bin]! - top;
    return gap < THIN_PX[1] && ownOf(fromOf(bin)) - gap > THINS_PX[0];
  });
  if (!thinned && outline.largestGap - source.largestGap * scale <= PARTS_PX[0]) return;
  const { alongX, alongY, width, bins, count } = outline;
  const soft = Math.max(0.5, SOFT_IOD * iod, SOFT_BLURS * blurPx);
  const sample = (bin: number, across: number) =>
    sampleTexture(
      texture,
      source.x + (bin / source.bins) * source.alongX - across * source.alongY,
      source.y + (bin / source.bins) * source.alongY + across * source.alongX,
    );
  const [low, high] = [Math.min(...outline.upper), Math.max(...outline.lower)];
  /** A pixel of an opening that was drawn thin. @param below its distance from the upper edge. */
  const thin = (from: number, below: number, gap: number): number => {
    const above = clamp(0.5 - below, 0, 1);
    const under = clamp(0.5 - (gap - below), 0, 1) * (1 - above);
    const [top, bottom] = [source.upper[from]!, source.lower[from]!];
    return meanWord(
      [sample(from, top - ON_LIP_PX / scale), above],
      [sample(from, bottom + ON_LIP_PX / scale), under],
      [sample(from, top + 0.3 * (bottom - top)), (1 - above - under) / 2],
      [sample(from, top + 0.7 * (bottom - top)), (1 - above - under) / 2],
    );
  };
  const across = [0, width].flatMap((along) => [low, high].map((v) => along * alongY + v * alongX));
  const beside = [0, width].flatMap((along) => [low, high].map((v) => along * alongX - v * alongY));
  const x0 = Math.max(0, Math.floor(outline.x + Math.min(...beside)));
  const x1 = Math.min(canvas.width - 1, Math.ceil(outline.x + Math.max(...beside)));
  const y0 = Math.max(0, Math.floor(outline.y + Math.min(...across)));
  const y1 = Math.min(canvas.height - 1, Math.ceil(outline.y + Math.max(...across)));
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      const [rx, ry] = [x - outline.x, y - outline.y];
      const bin = Math.round((rx * alongX + ry * alongY) * bins);
      if (bin < 0 || bin >= count) continue;
      const [top, bottom] = [outline.upper[bin]!, outline.lower[bin]!];
      const below = ry * alongX - rx * alongY - top;
      const gap = bottom - top;
      const from = fromOf(bin);
      const own = ownOf(from);
      const at = y * canvas.width + x;
      const thins = smoothstep(...THINS_PX, own - gap) * (1 - smoothstep(...THIN_PX, gap));
      if (thins > 0 && below > -0.5 && below < Math.max(0, gap) + 0.5) {
        const word = thin(from, clamp(below, -0.5, gap + 0.5), Math.max(0, gap));
        canvas.words[at] = meanWord([canvas.words[at]!, 1 - thins], [word, thins]);
      }
      const parts = smoothstep(...PARTS_PX, gap - own);
      if (below <= 0 || below >= gap || parts <= 0) continue;
      const hanging = parting[from]! * own;
      const standing = own - hanging;
      // The part that is nearer shows up to its border; between the borders it is dark.
      const upperPart = smoothstep(soft, -soft, below - hanging);
      const lowerPart = smoothstep(soft, -soft, gap - below - standing);
      const up = sample(from, source.upper[from]! + Math.min(below, hanging) / scale);
      const down = sample(from, source.lower[from]! - Math.min(gap - below, standing) / scale);
      const floor = FLOOR_LIGHT * (below / gap) ** 2;
      const word = canvas.words[at]!;
      let opened = word & 0xff000000;
      for (let shift = 0, k = 0; k < 3; shift += 8, k++) {
        const drawn = (word >>> shift) & 255;
        const [above, under] = [(up >>> shift) & 255, (down >>> shift) & 255];
        let value = cavity[k as 0 | 1 | 2] + (under - cavity[k as 0 | 1 | 2]) * floor;
        // Where the parting itself is darker than what is known of the cavity, it stays so.
        value = Math.min(value, Math.max(above, under));
        value += (above - value) * upperPart;
        value += (under - value) * lowerPart * (1 - upperPart);
        opened |= clamp(Math.round(drawn + (value - drawn) * parts), 0, 255) << shift;
      }
      canvas.words[at] = opened >>> 0;
    }
  }
}
