import type { Box } from "../core/face.ts";
import { createImage, type RgbaImage } from "../core/image.ts";
import { convertBox } from "./frame-planes.ts";
import { planesOf, type PlanarPicture } from "./picture.ts";
import { yuvMatrixOf } from "./plane-colour.ts";
import { makePlanes } from "./yuv.ts";

/**
 * Lends parts of planar pictures as pixels to be painted on, one picture after the other. Planes whose pixels were not
 * changed keep every sample.
 */
export interface PlaneCanvas {
  /** As large as the pictures; only what was lent of the present one may be read or painted on. */
  readonly image: RgbaImage;
  /** Fills in a box of a picture and what lies around it; what was lent of the picture before keeps its paint. */
  lend(picture: PlanarPicture, box: Box): void;
  /**
   * Writes what was painted into the picture's planes: luma where a pixel has another colour than it had, chroma where
   * one of its four has.
   * @param shares share of change of each pixel, 0 to 255; under 0 no sample changes.
   */
  takeBack(picture: PlanarPicture, shares: Uint8Array | null): void;
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

/** Lets pixels change only by their share. @param own what they were. */
function limit(
  pixels: Uint8ClampedArray,
  own: Uint8ClampedArray,
  box: Box,
  shares: Uint8Array,
  stride: number,
) {
  for (let y = 0, i = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++, i++) {
      const share = shares[(box.y + y) * stride + box.x + x]!;
      if (share === 255) continue;
      for (let k = 4 * i; k < 4 * i + 3; k++) pixels[k] = own[k]! + ((pixels[k]! - own[k]!) * share) / 255;
    }
  }
}

/** Starts a {@link PlaneCanvas} for pictures of a size, both sides even. */
export function createPlaneCanvas(width: number, height: number): PlaneCanvas {
  const image = createImage(width, height);
  const words = new Uint32Array(image.data.buffer);
  let lent: Box | null = null;

  const copyRow = (from: Uint32Array, box: Box, y: number, first: number, end: number) => {
    if (end <= first) return;
    const at = (y - box.y) * box.width - box.x;
    words.set(from.subarray(at + first, at + end), y * width + first);
  };

  return {
    image,
    lend(picture, wanted) {
      const box = evenBox(image, lent ? [lent, wanted] : [wanted]);
      if (box.width <= 0 || box.height <= 0) return;
      const own = ownPixels(picture, box);
      for (let y = box.y; y < bottom(box); y++) {
        const kept = lent && y >= lent.y && y < bottom(lent) ? lent : null;
        copyRow(own, box, y, box.x, kept ? kept.x : right(box));
        if (kept) copyRow(own, box, y, right(kept), right(box));
      }
      lent = box;
    },
    takeBack(picture, shares) {
      const box = lent;
      lent = null;
      if (!box) return;
      const own = ownPixels(picture, box);
      let painted = own;
      const made = makePlanes(box.width, box.height, picture.colour, (pixels) => {
        painted = new Uint32Array(pixels.buffer, pixels.byteOffset, own.length);
        for (let y = 0; y < box.height; y++) {
          const from = (box.y + y) * width + box.x;
          painted.set(words.subarray(from, from + box.width), y * box.width);
        }
        if (!shares) return;
        const [after, before] = [painted, own].map(
          ({ buffer, byteOffset, byteLength }) => new Uint8ClampedArray(buffer, byteOffset, byteLength),
        ) as [Uint8ClampedArray, Uint8ClampedArray];
        limit(after, before, box, shares, width);
      });
      const [luma, u, v] = planesOf(picture);
      const changed = (i: number) => ((painted[i]! ^ own[i]!) & COLOUR) !== 0;
      const open = (at: number) => !shares || shares[at]! > 0;
      for (let y = 0; y < box.height; y += 2) {
        for (let x = 0; x < box.width; x += 2) {
          const [i, at] = [y * box.width + x, (box.y + y) * width + box.x + x];
          let any = false;
          for (let k = 0; k < 4; k++) {
            const [dx, dy] = [k & 1, k >> 1];
            if (!changed(i + dy * box.width + dx)) continue;
            luma.data[at + dy * width + dx] = made.y[i + dy * box.width + dx]!;
            any = true;
          }
          if (!any || !(open(at) && open(at + 1) && open(at + width) && open(at + width + 1))) continue;
          const from = (y * box.width) / 4 + x / 2;
          const to = ((box.y + y) * width) / 4 + (box.x + x) / 2;
          u.data[to] = made.u[from]!;
          v.data[to] = made.v[from]!;
        }
      }
    },
  };
}
