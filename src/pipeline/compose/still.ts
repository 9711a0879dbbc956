import type { FaceLandmarks } from "../../core/face.ts";
import { createImage, type RgbaImage } from "../../core/image.ts";
import { resizeImage } from "../../media/image/resize-image.ts";
import type { PortraitScene } from "../../worker-rpc/render-api.ts";

/** A scene's picture at output size. */
export interface Still {
  readonly image: RgbaImage;
  /** The picture itself, where it is larger than the output. */
  readonly detail: RgbaImage | null;
  /** Landmarks of the scene's picture in pixels of `image`. */
  place(landmarks: FaceLandmarks): FaceLandmarks;
}

/** The picture without its last odd row or column: encoders want even sides. */
function cropToEven(picture: RgbaImage, width: number, height: number): RgbaImage {
  if (picture.width === width && picture.height === height) return picture;
  const image = createImage(width, height);
  for (let y = 0; y < height; y++) {
    const row = y * picture.width * 4;
    image.data.set(picture.data.subarray(row, row + width * 4), y * width * 4);
  }
  return image;
}

/** Brings a scene's picture to the output's size. */
export function prepareStill({
  picture,
  width,
  height,
}: Pick<PortraitScene, "picture" | "width" | "height">): Still {
  const larger = picture.width > width && picture.height > height;
  const [scaleX, scaleY] = larger ? [width / picture.width, height / picture.height] : [1, 1];
  return {
    image: larger ? resizeImage(picture, width, height) : cropToEven(picture, width, height),
    detail: larger ? picture : null,
    place({ points, presence }) {
      const placed = points.slice();
      for (let i = 0; i < placed.length; i += 3) {
        placed[i]! *= scaleX;
        placed[i + 1]! *= scaleY;
        placed[i + 2]! *= scaleX;
      }
      return { points: placed, presence };
    },
  };
}
