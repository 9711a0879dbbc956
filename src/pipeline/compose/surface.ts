import type { Box } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import { limitChange, type MaskAlpha } from "../../core/mask-alpha.ts";
import { isPlanar, type Picture } from "../../media/planes/picture.ts";
import { createPlaneCanvas, type PlaneCanvas } from "../../media/planes/plane-canvas.ts";
import { cropBox } from "../../render/raster/plane.ts";

/** A frame to be drawn upon; only the regions that are read are ever converted from planes. */
export interface Surface {
  /** RGBA pixels as large as the frame; undefined outside the regions that were read. */
  readonly image: RgbaImage;
  /** Brings a region of the frame into `image`; comes before looking at it or drawing on it. */
  read(region: Box): void;
  /**
   * The frame with what was drawn, limited by the mask. Under the mask's black every sample is what it was, and so is,
   * in a planar frame, every one whose pixels kept their colour. The surface must not be used any more.
   */
  commit(): Picture;
}

/** The smallest region around two. */
function union(a: Box, b: Box): Box {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  const [right, bottom] = [Math.max(a.x + a.width, b.x + b.width), Math.max(a.y + a.height, b.y + b.height)];
  return { x, y, width: right - x, height: bottom - y };
}

/**
 * Makes the surfaces of frames of one size; a committed surface's memory is used again.
 * @param mask of the frames' size; null lets everything change.
 */
export function createSurfaces(
  size: { readonly width: number; readonly height: number },
  mask: MaskAlpha | null,
): (picture: Picture) => Surface {
  const canvases: PlaneCanvas[] = [];
  const copies: Uint8ClampedArray[] = [];

  const masked = (picture: RgbaImage, alpha: MaskAlpha): Surface => {
    const before = copies.pop() ?? new Uint8ClampedArray(picture.data.length);
    let drawn: Box | null = null;
    return {
      image: picture,
      read(wanted) {
        const region = cropBox(wanted, size.width, size.height);
        if (region.width === 0 || region.height === 0) return;
        // Nothing is drawn before the first region is read.
        if (!drawn) before.set(picture.data);
        drawn = drawn ? union(drawn, region) : region;
      },
      commit() {
        if (drawn) limitChange(picture.data, before, alpha, drawn);
        copies.push(before);
        return picture;
      },
    };
  };

  return (picture) => {
    if (!isPlanar(picture)) {
      return mask ? masked(picture, mask) : { image: picture, read: () => undefined, commit: () => picture };
    }
    const canvas = canvases.pop() ?? createPlaneCanvas(size.width, size.height);
    return {
      image: canvas.image,
      read: (region) => canvas.read(picture, region),
      commit() {
        canvas.commit(picture, mask);
        canvases.push(canvas);
        return picture;
      },
    };
  };
}
