import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import type { FittedFace } from "../face-rig/fitted-face.ts";
import { inPolygon, outline } from "../portrait/picture-facts.ts";
import { blurPlane, boxAround, percentile, samplePlane, type Plane } from "../raster/plane.ts";
import { INNER_LOWER, INNER_UPPER, OUTER_LOWER, OUTER_UPPER, OVAL } from "../face-rig/topology.ts";

/** Lips that were parted by less have no wedges at their corners: they stay as they are, in inter-ocular distances. */
const LEAST_GAP_IOD = 0.07;
/** Lips are inpainted on a grid of at most this many cells between the eyes: what is filled in is smooth. */
const GRID_IOD = 60;
/** How far around the lips the picture is looked at, in inter-ocular distances. */
const AROUND_IOD = 0.3;
/** Around each corner of the opening dark wedges are looked for up to here, in inter-ocular distances. */
const CORNER_IOD = 0.11;
/**
 * Share of the lips' light that a pixel lacks between which it ceases to be lip: lips are shaded toward their inner
 * edges, the skin beside the corners is not.
 */
const LIP_DARK = [0.2, 0.45] as const;
const CORNER_DARK = [0.06, 0.18] as const;
/** The opening's blur is taken for no narrower than this, in cells, and no wider than that, in inter-ocular distances. */
const LEAST_BLUR = 0.7;
const MOST_BLUR_IOD = 0.03;
/** Share of the opening in a pixel's blur, times this, is the share of it that is filled in. */
const HALO = 4;
/** A pixel brighter than the lips by so much, and this much less red, is a tooth. */
const TOOTH_LIGHT = 1.12;
const TOOTH_RED = 0.72;
/** Turn of the head in degrees between which wedges at the far corner are left alone. */
const FAR_YAW_DEG = [10, 22] as const;
/** Redness relative to the lips' least between which a pixel is skin to take colour from; grey pictures tell nothing. */
const LENDING_RED = [0.2, 0.45] as const;
const LEAST_RED = 0.03;
/** Reaches of the filling-in in inter-ocular distances: the nearest that finds lip or skin counts. */
const FILL_IOD = [0.02, 0.045, 0.1, 0.25] as const;

/** The neighbourhood of the lips on a coarse grid. */
interface Grid {
  readonly width: number;
  readonly height: number;
  /** Pixels per cell. */
  readonly step: number;
  /** Place of a cell's middle in the picture. */
  x(column: number): number;
  y(row: number): number;
  /** A number for each cell. */
  plane(value: (column: number, row: number, at: number) => number): Plane;
}

function createGrid(box: Box, iod: number): Grid {
  const step = Math.max(1, iod / GRID_IOD);
  const [width, height] = [Math.floor(box.width / step), Math.floor(box.height / step)];
  return {
    width,
    height,
    step,
    x: (column) => box.x + (column + 0.5) * step - 0.5,
    y: (row) => box.y + (row + 0.5) * step - 0.5,
    plane(value) {
      const data = new Float32Array(width * height);
      for (let row = 0, at = 0; row < height; row++) {
        for (let column = 0; column < width; column++, at++) data[at] = value(column, row, at);
      }
      return { width, height, data };
    },
  };
}

/** Mean red, green and blue of the pixels under each cell. */
function meanColours(image: RgbaImage, box: Box, grid: Grid): [Plane, Plane, Plane] {
  const mean = (channel: number) =>
    grid.plane((column, row) => {
      let [sum, count] = [0, 0];
      const right = Math.min(image.width, box.x + (column + 1) * grid.step);
      const bottom = Math.min(image.height, box.y + (row + 1) * grid.step);
      for (let y = Math.floor(box.y + row * grid.step); y < bottom; y++) {
        for (let x = Math.floor(box.x + column * grid.step); x < right; x++, count++) {
          sum += image.data[(y * image.width + x) * 4 + channel]!;
        }
      }
      return sum / count;
    });
  return [mean(0), mean(1), mean(2)];
}

/** Percentile of the values of the cells that `where` marks; NaN when it marks none. */
const among = (values: Float32Array, where: Plane, share: number) =>
  percentile(
    values.filter((_, at) => where.data[at]! > 0.5),
    share,
  );

/** Light of the skin around each cell relative to the usual one: the face's own shading. */
function shading(light: Float32Array, lips: Plane, iod: number, grid: Grid): Float32Array {
  const near = blurPlane(lips, (0.06 * iod) / grid.step);
  const skin = { ...lips, data: near.data.map((value) => (value < 0.02 ? 1 : 0)) };
  const usual = among(light, skin, 0.5);
  const wide = (0.15 * iod) / grid.step;
  const count = blurPlane(skin, wide).data;
  const sum = blurPlane({ ...skin, data: skin.data.map((value, at) => value * light[at]!) }, wide).data;
  return count.map((value, at) => (value > 1e-3 ? clamp(sum[at]! / value / usual, 0.5, 1.5) : 1));
}

interface Known {
  /** How much of each cell is no part of the opening, nor of what belongs to it, nor of the blur of either, 0 to 1. */
  readonly stays: Plane;
  /** How much of each cell is lip or skin whose colour may be taken, 0 to 1: not what is behind a turned face. */
  readonly sourceWeights: Plane;
}

/** Tells lips and skin from the opening; null where the picture shows no lips to compare with. */
function findLips(colours: readonly Plane[], face: FittedFace, blurPx: number, grid: Grid): Known | null {
  const { points, iod, yawDeg } = face;
  const [red, green, blue] = colours.map((colour) => colour.data) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const light = red.map((r, at) => 0.299 * r + 0.587 * green[at]! + 0.114 * blue[at]!);
  const redness = red.map((r, at) => (r - green[at]!) / (r + green[at]! + blue[at]! + 1));
  const inside = (polygon: Float64Array) =>
    grid.plane((column, row) => (inPolygon(polygon, grid.x(column), grid.y(row)) ? 1 : 0));
  const within = (upper: readonly number[], lower: readonly number[]) => inside(outline(face, upper, lower));
  const opening = within(INNER_UPPER, INNER_LOWER);
  const lips = [within(OUTER_UPPER, INNER_UPPER), within(INNER_LOWER, OUTER_LOWER)]
    .map((plane) => ({ plane, light: among(light, plane, 0.6), red: among(redness, plane, 0.5) }))
    .filter((lip) => Number.isFinite(lip.light));
  if (lips.length === 0) return null;
  const lit = shading(light, within(OUTER_UPPER, OUTER_LOWER), iod, grid);
  const halo = (what: Plane) =>
    blurPlane(what, Math.max(LEAST_BLUR, Math.min(blurPx, MOST_BLUR_IOD * iod) / grid.step)).data;
  const soft = halo(opening);
  // A turned face's far corner lies on its outline, where a wedge is not told from the shade.
  const turned = smoothstep(...FAR_YAW_DEG, Math.abs(yawDeg));
  const corners = (
    [
      [78, 308],
      [308, 78],
    ] as const
  ).map(([v, other]) => ({
    x: points[v * 3]!,
    y: points[v * 3 + 1]!,
    share: points[v * 3 + 2]! > points[other * 3 + 2]! ? 1 - turned : 1,
  }));
  const unlike = grid.plane((column, row, at) => {
    if (opening.data[at]! > 0) return 1;
    const atCorner = Math.max(
      ...corners.map(({ x, y, share }) => {
        const away = Math.hypot(grid.x(column) - x, grid.y(row) - y);
        return share * (1 - smoothstep(0.7 * CORNER_IOD * iod, CORNER_IOD * iod, away));
      }),
    );
    const rim = smoothstep(0.02, 0.2, soft[at]!);
    const region = Math.max(atCorner, rim);
    if (region === 0) return 0;
    const own = lips.filter((lip) => lip.plane.data[at]! > 0.5);
    const like = own.length > 0 ? own : lips;
    const usual = Math.min(...like.map((lip) => lip.light)) * lit[at]!;
    const hue = redness[at]! / Math.max(1e-3, Math.min(...like.map((lip) => lip.red)));
    const bare = own.length > 0 ? 0 : atCorner * (1 - smoothstep(0.85, 1.1, hue));
    const threshold = (k: 0 | 1) => LIP_DARK[k] + (CORNER_DARK[k] - LIP_DARK[k]) * bare;
    const dark = smoothstep(threshold(0), threshold(1), 1 - light[at]! / usual);
    const tooth = rim * smoothstep(1, TOOTH_LIGHT, light[at]! / usual) * smoothstep(1, TOOTH_RED, hue);
    return region * Math.max(dark, tooth);
  });
  const spread = halo(unlike);
  const stays = grid.plane(
    (_column, _row, at) => (1 - unlike.data[at]!) * (1 - clamp(HALO * spread[at]!, 0, 1)),
  );
  const inFace = inside(Float64Array.from(OVAL.flatMap((v) => [points[v * 3]!, points[v * 3 + 1]!])));
  const least = Math.min(...lips.map((lip) => lip.red));
  const sourceWeights = grid.plane((_column, _row, at) => {
    const coloured = least > LEAST_RED ? smoothstep(...LENDING_RED, redness[at]! / least) : 1;
    return stays.data[at]! * inFace.data[at]! * coloured;
  });
  return { stays, sourceWeights };
}

/** What the nearest cells give to each, from near to far; `sourceWeights` 0 to 1. */
function fillIn(colours: readonly Plane[], sourceWeights: Plane, iod: number, grid: Grid): Plane[] {
  const filled = colours.map(() => grid.plane(() => 0));
  const missing = new Float32Array(sourceWeights.data.length).fill(1);
  for (const reach of FILL_IOD) {
    const sigma = Math.max(0.6, (reach * iod) / grid.step);
    const weight = blurPlane(sourceWeights, sigma).data;
    const sums = colours.map(
      (colour) =>
        blurPlane({ ...colour, data: colour.data.map((value, at) => value * sourceWeights.data[at]!) }, sigma)
          .data,
    );
    for (let at = 0; at < missing.length; at++) {
      if (weight[at]! < 1e-6) continue;
      const share = reach === FILL_IOD[FILL_IOD.length - 1] ? 1 : smoothstep(0.02, 0.3, weight[at]!);
      filled.forEach(({ data }, k) => (data[at]! += (missing[at]! * share * sums[k]![at]!) / weight[at]!));
      missing[at]! *= 1 - share;
    }
  }
  return filled;
}

/**
 * Continues lips and skin into an open mouth and over the dark wedges at its corners, so that lips which shut or move
 * carry nothing of the opening on their edges.
 * @param blurPx sigma of the picture's sharpest edges: so far the opening's colours reach over its border.
 * @returns a copy of `image`, or `image` itself where the lips are hardly parted or hidden, or the face is tiny.
 */
export function inpaintLips(image: RgbaImage, face: FittedFace, blurPx: number): RgbaImage {
  const { iod } = face;
  if (face.gapIod < LEAST_GAP_IOD) return image;
  const lips = outline(face, OUTER_UPPER, OUTER_LOWER);
  const box = boxAround(lips, AROUND_IOD * iod, image);
  const grid = createGrid(box, iod);
  if (grid.width < 4 || grid.height < 4) return image;
  const colours = meanColours(image, box, grid);
  const known = findLips(colours, face, blurPx, grid);
  if (!known) return image;
  const filled = fillIn(colours, known.sourceWeights, iod, grid);
  const data = image.data.slice();
  for (let y = box.y; y < box.y + box.height; y++) {
    for (let x = box.x; x < box.x + box.width; x++) {
      const [u, v] = [(x + 0.5 - box.x) / grid.step - 0.5, (y + 0.5 - box.y) / grid.step - 0.5];
      const own = samplePlane(known.stays, u, v);
      if (own > 0.999) continue;
      const i = (y * image.width + x) * 4;
      filled.forEach((plane, k) => {
        data[i + k] = image.data[i + k]! * own + samplePlane(plane, u, v) * (1 - own);
      });
    }
  }
  return { width: image.width, height: image.height, data };
}
