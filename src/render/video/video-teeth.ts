import type { FaceLandmarks } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { clamp } from "../../core/scalar.ts";
import { fitFace, type FittedFace } from "../face-rig/fitted-face.ts";
import { headToHead, type HeadFit } from "../face-rig/head-fit.ts";
import { outlineOf } from "../mouth/mouth-outline.ts";
import { inverse, type OwnTeethView } from "../mouth/mouth-interior.ts";
import { measureTeeth, type Colour, type PictureFacts } from "../portrait/picture-facts.ts";
import {
  blurPlane,
  cropBox,
  luminance,
  percentile,
  samplePlane,
  toLinear,
  type Plane,
} from "../raster/plane.ts";
import type { Rig } from "../face-rig/rig.ts";
import { createTexture, type Texture } from "../raster/warp.ts";

/** A person's own upper teeth, cut out of a frame of the video. */
export interface OwnTeeth {
  readonly texture: Texture;
  /** Where the teeth are, 0 to 1, from pixel (`x`, `y`) of that frame on. */
  readonly mask: Plane;
  readonly x: number;
  readonly y: number;
  /** The head in that frame, and the teeth's depth in it in pixels. */
  readonly head: HeadFit;
  readonly depth: number;
  /** Linear colour of the skin in that frame's light. */
  readonly skin: Colour;
  /** Visible area in squared inter-ocular distances, to choose between frames. */
  readonly area: number;
}

/** What one frame shows of a person's teeth. */
export interface TeethSighting {
  /** Linear colour of the lit teeth, and of the skin in the same light. */
  readonly colour: Colour;
  readonly skin: Colour;
  /** The upper row, where it is seen whole. */
  readonly row: OwnTeeth | null;
}

/** What all frames show of them. */
export interface KnownTeeth {
  readonly colour: Colour;
  readonly skin: Colour;
  readonly row: OwnTeeth | null;
}

/** The lips must be this far apart, in inter-ocular distances. */
const LEAST_GAP_IOD = 0.06;
/** Teeth begin this near below the upper lip; farther down there is something in front of them, or they are lower ones. */
const UNDER_LIP_IOD = 0.03;
const LEAST_HEIGHT_IOD = 0.04;
/** Upper front teeth are never taller; what follows below are lower ones. */
const MOST_HEIGHT_IOD = 0.17;
/** Middle of the mouth (half widths) in which nearly all columns must show teeth. */
const MIDDLE = 0.5;
const MOST_COLUMNS = 0.85;
/** A break this wide along the mouth ends the row, in inter-ocular distances. */
const BREAK_IOD = 0.03;
/** Teeth are at least this bright relative to the skin, and at least this pale. */
const LEAST_LIGHT = 0.5;
const LEAST_PALENESS = 1.12;
/** Fewer pixels, or a smaller area in squared inter-ocular distances, tell nothing. */
const LEAST_PIXELS = 12;
const LEAST_AREA = 0.003;

/** Least of the channels relative to the greatest: two colours' ratio of it is the same in light of any hue. */
const paleness = (colour: Colour) => Math.min(...colour) / Math.max(1e-4, ...colour);

/** Looks for teeth in a frame: something brighter and paler than lips, tongue and gums; null where there is nothing. */
export function lookForTeeth(rig: Rig, image: RgbaImage, landmarks: FaceLandmarks): TeethSighting | null {
  const face = fitFace(rig, image, landmarks);
  if (!face.open || face.gapIod < LEAST_GAP_IOD) return null;
  const facts = measureTeeth(image, face);
  if (!facts.ownTeeth) return null;
  const { plane, x: left, y: top } = facts.ownTeeth;
  const colours: Colour[] = [];
  plane.data.forEach((value, i) => {
    if (value < 0.6) return;
    const at = ((top + Math.floor(i / plane.width)) * image.width + left + (i % plane.width)) * 4;
    colours.push([toLinear(image.data[at]!), toLinear(image.data[at + 1]!), toLinear(image.data[at + 2]!)]);
  });
  if (colours.length < Math.max(LEAST_PIXELS, LEAST_AREA * face.iod * face.iod)) return null;
  const typical = (k: number) =>
    percentile(
      colours.map((colour) => colour[k]!),
      0.65,
    );
  const colour: Colour = [typical(0), typical(1), typical(2)];
  if (luminance(colour) < LEAST_LIGHT * facts.skinLight) return null;
  if (paleness(colour) < LEAST_PALENESS * paleness(facts.skin)) return null;
  return {
    colour,
    skin: facts.skin,
    row: cutUpperRow(rig, image, face, { ...facts.ownTeeth, skin: facts.skin }),
  };
}

/** Cuts the upper teeth out of a frame, or gives null where it does not show a whole row right below the upper lip. */
function cutUpperRow(
  rig: Rig,
  image: RgbaImage,
  face: FittedFace,
  seen: { readonly plane: Plane; readonly x: number; readonly y: number; readonly skin: Colour },
): OwnTeeth | null {
  const { plane, x: left, y: top } = seen;
  const { points, iod } = face;
  const flat = Float64Array.from(
    { length: (points.length / 3) * 2 },
    (_, i) => points[(i >> 1) * 3 + (i & 1)]!,
  );
  const outline = outlineOf(flat);
  const { alongX, alongY, width, bins, count } = outline;
  const seenAt = (bin: number, across: number) => {
    const along = bin / bins;
    return samplePlane(
      plane,
      outline.x + along * alongX - across * alongY - left,
      outline.y + along * alongY + across * alongX - top,
    );
  };
  /** Lower end of the teeth in each column, or NaN. */
  const ends = Float32Array.from({ length: count }, (_, bin) => {
    const [from, to] = [outline.upper[bin]!, outline.lower[bin]!];
    let at = from;
    while (at < from + UNDER_LIP_IOD * iod && seenAt(bin, at) < 0.5) at += 0.25;
    const begin = at;
    while (at < to && at < from + MOST_HEIGHT_IOD * iod && seenAt(bin, at) >= 0.5) at += 0.25;
    return at - begin >= LEAST_HEIGHT_IOD * iod ? at : NaN;
  });
  const middle = (count - 1) / 2;
  const central = ends.filter((_, bin) => Math.abs(bin - middle) < MIDDLE * middle);
  if (central.filter((end) => !Number.isNaN(end)).length < MOST_COLUMNS * central.length) return null;
  // From the middle outward, to the first real break.
  const keep = new Uint8Array(count);
  for (const step of [-1, 1]) {
    let missing = 0;
    for (
      let bin = Math.round(middle);
      bin >= 0 && bin < count && missing < BREAK_IOD * iod * bins;
      bin += step
    ) {
      missing = Number.isNaN(ends[bin]!) ? missing + 1 : 0;
      if (missing === 0) keep[bin] = 1;
    }
  }
  const data = new Float32Array(plane.width * plane.height);
  for (let y = 0, i = 0; y < plane.height; y++) {
    for (let x = 0; x < plane.width; x++, i++) {
      const [rx, ry] = [left + x - outline.x, top + y - outline.y];
      const bin = Math.round((rx * alongX + ry * alongY) * bins);
      if (bin < 0 || bin >= count || !keep[bin]) continue;
      if (ry * alongX - rx * alongY <= ends[bin]!) data[i] = plane.data[i]!;
    }
  }
  const mask = blurPlane({ ...plane, data }, Math.max(0.5, 0.006 * iod));
  const lipDepth = (points[13 * 3 + 2]! + points[14 * 3 + 2]!) / 2;
  let front = Infinity;
  for (let i = 2; i < rig.upperTeeth.positions.length; i += 3)
    front = Math.min(front, rig.upperTeeth.positions[i]!);
  const behind = front - (rig.vertices[13 * 3 + 2]! + rig.vertices[14 * 3 + 2]!) / 2;
  const box = cropBox(
    { x: left, y: top, width: plane.width, height: plane.height },
    image.width,
    image.height,
  );
  return {
    texture: createTexture(image, box, 2),
    mask,
    x: left,
    y: top,
    head: face.head,
    depth: lipDepth + behind * face.head.scale,
    skin: seen.skin,
    area: (mask.data.reduce((sum, value) => sum + value, 0) / (iod * iod)) * Math.min(1, width / (0.5 * iod)),
  };
}

/** Frames that must show them for teeth to be believed: a single one may be a mistake. */
const WITNESSES = 2;

/** Teeth that at least two frames show: their colour, and the row of the frame that shows most of it. */
export function knowTeeth(sightings: readonly (TeethSighting | null)[]): KnownTeeth | null {
  const seen = sightings.filter((sighting) => sighting !== null);
  if (seen.length < WITNESSES) return null;
  const relative = ({ colour, skin }: TeethSighting) => luminance(colour) / Math.max(1e-4, luminance(skin));
  const { colour, skin } = seen.sort((a, b) => relative(a) - relative(b))[seen.length >> 1]!;
  const rows = seen.map(({ row }) => row).filter((row) => row !== null);
  rows.sort((a, b) => b.area - a.area);
  return { colour, skin, row: rows.length >= WITNESSES ? rows[0]! : null };
}

/** Gain of linear light from one picture of a face to another, by its skin. */
function lightBetween(from: Colour, to: Colour): Colour {
  const gain = (k: 0 | 1 | 2) => clamp(to[k] / Math.max(1e-4, from[k]), 0.6, 1.6);
  return [gain(0), gain(1), gain(2)];
}

/** Teeth as seen in a picture of the head in another pose. @param facts of the picture whose light is wanted. */
export function viewTeeth(row: OwnTeeth, facts: PictureFacts, head: HeadFit): OwnTeethView {
  const { texture, mask, x, y, depth } = row;
  const map = inverse(headToHead(row.head, head)(depth));
  return { texture, mask, x, y, map, light: lightBetween(row.skin, facts.skin) };
}

/** Share of the own teeth's colour in that of the drawn ones, how much brighter than usual, and how bright they may be. */
const OWN_COLOUR = 0.8;
const LIT = 1.15;
const MOST_LIGHT = 0.8;

/** What a picture tells, with the drawn teeth in the colour of the own ones. */
export function withTeethColour(facts: PictureFacts, { colour, skin }: KnownTeeth): PictureFacts {
  const light = lightBetween(skin, facts.skin);
  const own = colour.map((value, k) => value * light[k]!);
  const limit = Math.min(LIT, MOST_LIGHT / Math.max(1e-4, luminance(own)));
  const mix = (k: 0 | 1 | 2) => facts.teeth[k] + (own[k]! * limit - facts.teeth[k]) * OWN_COLOUR;
  return { ...facts, teeth: [mix(0), mix(1), mix(2)] };
}
