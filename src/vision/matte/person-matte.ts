import type { RgbaImage } from "../../core/image.ts";
import type { PersonMatte } from "../../core/person-matte.ts";
import type { Runtime } from "../../inference/runtime.ts";
import { sampleFace } from "../../inference/check/sample-face.ts";

/** Side of the network's input and output in pixels. */
const SIDE = 256;

/** The means of equal parts of a picture: planes R, G, B of `[SIDE, SIDE]` in [0, 1]. */
function planesOf({ width, height, data }: RgbaImage): Float32Array {
  const planes = new Float32Array(3 * SIDE * SIDE);
  for (let y = 0; y < SIDE; y++) {
    const top = Math.floor((y * height) / SIDE);
    const bottom = Math.max(top + 1, Math.floor(((y + 1) * height) / SIDE));
    for (let x = 0; x < SIDE; x++) {
      const left = Math.floor((x * width) / SIDE);
      const right = Math.max(left + 1, Math.floor(((x + 1) * width) / SIDE));
      let [red, green, blue] = [0, 0, 0];
      for (let j = top; j < bottom; j++) {
        for (let i = left; i < right; i++) {
          const at = (j * width + i) * 4;
          red += data[at]!;
          green += data[at + 1]!;
          blue += data[at + 2]!;
        }
      }
      const scale = 1 / (255 * (bottom - top) * (right - left));
      const at = y * SIDE + x;
      planes[at] = red * scale;
      planes[SIDE * SIDE + at] = green * scale;
      planes[2 * SIDE * SIDE + at] = blue * scale;
    }
  }
  return planes;
}

const feedsOf = (image: RgbaImage) => ({ image: { data: planesOf(image), dims: [1, 3, SIDE, SIDE] } });

/** Finds people in pictures. */
export interface MatteReader {
  read(image: RgbaImage): Promise<PersonMatte>;
}

/**
 * Loads the network (MediaPipe's selfie segmentation, general form).
 * @throws EngineError `model/…`.
 */
export async function createMatteReader(runtime: Runtime): Promise<MatteReader> {
  const model = await runtime.load("person-matte", async () => feedsOf(await sampleFace()));
  return {
    async read(image) {
      const { matte } = await model.run(feedsOf(image));
      return { width: SIDE, height: SIDE, data: Uint8Array.from(matte!.data, (value) => 255 * value + 0.5) };
    },
  };
}
