import type { FaceLandmarks } from "../../../core/face.ts";
import { createImage, type RgbaImage } from "../../../core/image.ts";
import { resizeImage } from "../../../media/image/resize-image.ts";
import { isPlanar } from "../../../media/planes/picture.ts";
import type { StillPicture } from "../../../worker-rpc/scene.ts";
import type { FrameSource } from "../frame-source.ts";

/** A still picture brought to the output's size. */
export interface SizedPicture {
  /** The picture at output size. */
  readonly image: RgbaImage;
  /** The picture itself, where it is larger than the output. */
  readonly detail: RgbaImage | null;
  /** Landmarks of the scene's picture in pixels of `image`. */
  place(landmarks: FaceLandmarks): FaceLandmarks;
}

/** A still picture as a source of equal frames, each a copy of `image`. */
export interface PictureSource extends FrameSource, SizedPicture {
  readonly kind: "picture";
  /** Gives all further frames in this picture, as large: one at a time. */
  giveFramesIn(canvas: RgbaImage): void;
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
export function sizePicture({
  picture,
  width,
  height,
}: Pick<StillPicture, "picture" | "width" | "height">): SizedPicture {
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

/** The frames of a picture. @param durationSeconds of the output. */
export function openPictureSource(
  { image, detail, place }: SizedPicture,
  fps: number,
  durationSeconds: number,
): PictureSource {
  const { width, height } = image;
  const frames = Math.max(1, Math.round(durationSeconds * fps));
  const free: RgbaImage[] = [];
  let canvas: RgbaImage | null = null;
  return {
    kind: "picture",
    width,
    height,
    fps,
    frames,
    image,
    detail,
    place,
    secondsAt: (frame) => frame / fps,

    async *pictures(first, end = frames) {
      for (let frame = first; frame < end; frame++) {
        const copy = canvas ?? free.pop() ?? createImage(width, height);
        copy.data.set(image.data);
        yield copy;
      }
    },
    giveFramesIn(picture) {
      canvas = picture;
    },
    release(used) {
      if (!isPlanar(used) && used !== canvas) free.push(used);
    },
    dispose: () => undefined,
  };
}
