import { throwIfCancelled } from "../core/errors.ts";
import type { RgbaImage } from "../core/image.ts";
import type { MovieWriter } from "../media/movie-writer.ts";
import type { RenderedMovie, RenderProgress } from "../protocol/render-api.ts";
import { createFrameHash } from "./frame-hash.ts";
import { sendPreview } from "./render-portraits.ts";

/** Pause between two live previews in milliseconds. */
const PREVIEW_EVERY_MS = 200;

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

/** Where painted frames go. */
export interface PaintedOutput {
  readonly writer: MovieWriter;
  readonly pool: FramePool;
  /** How many frames will come. */
  readonly frames: number;
  readonly hashFrames: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RenderProgress) => void;
  readonly onPreview: ((frame: ImageBitmap) => void) | null;
}

/**
 * Encodes painted frames as they come and ends the movie.
 * @throws EngineError `codec/failed`, `job/cancelled`, and what paints the frames throws.
 */
export async function encodePainted(
  painted: AsyncIterable<RgbaImage>,
  output: PaintedOutput,
): Promise<Omit<RenderedMovie, "mouthWidthPx" | "warnings">> {
  const { writer, pool, frames, signal, onProgress, onPreview } = output;
  const hash = output.hashFrames ? createFrameHash() : null;
  let [drawMs, encodeMs, framesDone] = [0, 0, 0];
  let lastPreview = -Infinity;
  let mark = performance.now();
  for await (const image of painted) {
    throwIfCancelled(signal);
    await hash?.add(image);
    const drawn = performance.now();
    drawMs += drawn - mark;
    if (onPreview && drawn - lastPreview > PREVIEW_EVERY_MS) {
      lastPreview = drawn;
      await sendPreview(image, onPreview);
    }
    await writer.add(image);
    pool.giveBack(image);
    mark = performance.now();
    encodeMs += mark - drawn;
    onProgress({ stage: "rendering", framesDone: ++framesDone, frames });
  }
  onProgress({ stage: "encoding", framesDone, frames });
  const movie = await writer.finish();
  encodeMs += performance.now() - mark;
  return {
    output: movie,
    frames: framesDone,
    encoder: writer.encoder,
    framesSha256: hash?.hex() ?? null,
    drawMs,
    encodeMs,
  };
}
