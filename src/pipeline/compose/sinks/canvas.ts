import { rgbaOf, type Picture } from "../../../media/planes/picture.ts";
import { transfer } from "../../../worker-rpc/rpc.ts";
import type { Sink } from "../sink.ts";

/** Frames are opaque: their colours need no multiplying, which takes half of a bitmap's making. */
const OPAQUE: ImageBitmapOptions = { premultiplyAlpha: "none" };

/** Makes each frame an `ImageBitmap` that is transferred to the page, whose canvas shows it. */
export function createCanvasSink(): Sink<ImageBitmap> {
  return {
    async add(picture: Picture) {
      const { data, width, height } = rgbaOf(picture);
      const bitmap = await createImageBitmap(new ImageData(data, width, height), OPAQUE);
      return transfer(bitmap, [bitmap]);
    },
  };
}
