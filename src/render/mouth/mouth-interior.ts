import type { Box } from "../../core/face.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import type { Affine } from "../face-rig/deformer.ts";
import type { MouthLayer } from "./mouth-layers.ts";
import { outlineOf, type Outline } from "./mouth-outline.ts";
import { drawTongue, type CoveredPart, type TongueFrame } from "./tongue.ts";
import type { Colour, PictureFacts } from "../portrait/picture-facts.ts";
import { samplePlane, toLinear, toSrgb, type Plane } from "../raster/plane.ts";
import { sampleTexture, type Canvas, type Texture } from "../raster/warp.ts";

/** All that one frame of the mouth's inside needs. */
export interface InteriorFrame extends TongueFrame {
  readonly texture: Texture;
  /** Whether the source's mouth is open: then its closed lips have no dark line of their own. */
  readonly open?: boolean;
  /** Whether the seam of the source's closed lips, which lay in the light, is shaded beside an opening. */
  readonly shadedSeam?: boolean;
  /**
   * How far the picture's own blur melts the inside into the lips, 0 (default) to 1: in a very small face a thin gap is
   * no dark line, and no cavity is black.
   */
  readonly melting?: number;
  /** The person's own teeth out of another picture, in the place of those that the source shows. */
  readonly own?: OwnTeethView | null;
}

/** Own teeth of another picture as they are seen from the canvas. */
export interface OwnTeethView {
  readonly texture: Texture;
  /** Where the teeth are, 0 to 1, from pixel (`x`, `y`) of that picture on. */
  readonly mask: Plane;
  readonly x: number;
  readonly y: number;
  /** From the canvas to that picture. */
  readonly map: Affine;
  /** Gain of linear light from that picture to the source. */
  readonly light: Colour;
}

/** The map that undoes `m`. */
export function inverse(m: Affine): Affine {
  const det = m[0]! * m[4]! - m[1]! * m[3]!;
  const [a, b, c, d] = [m[4]! / det, -m[1]! / det, -m[3]! / det, m[0]! / det];
  return Float64Array.from([a, b, -a * m[2]! - b * m[5]!, c, d, -c * m[2]! - d * m[5]!]);
}

/** Adds a layer over the colour in `under` (premultiplied, linear). */
function over(under: Float64Array, layer: MouthLayer, x: number, y: number): void {
  const u = (x - layer.x) * layer.scale;
  const v = (y - layer.y) * layer.scale;
  const x0 = Math.floor(u);
  const y0 = Math.floor(v);
  if (x0 < 0 || y0 < 0 || x0 + 1 >= layer.width || y0 + 1 >= layer.height) return;
  const fx = u - x0;
  const fy = v - y0;
  const { rgba } = layer;
  const a = (y0 * layer.width + x0) * 4;
  const c = a + layer.width * 4;
  const w00 = (1 - fx) * (1 - fy);
  const w10 = fx * (1 - fy);
  const w01 = (1 - fx) * fy;
  const w11 = fx * fy;
  const alpha = rgba[a + 3]! * w00 + rgba[a + 7]! * w10 + rgba[c + 3]! * w01 + rgba[c + 7]! * w11;
  if (alpha <= 0) return;
  for (let k = 0; k < 3; k++) {
    const value = rgba[a + k]! * w00 + rgba[a + 4 + k]! * w10 + rgba[c + k]! * w01 + rgba[c + 4 + k]! * w11;
    under[k] = under[k]! * (1 - alpha) + value;
  }
}

/** A part of a canvas in which the opening of a mouth lies. */
interface Opening extends CoveredPart {
  /** `[height, width]` how much of a pixel the inside covers, 0 to 1; −1 beyond the corners of the mouth. */
  readonly cover: Float64Array;
}

/** Memory of drawing, used again from frame to frame. */
let cover = new Float64Array(0);

/**
 * Looks which pixels of a box the inside of the mouth covers.
 * @param feather softness of its edge in pixels.
 * @param seamed whether pixels beside lips that lie on each other count, covered by nothing.
 * @param beyond how many pixels beyond the corners count likewise.
 */
function openingOf(
  { alongX, alongY, bins, count, ...outline }: Outline,
  { x, y, width, height }: Box,
  feather: number,
  seamed: boolean,
  beyond: number,
  { melting = 0 }: InteriorFrame,
): Opening {
  if (cover.length < width * height) cover = new Float64Array(width * height);
  const spans = new Int32Array(2 * height);
  for (let row = 0; row < height; row++) {
    const ry = y + row - outline.y;
    let [first, end] = [width, 0];
    for (let column = 0; column < width; column++) {
      const at = row * width + column;
      cover[at] = -1;
      const rx = x + column - outline.x;
      const bin = Math.round((rx * alongX + ry * alongY) * bins);
      if (bin < 0 || bin >= count) {
        if (bin >= -beyond * bins && bin < count + beyond * bins) cover[at] = 0;
        continue;
      }
      const top = outline.upper[bin]!;
      const bottom = outline.lower[bin]!;
      const gap = bottom - top;
      if (gap < 0.01 && !seamed) continue;
      const across = ry * alongX - rx * alongY;
      const slack = feather / Math.min(outline.upperCosine[bin]!, outline.lowerCosine[bin]!) / 2;
      const melted = 1 - melting * (1 - 0.82 * clamp(gap / (MELTING_GAP * slack), 0, 1));
      const covered =
        melted *
        clamp((Math.min(bottom, across + slack) - Math.max(top, across - slack)) / (2 * slack), 0, 1);
      cover[at] = covered;
      if (covered <= 0) continue;
      first = Math.min(first, column);
      end = column + 1;
    }
    spans.set([first, end], 2 * row);
  }
  return { x, y, width, height, cover, spans };
}

/** Gap, relative to the blur of the outline, below which a melting inside gives way to the lips. */
const MELTING_GAP = 3;
/**
 * Linear colour of a melting mouth's depth relative to the lips': between lips a few pixels high teeth and tongue mix with
 * the dark behind them. (Four speakers of GRID at half size, mean grey between open lips 88, drawn at .16 72, at .3 77;
 * from .45 on a wide mouth looks filled.)
 */
const CAVITY_LIP = 0.3;

/** Linear colour of a mouth's depth without haze. @param melting how far it melts into the lips, 0 to 1. */
export function cavityOf({ skinLight, lip }: PictureFacts, melting: number): Colour {
  const deep = 0.03 * (skinLight / 0.3) ** 0.7;
  const mix = (value: number, k: 0 | 1 | 2) => value + (CAVITY_LIP * lip[k] - value) * melting;
  return [mix(deep, 0), mix(0.33 * deep, 1), mix(0.3 * deep, 2)];
}

/** Distance from the opening, in widths of its shade, from which that changes a pixel by less than half a level of 255. */
const UNSHADED = 2.2;

/** How far spread lips are drawn off the lower teeth at weight 1 of the stretch, in inter-ocular distances. */
const BARED = 0.12;
/** Gaps in inter-ocular distances between which that begins: behind a narrow slit the rows would overlap. */
const BARED_GAP_IOD = [0.05, 0.13] as const;
/**
 * How far the ends of a seam beside an opening take the shade's colour where they are lighter, and the rounding and the gaps
 * in inter-ocular distances from which on they do.
 */
const SEALED_SHADE = 0.8;
const SHADED_ROUND = 0.16;
const SHADED_GAP_IOD = [0.03, 0.12] as const;
/** Gaps in inter-ocular distances between which own teeth stop rising behind the lips. */
const RISEN_GAP_IOD = [0.04, 0.1] as const;
/** Own teeth rise by no more than this, in inter-ocular distances. */
const MOST_RISE_IOD = 0.07;

/**
 * How far own teeth rise so that a thin opening shows them where they touch each other, in pixels of the source for each
 * bin of the outline: near the gums teeth taper, and a line across them would be a row of dashes.
 */
function riseOfTeeth({ facts, iod }: InteriorFrame, outline: Outline, still: Affine): Float32Array | null {
  const rising = 1 - smoothstep(...RISEN_GAP_IOD, outline.largestGap / iod);
  if (!facts.ownTeeth || rising === 0) return null;
  const { gapless, x: ox } = facts.ownTeeth;
  return Float32Array.from({ length: outline.count }, (_, bin) => {
    const along = bin / outline.bins;
    const across = (outline.upper[bin]! + outline.lower[bin]!) / 2;
    const x = outline.x + along * outline.alongX - across * outline.alongY;
    const y = outline.y + along * outline.alongY + across * outline.alongX;
    const sx = still[0]! * x + still[1]! * y + still[2]!;
    const sy = still[3]! * x + still[4]! * y + still[5]!;
    const wanted = gapless[clamp(Math.round(sx - ox), 0, gapless.length - 1)]!;
    return rising * clamp(wanted - sy, 0, MOST_RISE_IOD * iod);
  });
}

/** Draws the inside of the mouth between the posed lips, and the shade that the opening lays on them. */
export function drawMouthInterior(frame: InteriorFrame, canvas: Canvas): void {
  const { layers, facts, iod, target, shape, texture, melting = 0 } = frame;
  const outline = outlineOf(target);
  if (outline.largestGap < 0.02 && !frame.open) return;
  const { alongX, alongY, width, bins } = outline;
  const { words } = canvas;
  const feather = Math.max(1, 2 * facts.blurPx, 0.008 * iod);
  const rim = 0.02 * iod;
  const pad = Math.max(2, feather, 2.5 * rim);
  let [low, high] = [Infinity, -Infinity];
  for (let bin = 0; bin < outline.count; bin++) {
    low = Math.min(low, outline.upper[bin]!, outline.lower[bin]!);
    high = Math.max(high, outline.upper[bin]!, outline.lower[bin]!);
  }
  const corners = [0, width].flatMap((along) =>
    [low, high].map((across) => [
      outline.x + along * alongX - across * alongY,
      outline.y + along * alongY + across * alongX,
    ]),
  ) as [number, number][];
  const x0 = Math.max(0, Math.floor(Math.min(...corners.map((c) => c[0])) - pad));
  const y0 = Math.max(0, Math.floor(Math.min(...corners.map((c) => c[1])) - pad));
  const x1 = Math.min(canvas.width - 1, Math.ceil(Math.max(...corners.map((c) => c[0])) + pad));
  const y1 = Math.min(canvas.height - 1, Math.ceil(Math.max(...corners.map((c) => c[1])) + pad));
  if (x0 > x1 || y0 > y1) return;
  const box = { x: x0, y: y0, width: x1 - x0 + 1, height: y1 - y0 + 1 };
  const gapIod = outline.largestGap / iod;
  const shadedBy = Math.max(smoothstep(0, SHADED_ROUND, shape.round), smoothstep(...SHADED_GAP_IOD, gapIod));
  const sealed = frame.shadedSeam ? SEALED_SHADE * shadedBy : 0;
  const seamed = frame.open === true || sealed > 0;
  const opening = openingOf(outline, box, feather, seamed, sealed > 0 ? UNSHADED * rim : 0, frame);
  const tongue = drawTongue(frame, opening);
  const still = inverse(frame.headMap(layers.teethDepth));
  const risen = riseOfTeeth(frame, outline, still);
  const open = shape.controls.jaw ?? 0;
  // Rounded lips cover the lower teeth as well; spread ones are drawn off them.
  const bared = BARED * (shape.controls.stretch ?? 0) * smoothstep(...BARED_GAP_IOD, gapIod);
  const jawX = open * layers.jawShift[0];
  const jawY = open * layers.jawShift[1] + (0.16 * shape.round - bared) * iod;
  // Little light enters a mouth that is nearly shut, or a tube of rounded lips.
  const entering = clamp(0.86 + 1.4 * gapIod, 0.86, 1) * (1 - 0.5 * shape.round) * (1 - 0.15 * melting);
  // Shadows as thin as the picture's blur join the lips' own line to a ring around the teeth: they melt as well.
  const underLip = 0.58 + 0.1 * melting;
  const overLip = 0.72 + 0.12 * melting;
  const lipShade = 1 - 0.6 * melting;
  const cavity = cavityOf(facts, melting);
  const grainSize = facts.grain;
  const colour = new Float64Array(3);
  const seamWidth = Math.max(0.8, 0.011 * iod);
  const seamGap = Math.max(1, 0.03 * iod);
  // Haze lies over the mouth's inside as over all else: nothing is darker than the picture's own black.
  const { haze } = facts;
  const clear = facts.skin.map((value) => 1 - Math.min(1, haze / Math.max(0.01, value)));
  const seamColour = facts.lip.map((value, k) => toSrgb(haze + clear[k]! * value * [0.4, 0.3, 0.3][k]!));
  const fold = (i: number, length: number) => {
    const period = Math.max(1, 2 * (length - 1));
    const m = ((Math.round(i) % period) + period) % period;
    return m < length ? m : period - m;
  };
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      const inBox = (y - y0) * box.width + x - x0;
      const covered = opening.cover[inBox]!;
      if (covered < 0) continue;
      const rx = x - outline.x;
      const ry = y - outline.y;
      const along = rx * alongX + ry * alongY;
      const across = ry * alongX - rx * alongY;
      const bin = clamp(Math.round(along * bins), 0, outline.count - 1);
      const top = outline.upper[bin]!;
      const bottom = outline.lower[bin]!;
      const gap = bottom - top;
      const cosU = outline.upperCosine[bin]!;
      const cosL = outline.lowerCosine[bin]!;
      // The opening shades the lips around it.
      const beside = Math.max(0, -along, along - width);
      const outside = Math.hypot(Math.max((top - across) * cosU, (across - bottom) * cosL, 0), beside) / rim;
      if (covered === 0 && !frame.open && outside > UNSHADED) continue;
      const at = y * canvas.width + x;
      const word = words[at]!;
      const shaded =
        1 -
        lipShade *
          (across < top ? 0.2 : 0.13) *
          (outside === 0 ? 1 : Math.exp(-outside * outside)) *
          clamp(gap / (0.04 * iod), 0, 1);
      let r = (word & 255) * shaded;
      let g = ((word >>> 8) & 255) * shaded;
      let b = ((word >>> 16) & 255) * shaded;
      if (sealed > 0) {
        // Beside an opening the seam is in the shade, whatever colour it has in the light.
        const away = (rim * outside) / (2 * seamWidth);
        const share = sealed * Math.exp(-away * away) * clamp(1.5 - gap / (2 * seamGap), 0, 1);
        r = mixByte(r, Math.min(r, seamColour[0]!), share);
        g = mixByte(g, Math.min(g, seamColour[1]!), share);
        b = mixByte(b, Math.min(b, seamColour[2]!), share);
      }
      if (frame.open) {
        // Closed from an open picture, the lips meet in a dark line, and what is left of the teeth goes.
        const away = (across - (top + bottom) / 2) / seamWidth;
        const seam = 0.85 * Math.exp(-away * away) * clamp(1 - gap / seamGap, 0, 1);
        r = mixByte(r, seamColour[0]!, seam);
        g = mixByte(g, seamColour[1]!, seam);
        b = mixByte(b, seamColour[2]!, seam);
      }
      if (covered > 0) {
        const sx = still[0]! * x + still[1]! * y + still[2]!;
        const sy = still[3]! * x + still[4]! * y + still[5]!;
        const tongueAt = inBox * 4;
        const alpha = tongue[tongueAt + 3]!;
        for (let k = 0; k < 3; k++) colour[k] = cavity[k]! * (1 - alpha) + tongue[tongueAt + k]! * alpha;
        over(colour, layers.lower, sx - jawX, sy - jawY);
        over(colour, layers.upper, sx, sy);
        const below = Math.max(0, (across - top) * cosU) / iod;
        const above = Math.max(0, (bottom - across) * cosL) / iod;
        const middle = (along / width - 0.5) * 2;
        const shadow =
          (underLip + (1 - underLip) * Math.min(1, below / 0.055) ** 0.8) *
          (overLip + (1 - overLip) * Math.min(1, above / 0.03)) *
          clamp(1 - (0.78 - 0.3 * melting) * middle * middle, 0.14, 1) *
          entering;
        r = mixByte(r, toSrgb(haze + clear[0]! * colour[0]! * shadow ** 0.93), covered);
        g = mixByte(g, toSrgb(haze + clear[1]! * colour[1]! * shadow ** 1.03), covered);
        b = mixByte(b, toSrgb(haze + clear[2]! * colour[2]! * shadow ** 1.06), covered);
        if (frame.own) {
          const { mask, map, light, x: ox, y: oy } = frame.own;
          const tx = map[0]! * x + map[1]! * y + map[2]!;
          const ty = map[3]! * x + map[4]! * y + map[5]!;
          const own =
            tx > ox && ty > oy && tx < ox + mask.width - 1 && ty < oy + mask.height - 1
              ? samplePlane(mask, tx - ox, ty - oy) * covered
              : 0;
          if (own > 0) {
            const shown = sampleTexture(frame.own.texture, tx, ty);
            // The lips' shadow comes with the teeth, but for where the upper lip is now.
            const shade = (0.75 + 0.25 * Math.min(1, below / 0.04)) * (1 - 0.3 * shape.round);
            r = mixByte(r, toSrgb(toLinear(shown & 255) * light[0] * shade), own);
            g = mixByte(g, toSrgb(toLinear((shown >>> 8) & 255) * light[1] * shade), own);
            b = mixByte(b, toSrgb(toLinear((shown >>> 16) & 255) * light[2] * shade), own);
          }
        } else if (facts.ownTeeth) {
          const { plane, x: ox, y: oy } = facts.ownTeeth;
          const ty = sy + (risen ? risen[bin]! : 0);
          if (sx > ox && ty > oy && sx < ox + plane.width - 1 && ty < oy + plane.height - 1) {
            const own = samplePlane(plane, sx - ox, ty - oy) * covered;
            if (own > 0) {
              const shown = sampleTexture(texture, sx, ty);
              r = mixByte(r, shown & 255, own);
              g = mixByte(g, (shown >>> 8) & 255, own);
              b = mixByte(b, (shown >>> 16) & 255, own);
            }
          }
        }
        const grain =
          grainSize.data[fold(sy, grainSize.height) * grainSize.width + fold(sx, grainSize.width)]! *
          covered *
          0.6 *
          clamp(g / 110, 0.25, 1);
        r += grain;
        g += grain;
        b += grain;
      }
      words[at] =
        ((word & 0xff000000) |
          (clamp(Math.round(b), 0, 255) << 16) |
          (clamp(Math.round(g), 0, 255) << 8) |
          clamp(Math.round(r), 0, 255)) >>>
        0;
    }
  }
}

function mixByte(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
