import type { Box, FaceLandmarks } from "../../core/face.ts";
import { createImage, type RgbaImage } from "../../core/image.ts";
import type { PersonMatte } from "../../core/person-matte.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import { fillHoles } from "./fill-holes.ts";

/** The still background of a picture, and its people without it. */
export interface Backdrop {
  /**
   * The people: premultiplied colour, and in the alpha channel how much of a pixel is theirs. Moved and laid over the
   * background it is the picture again where nothing moved.
   */
  readonly people: RgbaImage;
  /** What is behind them, opaque. */
  readonly background: RgbaImage;
}

/** Between these a pixel's share in the matte is a person's edge. */
const EDGE = [0.15, 0.85] as const;
/** Pixels whose share is at most this show the background alone. */
const CLEAR = 0.08;
/** Pixels whose share is at least this are made up of a person's colour as far as the background's does not explain it. */
const MOSTLY = 0.5;
/** A matte is not believed when more of the moving part than this is undecided, or the face is less sure than that. */
const MOST_UNSURE = 0.15;
const LEAST_FACE = 0.97;
/** Landmarks of the face's outline, from which the forehead's hair is not far. */
const OVAL = [10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152];

/** The matte over each pixel of a picture, bilinear, `[height, width]` in [0, 1]. */
function sharesOf(matte: PersonMatte, width: number, height: number): Float32Array {
  const shares = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const v = clamp(((y + 0.5) * matte.height) / height - 0.5, 0, matte.height - 1.001);
    const [j, fy] = [v | 0, v % 1];
    for (let x = 0; x < width; x++) {
      const u = clamp(((x + 0.5) * matte.width) / width - 0.5, 0, matte.width - 1.001);
      const [i, fx] = [u | 0, u % 1];
      const at = j * matte.width + i;
      const upper = matte.data[at]! * (1 - fx) + matte.data[at + 1]! * fx;
      const lower = matte.data[at + matte.width]! * (1 - fx) + matte.data[at + matte.width + 1]! * fx;
      shares[y * width + x] = smoothstep(...EDGE, (upper * (1 - fy) + lower * fy) / 255);
    }
  }
  return shares;
}

/** Whether a matte is sure of the face and of most of what is around it. */
function sure(shares: Float32Array, width: number, box: Box, { points }: FaceLandmarks): boolean {
  let unsure = 0;
  for (let y = box.y; y < box.y + box.height; y++) {
    for (let x = box.x; x < box.x + box.width; x++) {
      const share = shares[y * width + x]!;
      if (share > 0.1 && share < 0.9) unsure++;
    }
  }
  const height = shares.length / width;
  const face = OVAL.map((v) => {
    const x = clamp(Math.round(points[v * 3]!), 0, width - 1);
    const y = clamp(Math.round(points[v * 3 + 1]!), 0, height - 1);
    return shares[y * width + x]!;
  });
  const inside = face.filter((share) => share > LEAST_FACE).length / face.length;
  return unsure <= MOST_UNSURE * box.width * box.height && inside > 0.8;
}

/**
 * Parts a picture into people and background, so that a head can turn before a wall that stands still.
 * @param source as it is. @param image the same, without what is to be drawn anew.
 * @param box the part that may move.
 * @returns undefined where the matte is not sure: the surroundings then move along a little.
 * @see Porter and Duff 1984 for the composition.
 */
export function createBackdrop(
  source: RgbaImage,
  image: RgbaImage,
  matte: PersonMatte,
  box: Box,
  landmarks: FaceLandmarks,
): Backdrop | undefined {
  const { width, height } = source;
  const shares = sharesOf(matte, width, height);
  if (!sure(shares, width, box, landmarks)) return undefined;
  const background = fillHoles(
    source,
    shares.map((share) => Math.max(0, 1 - share / CLEAR)),
  );
  const people = createImage(width, height);
  for (let i = 0; i < shares.length; i++) {
    let share = shares[i]!;
    for (let k = 0; share >= MOSTLY && k < 3; k++) {
      const [own, behind] = [image.data[i * 4 + k]!, background.data[i * 4 + k]!];
      // As much of a person as it takes to make this colour of that behind it.
      if (own < behind) share = Math.max(share, 1 - own / behind);
      else if (behind < 255) share = Math.max(share, (own - behind) / (255 - behind));
    }
    const alpha = Math.round(share * 255);
    people.data[i * 4 + 3] = alpha;
    for (let k = 0; k < 3; k++) {
      const behind = Math.floor(((255 - alpha) * background.data[i * 4 + k]! + 127) / 255);
      people.data[i * 4 + k] = image.data[i * 4 + k]! - behind;
    }
  }
  return { people, background };
}
