import type { RgbaImage } from "../../core/image.ts";
import { clamp } from "../../core/scalar.ts";
import { INNER_LOWER, INNER_UPPER, OUTER_LOWER, OUTER_UPPER } from "../face-rig/topology.ts";
import type { OwnLook } from "./library.ts";

/** What a mouth looks like where its landmarks are: `[81, 3]` brightness, red and blue of its places relative to the face's light. */
export type MouthLook = Float32Array;

/** Columns of the lips' rings that are looked at: all but the corners. */
const COLUMNS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** Places in a column: between which two borders (0 outer upper, 1 inner upper, 2 inner lower, 3 outer lower), and where. */
const PLACES = [
  [0, 1, -0.5],
  [0, 1, 0.3],
  [0, 1, 0.7],
  [1, 2, 0.2],
  [1, 2, 0.5],
  [1, 2, 0.8],
  [2, 3, 0.3],
  [2, 3, 0.7],
  [2, 3, 1.5],
] as const;
const BORDERS = [OUTER_UPPER, INNER_UPPER, INNER_LOWER, OUTER_LOWER] as const;
/** Weight of hue beside brightness. */
const HUE = 1.5;

/** Reads the look of a mouth. @param points `[≥ 468, 2]` in pixels, a pixel's middle at whole numbers. */
export function readMouthLook(
  { width, height, data }: RgbaImage,
  points: Float64Array,
  light: Pick<OwnLook, "red" | "green" | "blue">,
): MouthLook {
  const skin = [light.red, light.green, light.blue].map((value) => Math.max(4, Math.exp(value)));
  const look = new Float32Array(COLUMNS.length * PLACES.length * 3);
  let to = 0;
  for (const column of COLUMNS) {
    for (const [first, second, share] of PLACES) {
      const [a, b] = [BORDERS[first][column]!, BORDERS[second][column]!];
      const place = (axis: number) =>
        points[a * 2 + axis]! + share * (points[b * 2 + axis]! - points[a * 2 + axis]!);
      const [u, v] = [clamp(place(0), 0, width - 1.001), clamp(place(1), 0, height - 1.001)];
      const [x, y] = [u | 0, v | 0];
      const [fx, fy] = [u - x, v - y];
      const at = (y * width + x) * 4;
      const colour = skin.map((level, k) => {
        const above = data[at + k]! * (1 - fx) + data[at + 4 + k]! * fx;
        const below = data[at + width * 4 + k]! * (1 - fx) + data[at + width * 4 + 4 + k]! * fx;
        return (above * (1 - fy) + below * fy) / level;
      });
      const [red, green, blue] = colour as [number, number, number];
      look[to++] = 0.299 * red + 0.587 * green + 0.114 * blue;
      look[to++] = HUE * (red - green);
      look[to++] = HUE * (blue - green);
    }
  }
  return look;
}

/** Root of the mean squared difference of two looks. */
export function lookDistance(a: MouthLook, b: MouthLook): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum / a.length);
}

/** A mouth, its shape and its light. */
export interface LookingMouth {
  readonly look: Pick<OwnLook, "frame" | "gap" | "width" | "upper" | "lower" | "red" | "blue">;
  readonly mouth: MouthLook;
}

/** Differences of shape that make two mouths equally unlike, in inter-ocular distances; of light's hue likewise. */
const UNLIKE = { gap: 0.02, width: 0.04, upper: 0.04, lower: 0.045 } as const;
const SHAPE = Object.keys(UNLIKE) as readonly (keyof typeof UNLIKE)[];
const UNLIKE_HUE = 0.2;
/** So many mouths of like shape tell what is usual, at most so unlike; frames nearer than this show the same, fault included. */
const LIKE = 9;
const MOST_UNLIKE = 9;
const APART_FRAMES = 6;
/** Differences of looks less than this are usual anywhere. */
const LEAST = 0.02;

function unlike({ look: a }: LookingMouth, { look: b }: LookingMouth): number {
  let sum = ((a.red - a.blue - b.red + b.blue) / UNLIKE_HUE) ** 2;
  for (const key of SHAPE) sum += ((a[key] - b[key]) / UNLIKE[key]) ** 2;
  return sum;
}

/** Room for the values of {@link median}. */
const sorted = new Float32Array(LIKE);

/** Median of a place's values in {@link LIKE} looks. */
function median(looks: readonly MouthLook[], place: number): number {
  for (let k = 0; k < LIKE; k++) {
    const value = looks[k]![place]!;
    let at = k;
    for (; at > 0 && sorted[at - 1]! > value; at--) sorted[at] = sorted[at - 1]!;
    sorted[at] = value;
  }
  return sorted[LIKE >> 1]!;
}

/**
 * How odd each mouth looks beside those of like shape, in units of the usual: what a codec has torn or stained, what is
 * blurred, and mouths whose landmarks are wrong look like no other.
 * @returns `[mouths]`, 1 = as the median; 1, too, where too few are of like shape to tell.
 */
export function oddities(mouths: readonly LookingMouth[]): Float64Array {
  const distances = Float64Array.from(mouths, (mouth) => {
    const like: { readonly other: LookingMouth; readonly apart: number }[] = [];
    for (const other of mouths) {
      if (Math.abs(other.look.frame - mouth.look.frame) <= APART_FRAMES) continue;
      const apart = unlike(mouth, other);
      if (apart <= MOST_UNLIKE) like.push({ other, apart });
    }
    const near = like
      .sort((a, b) => a.apart - b.apart || a.other.look.frame - b.other.look.frame)
      .slice(0, LIKE);
    if (near.length < LIKE) return NaN;
    const looks = near.map(({ other }) => other.mouth);
    const usual = mouth.mouth.map((_, i) => median(looks, i));
    return lookDistance(mouth.mouth, usual);
  });
  const told = distances.filter((distance) => !Number.isNaN(distance)).sort();
  const usual = Math.max(LEAST, told[told.length >> 1] ?? 0);
  return distances.map((distance) => (Number.isNaN(distance) ? 1 : distance / usual));
}
