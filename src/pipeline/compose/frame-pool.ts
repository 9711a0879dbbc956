import type { RgbaImage } from "../../core/image.ts";

/** Frames that are lent out, painted on, encoded and lent out again. */
export interface FramePool {
  /** A frame with a copy of the given pixels. */
  copyOf(image: RgbaImage): RgbaImage;
  giveBack(image: RgbaImage): void;
}

/** Starts an empty {@link FramePool}; all frames have one size. */
export function createFramePool(): FramePool {
  const free: RgbaImage[] = [];
  return {
    copyOf(image) {
      const lent = free.pop() ?? { ...image, data: new Uint8ClampedArray(image.data.length) };
      lent.data.set(image.data);
      return lent;
    },
    giveBack: (image) => void free.push(image),
  };
}

/** The frames' pictures as they come, each given back to the pool when the next one is asked for. */
export async function* recycled(
  frames: AsyncIterable<{ readonly image: RgbaImage }>,
  pool: FramePool,
): AsyncGenerator<RgbaImage> {
  for await (const { image } of frames) {
    yield image;
    pool.giveBack(image);
  }
}
