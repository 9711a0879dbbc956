import type { Box } from "../../core/face.ts";
import { createImage, type RgbaImage } from "../../core/image.ts";
import { limitChange, type MaskAlpha } from "../../core/mask-alpha.ts";
import { convertBox } from "./frame-planes.ts";
import { planesOf, type PlanarPicture } from "./picture.ts";
import { yuvMatrixOf } from "./plane-colour.ts";
import { makePlanes, type MadePlanes } from "./yuv.ts";

/**
 * Gives regions of planar pictures as pixels to draw upon, one picture after the other. Planes whose pixels were not
 * changed keep every sample.
 */
export interface PlaneCanvas {
  /** As large as the pictures; undefined outside the regions that were read of the present one. */
  readonly image: RgbaImage;
  /** Converts a region of a picture and what lies around it; what was drawn in regions read before stays. */
  read(picture: PlanarPicture, region: Box): void;
  /**
   * Writes what was drawn into the picture's planes: luma where a pixel has another colour than it had, chroma where
   * one of its four has.
   * @param mask of the pictures' size, or null; under its black no sample changes.
   */
  commit(picture: PlanarPicture, mask: MaskAlpha | null): void;
  /** Begins with another picture; what was drawn is not kept. */
  leave(): void;
}

const right = ({ x, width }: Box) => x + width;
const bottom = ({ y, height }: Box) => y + height;

/** The smallest box on even coordinates around one or two boxes, within a picture of even sides. */
function evenBox(size: { width: number; height: number }, boxes: readonly Box[]): Box {
  const down = (value: number) => Math.max(0, Math.floor(value / 2) * 2);
  const up = (value: number, most: number) => Math.min(most, Math.ceil(value / 2) * 2);
  const x = down(Math.min(...boxes.map((box) => box.x)));
  const y = down(Math.min(...boxes.map((box) => box.y)));
  const width = up(Math.max(...boxes.map(right)), size.width) - x;
  const height = up(Math.max(...boxes.map(bottom)), size.height) - y;
  return { x, y, width, height };
}

/** A picture's own pixels in a box, valid until the next conversion: `[box.height, box.width]` words. */
function ownPixels(picture: PlanarPicture, box: Box): Uint32Array {
  const { colour } = picture;
  const frame = {
    planes: planesOf(picture),
    matrix: yuvMatrixOf(colour),
    fullRange: colour.fullRange,
  };
  const { buffer, byteOffset } = convertBox(frame, box);
  return new Uint32Array(buffer, byteOffset, box.width * box.height);
}

/** Colour of a pixel without its alpha, little-endian. */
const COLOUR = 0xffffff;

/** Starts a {@link PlaneCanvas} for pictures of a size, both sides even. */
export function createPlaneCanvas(width: number, height: number): PlaneCanvas {
  const image = createImage(width, height);
  const words = new Uint32Array(image.data.buffer);
  /** The picture's own pixels in the region that was read. */
  const own = new Uint32Array(words.length);
  const ownBytes = new Uint8ClampedArray(own.buffer);
  let known: Box | null = null;

  const copyRow = (from: Uint32Array, box: Box, y: number, first: number, end: number) => {
    if (end <= first) return;
    const at = (y - box.y) * box.width - box.x;
    const pixels = from.subarray(at + first, at + end);
    words.set(pixels, y * width + first);
    own.set(pixels, y * width + first);
  };

  /** The smallest box on even coordinates that holds all changed pixels of another one; null without any. */
  const changedIn = (box: Box): Box | null => {
    let [left, top, end, low] = [Infinity, Infinity, 0, 0];
    for (let y = box.y; y < bottom(box); y++) {
      const row = y * width;
      let x = box.x;
      while (x < right(box) && ((words[row + x]! ^ own[row + x]!) & COLOUR) === 0) x++;
      if (x === right(box)) continue;
      let last = right(box) - 1;
      while (((words[row + last]! ^ own[row + last]!) & COLOUR) === 0) last--;
      left = Math.min(left, x);
      end = Math.max(end, last + 1);
      top = Math.min(top, y);
      low = y + 1;
    }
    if (low === 0) return null;
    return evenBox(image, [{ x: left, y: top, width: end - left, height: low - top }]);
  };

  /** Puts the samples of changed pixels into a picture. @param made the planes of the region with what was drawn. */
  const merge = (picture: PlanarPicture, box: Box, made: MadePlanes, alpha: Uint8Array | null) => {
    const [{ data: luma }, { data: u }, { data: v }] = planesOf(picture);
    for (let y = 0; y < box.height; y += 2) {
      let upper = (box.y + y) * width + box.x;
      let from = y * box.width;
      let chroma = (y * box.width) / 4;
      let to = ((box.y + y) * width) / 4 + box.x / 2;
      for (let x = 0; x < box.width; x += 2, upper += 2, from += 2, chroma++, to++) {
        const lower = upper + width;
        const first = (words[upper]! ^ own[upper]!) & COLOUR;
        const second = (words[upper + 1]! ^ own[upper + 1]!) & COLOUR;
        const third = (words[lower]! ^ own[lower]!) & COLOUR;
        const fourth = (words[lower + 1]! ^ own[lower + 1]!) & COLOUR;
        if ((first | second | third | fourth) === 0) continue;
        if (first !== 0) luma[upper] = made.y[from]!;
        if (second !== 0) luma[upper + 1] = made.y[from + 1]!;
        if (third !== 0) luma[lower] = made.y[from + box.width]!;
        if (fourth !== 0) luma[lower + 1] = made.y[from + box.width + 1]!;
        if (alpha && !(alpha[upper]! && alpha[upper + 1]! && alpha[lower]! && alpha[lower + 1]!)) {
          continue;
        }
        u[to] = made.u[chroma]!;
        v[to] = made.v[chroma]!;
      }
    }
  };

  return {
    image,
    read(picture, wanted) {
      const box = evenBox(image, known ? [known, wanted] : [wanted]);
      if (box.width <= 0 || box.height <= 0) return;
      const pixels = ownPixels(picture, box);
      for (let y = box.y; y < bottom(box); y++) {
        const kept = known && y >= known.y && y < bottom(known) ? known : null;
        copyRow(pixels, box, y, box.x, kept ? kept.x : right(box));
        if (kept) copyRow(pixels, box, y, right(kept), right(box));
      }
      known = box;
    },
    leave() {
      known = null;
    },
    commit(picture, mask) {
      const box = known;
      known = null;
      if (!box) return;
      if (mask) limitChange(image.data, ownBytes, mask, box);
      const changed = changedIn(box);
      if (!changed) return;
      const made = makePlanes(changed.width, changed.height, picture.colour, (pixels) => {
        const drawn = new Uint32Array(pixels.buffer, pixels.byteOffset, changed.width * changed.height);
        for (let y = 0; y < changed.height; y++) {
          const from = (changed.y + y) * width + changed.x;
          drawn.set(words.subarray(from, from + changed.width), y * changed.width);
        }
      });
      merge(picture, changed, made, mask?.data ?? null);
    },
  };
}
