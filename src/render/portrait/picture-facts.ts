import type { RgbaImage } from "../../core/image.ts";
import { clamp } from "../../core/scalar.ts";
import type { FittedFace } from "../face-rig/fitted-face.ts";
import {
  blurPlane,
  boxAround,
  cropBox,
  curve,
  labPlanes,
  luminance,
  percentile,
  toLinear,
  type Plane,
} from "../raster/plane.ts";
import {
  CHEEKS,
  INNER_LOWER,
  INNER_UPPER,
  LEFT_EYE,
  OUTER_LOWER,
  OUTER_UPPER,
  OVAL,
  RIGHT_EYE,
} from "../face-rig/topology.ts";

/** Linear RGB. */
export type Colour = readonly [number, number, number];

/** What the picture tells about light, colour and grain, so that the mouth's inside can match it. */
export interface PictureFacts {
  readonly skin: Colour;
  /** Linear light of the haze over the picture, in every channel: what its darkest pixels still have. */
  readonly haze: number;
  readonly lip: Colour;
  /** The darkest part of the eyes. */
  readonly lash: Colour;
  readonly teeth: Colour;
  readonly gum: Colour;
  readonly tongue: Colour;
  /** Luminance of the skin. */
  readonly skinLight: number;
  /** Blur of the picture's sharpest edges as the sigma of a Gaussian, in pixels. */
  readonly blurPx: number;
  /** Fine structure of a cheek (sRGB steps around 0), to be tiled by mirroring. */
  readonly grain: Plane;
  /** Where the source shows the person's own teeth, 0 to 1; null when it shows none. */
  readonly ownTeeth: OwnTeeth | null;
}

/** Where a picture shows the person's own teeth. */
export interface OwnTeeth {
  /** Pixel of the picture at the plane's first. */
  readonly x: number;
  readonly y: number;
  /** 0 to 1. */
  readonly plane: Plane;
  /** `[plane.width]` height at which the upper row has fewest gaps, in pixels of the picture. */
  readonly gapless: Float32Array;
}

const scaled = (colour: Colour, factor: number): Colour => [
  colour[0] * factor,
  colour[1] * factor,
  colour[2] * factor,
];
const mixed = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

/** Even-odd test of a point against a polygon `[n, 2]`. */
export function inPolygon(polygon: Float64Array, x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2) {
    const [xi, yi, xj, yj] = [polygon[i]!, polygon[i + 1]!, polygon[j]!, polygon[j + 1]!];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Polygon `[n, 2]` in pixels between two rows of vertices that share their ends. */
export function outline(face: FittedFace, upper: readonly number[], lower: readonly number[]): Float64Array {
  const line = (ring: readonly number[]) =>
    curve(
      ring.flatMap((v) => [face.points[v * 3]!, face.points[v * 3 + 1]!]),
      5,
    );
  const back = line(lower);
  const reversed = new Float64Array(back.length);
  for (let i = 0; i < back.length; i += 2)
    reversed.set(back.subarray(back.length - i - 2, back.length - i), i);
  return Float64Array.from([...line(upper), ...reversed]);
}

/** Linear colours of the pixels in a polygon. */
export function pixelsOf(image: RgbaImage, polygon: Float64Array): Colour[] {
  const xs = polygon.filter((_, i) => i % 2 === 0);
  const ys = polygon.filter((_, i) => i % 2 === 1);
  const box = cropBox(
    {
      x: Math.min(...xs),
      y: Math.min(...ys),
      width: Math.max(...xs) - Math.min(...xs) + 1,
      height: Math.max(...ys) - Math.min(...ys) + 1,
    },
    image.width,
    image.height,
  );
  const found: Colour[] = [];
  for (let y = box.y; y < box.y + box.height; y++) {
    for (let x = box.x; x < box.x + box.width; x++)
      if (inPolygon(polygon, x, y)) found.push(colourAt(image, x, y));
  }
  return found;
}

function colourAt(image: RgbaImage, x: number, y: number): Colour {
  const i = (y * image.width + x) * 4;
  return [toLinear(image.data[i]!), toLinear(image.data[i + 1]!), toLinear(image.data[i + 2]!)];
}

/** Mean of the colours whose luminance lies between two percentiles. */
function meanBetween(colours: readonly Colour[], low: number, high: number): Colour | null {
  if (colours.length < 8) return null;
  const lights = Float64Array.from(colours, luminance);
  const sorted = lights.slice().sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  const [from, to] = [at(low), at(high)];
  const chosen = colours.filter((_, i) => lights[i]! >= from && lights[i]! <= to);
  return chosen
    .reduce<Colour>((sum, c) => [sum[0] + c[0], sum[1] + c[1], sum[2] + c[2]], [0, 0, 0])
    .map((value) => value / chosen.length) as unknown as Colour;
}

function cheekPatches(image: RgbaImage, face: FittedFace, radius: number) {
  return CHEEKS.map((v) =>
    cropBox(
      {
        x: face.points[v * 3]! - radius * face.iod,
        y: face.points[v * 3 + 1]! - radius * face.iod,
        width: 2 * radius * face.iod,
        height: 2 * radius * face.iod,
      },
      image.width,
      image.height,
    ),
  ).filter((box) => box.width > 2 && box.height > 2);
}

function lumaPlane(image: RgbaImage, box: { x: number; y: number; width: number; height: number }): Plane {
  const data = new Float32Array(box.width * box.height);
  for (let y = 0, at = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++, at++) {
      const i = ((box.y + y) * image.width + box.x + x) * 4;
      data[at] = 0.299 * image.data[i]! + 0.587 * image.data[i + 1]! + 0.114 * image.data[i + 2]!;
    }
  }
  return { width: box.width, height: box.height, data };
}

/** Sigma of the sharpest edges around the eyes: their contrast over their steepest slope. */
function edgeBlur(image: RgbaImage, face: FittedFace): number {
  const sigmas = [RIGHT_EYE, LEFT_EYE].map((eye) => {
    const [a, b] = [eye.upper[0]!, eye.upper[8]!];
    const x = (face.points[a * 3]! + face.points[b * 3]!) / 2;
    const y = (face.points[a * 3 + 1]! + face.points[b * 3 + 1]!) / 2;
    const r = 0.28 * face.iod;
    const box = cropBox(
      { x: x - r, y: y - 0.6 * r, width: 2 * r, height: 1.2 * r },
      image.width,
      image.height,
    );
    if (box.width < 4 || box.height < 4) return 1;
    const { width, height, data } = lumaPlane(image, box);
    const slopes: number[] = [];
    for (let j = 0; j + 1 < height; j++) {
      for (let i = 0; i + 1 < width; i++) {
        const at = j * width + i;
        slopes.push(Math.hypot(data[at + 1]! - data[at]!, data[at + width]! - data[at]!));
      }
    }
    return (percentile(data, 0.97) - percentile(data, 0.03)) / (2.5 * percentile(slopes, 0.985) + 1e-3);
  });
  return clamp(Math.min(...sigmas), 0.45, 0.05 * face.iod + 0.5);
}

/** High frequencies of the larger cheek patch, in sRGB steps. */
function cheekGrain(image: RgbaImage, face: FittedFace): Plane {
  const boxes = cheekPatches(image, face, 0.1).sort((a, b) => b.width * b.height - a.width * a.height);
  if (boxes.length === 0) return { width: 1, height: 1, data: new Float32Array(1) };
  const planes = boxes.map((box) => {
    const plane = lumaPlane(image, box);
    const low = blurPlane(plane, 1.4);
    const data = plane.data.map((value, i) => value - low.data[i]!);
    return { ...plane, data, power: data.reduce((sum, value) => sum + value * value, 0) / data.length };
  });
  // The median patch: neither a freckle nor a flat highlight.
  planes.sort((a, b) => a.power - b.power);
  return planes[Math.floor((planes.length - 1) / 2)]!;
}

/** Share of a face's pixels that are its darkest: pupils, nostrils, lashes. */
const DARKEST = 0.004;

/** Least channel of the mean of a face's darkest pixels: haze is grey, what is coloured is a dark thing's own. */
function hazeOf(image: RgbaImage, face: FittedFace): number {
  const across = OVAL.map((v) => face.points[v * 3]!);
  const down = OVAL.map((v) => face.points[v * 3 + 1]!);
  const [left, top] = [Math.min(...across), Math.min(...down)];
  const box = cropBox(
    { x: left, y: top, width: Math.max(...across) - left, height: Math.max(...down) - top },
    image.width,
    image.height,
  );
  const found: Colour[] = [];
  for (let y = 0; y < box.height; y++)
    for (let x = 0; x < box.width; x++) found.push(colourAt(image, box.x + x, box.y + y));
  return Math.min(...(meanBetween(found, 0, DARKEST) ?? [0]));
}

function findOwnTeeth(
  image: RgbaImage,
  face: FittedFace,
  skinLight: number,
  lipRed: number,
): OwnTeeth | null {
  if (!face.open) return null;
  const polygon = outline(face, INNER_UPPER, INNER_LOWER);
  const box = boxAround(polygon, Math.ceil(0.05 * face.iod), image);
  if (box.width < 4 || box.height < 4) return null;
  const [, red] = labPlanes(image, box);
  const softRed = blurPlane(red, Math.max(0.5, 0.004 * face.iod));
  const light = { width: box.width, height: box.height, data: new Float32Array(box.width * box.height) };
  const inside = { ...light, data: new Float32Array(light.data.length) };
  for (let y = 0, at = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++, at++) {
      light.data[at] = luminance(colourAt(image, box.x + x, box.y + y));
      inside.data[at] = inPolygon(polygon, box.x + x, box.y + y) ? 1 : 0;
    }
  }
  const softLight = blurPlane(light, Math.max(0.5, 0.012 * face.iod));
  const soft = blurPlane(inside, Math.max(0.8, 0.01 * face.iod));
  const data = soft.data.map(
    (value, i) =>
      clamp((value - 0.5) * 2, 0, 1) *
      clamp((softLight.data[i]! / skinLight - 0.3) / 0.25, 0, 1) *
      clamp((lipRed - 2 - softRed.data[i]!) / 6, 0, 1),
  );
  const plane = blurPlane({ ...light, data }, Math.max(0.6, 0.006 * face.iod));
  if (!plane.data.some((value) => value > 0.5)) return null;
  const gapless = gaplessHeight(plane, 0.06 * face.iod).map((y) => y + box.y);
  return { x: box.x, y: box.y, plane, gapless };
}

/** Share of teeth along a row of pixels below which a row of teeth has ended, and, of its greatest share, above which it has no gaps. */
const ROW_ENDS = 0.3;
const GAPLESS = 0.9;

/**
 * Height at which the upper row of teeth has fewest gaps in a plane, for each column, softened over `reach` columns: near
 * the gums teeth taper, and between them gum is seen.
 */
function gaplessHeight({ width, height, data }: Plane, reach: number): Float32Array {
  const along = (line: Float32Array<ArrayBuffer>) =>
    blurPlane({ width, height: 1, data: line }, Math.max(1, reach)).data;
  const shares = Array.from({ length: height }, (_, y) => along(data.slice(y * width, (y + 1) * width)));
  const weight = new Float32Array(width);
  const moment = new Float32Array(width);
  for (let x = 0; x < width; x++) {
    const column = shares.map((row) => row[x]!);
    const begins = column.findIndex((share) => share >= ROW_ENDS);
    // The lower row comes after a gap.
    const ends = column.findIndex((share, y) => y > begins && share < ROW_ENDS);
    const row = begins < 0 ? [] : column.slice(0, ends < 0 ? height : ends);
    const gapless = GAPLESS * Math.max(...row);
    row.forEach((share, y) => {
      if (share < gapless) return;
      weight[x]! += share;
      moment[x]! += share * y;
    });
  }
  const total = along(weight);
  return along(moment).map((sum, x) => sum / (total[x]! + 1e-6));
}

/** Colours of skin and lips, and how bright the skin is. */
function skinAndLips(image: RgbaImage, face: FittedFace): Pick<PictureFacts, "skin" | "skinLight" | "lip"> {
  const cheeks = cheekPatches(image, face, 0.12).flatMap((box) => {
    const found: Colour[] = [];
    for (let y = 0; y < box.height; y++)
      for (let x = 0; x < box.width; x++) found.push(colourAt(image, box.x + x, box.y + y));
    return found;
  });
  const skin = meanBetween(cheeks, 0.4, 0.85) ?? [0.4, 0.3, 0.25];
  const lips = [
    ...pixelsOf(image, outline(face, INNER_LOWER, OUTER_LOWER)),
    ...pixelsOf(image, outline(face, OUTER_UPPER, INNER_UPPER)),
  ];
  const lip = meanBetween(lips, 0.25, 0.75) ?? [skin[0], skin[1] * 0.6, skin[2] * 0.6];
  return { skin, skinLight: Math.max(0.01, luminance(skin)), lip };
}

/** What {@link measurePicture} tells of the teeth that a picture shows. */
export function measureTeeth(
  image: RgbaImage,
  face: FittedFace,
): Pick<PictureFacts, "skin" | "skinLight" | "ownTeeth"> {
  const { skin, skinLight, lip } = skinAndLips(image, face);
  return { skin, skinLight, ownTeeth: findOwnTeeth(image, face, skinLight, redOf(lip)) };
}

/** Measures a picture around one face. */
export function measurePicture(image: RgbaImage, face: FittedFace): PictureFacts {
  const { skin, skinLight, lip } = skinAndLips(image, face);
  const whites = [RIGHT_EYE, LEFT_EYE].flatMap((eye) => pixelsOf(image, outline(face, eye.upper, eye.lower)));
  const white = meanBetween(whites, 0.75, 0.92) ?? skin;
  const light = Math.min(0.78, clamp(luminance(white), 1.2 * skinLight, 2.3 * skinLight));
  const neutral = mixed([1, 1, 1], scaled(skin, 1 / skinLight), 0.3);
  const cast = mixed(neutral, scaled(white, 1 / Math.max(0.01, luminance(white))), 0.4);
  const tint: Colour = [cast[0] * 1.04, cast[1] * 0.985, cast[2] * 0.87];
  let teeth = scaled(tint, light / luminance(tint));
  const lipRed = redOf(lip);
  const ownTeeth = findOwnTeeth(image, face, skinLight, lipRed);
  if (ownTeeth) {
    const seen: Colour[] = [];
    ownTeeth.plane.data.forEach((value, i) => {
      if (value > 0.6)
        seen.push(
          colourAt(
            image,
            ownTeeth.x + (i % ownTeeth.plane.width),
            ownTeeth.y + Math.floor(i / ownTeeth.plane.width),
          ),
        );
    });
    const bright = meanBetween(seen, 0.5, 1);
    if (bright && luminance(bright) > 0.45 * skinLight) {
      const shown = scaled(bright, Math.min(1 / 0.8, 0.82 / luminance(bright)));
      if (luminance(shown) > 0.6 * luminance(teeth)) teeth = mixed(teeth, shown, 0.65);
    }
  }
  const gumLight = light / 0.62;
  return {
    skin,
    haze: hazeOf(image, face),
    lip,
    lash: meanBetween(whites, 0, 0.15) ?? scaled(skin, 0.15),
    teeth,
    gum: mixed(scaled([0.5, 0.2, 0.18], 0.45 * gumLight), scaled(lip, 0.5), 0.4),
    tongue: mixed(scaled([0.56, 0.16, 0.14], 1.05 * gumLight), [lip[0], lip[1] * 0.8, lip[2] * 0.8], 0.25),
    skinLight,
    blurPx: edgeBlur(image, face),
    grain: cheekGrain(image, face),
    ownTeeth,
  };
}

/** The red-green axis of CIE L*a*b* of a linear colour. */
function redOf(colour: Colour): number {
  const cube = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = (0.412453 * colour[0] + 0.35758 * colour[1] + 0.180423 * colour[2]) / 0.950456;
  return 500 * (cube(x) - cube(0.212671 * colour[0] + 0.71516 * colour[1] + 0.072169 * colour[2]));
}
