import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { isPlanar, type Picture } from "../../media/planes/picture.ts";
import { createPlaneCanvas, type PlaneCanvas } from "../../media/planes/plane-canvas.ts";

/** A frame that faces are drawn on, without converting what they leave alone. */
export interface Easel {
  /** Of what was not lent nothing may be read or painted. */
  readonly image: RgbaImage;
  /** Brings a box of the frame onto `image`; to be called before it is looked at. */
  lend(box: Box): void;
  /**
   * The frame with what was painted; both belong to the caller. What a mask shuts out has every sample that it had, and
   * so has, in a planar frame, what kept its colour. The easel is not to be used any more.
   */
  finish(): Picture;
}

/** Takes back what changed outside a mask. @param before the picture as it was. */
function keepOutside(image: RgbaImage, before: Uint8ClampedArray, shares: Uint8Array): void {
  for (let i = 0; i < shares.length; i++) {
    const share = shares[i]!;
    if (share === 255) continue;
    for (let k = i * 4; k < i * 4 + 3; k++) {
      image.data[k] = before[k]! + ((image.data[k]! - before[k]!) * share) / 255;
    }
  }
}

/**
 * Makes easels for the frames of a film; their canvases are used again.
 * @param size of all frames. @param shares share of change of each pixel, 0 to 255.
 */
export function createEasels(
  size: { readonly width: number; readonly height: number },
  shares: Uint8Array | null,
): (picture: Picture) => Easel {
  const free: PlaneCanvas[] = [];
  return (picture) => {
    if (!isPlanar(picture)) {
      const before = shares ? picture.data.slice() : null;
      return {
        image: picture,
        lend: () => undefined,
        finish() {
          if (shares && before) keepOutside(picture, before, shares);
          return picture;
        },
      };
    }
    const canvas = free.pop() ?? createPlaneCanvas(size.width, size.height);
    return {
      image: canvas.image,
      lend: (box) => canvas.lend(picture, box),
      finish() {
        canvas.takeBack(picture, shares);
        free.push(canvas);
        return picture;
      },
    };
  };
}
