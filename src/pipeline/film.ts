import { throwIfCancelled } from "../core/errors.ts";
import type { RgbaImage } from "../core/image.ts";
import type { OutputFormat } from "../core/job.ts";
import { createMovieWriter } from "../media/movie-writer.ts";
import type { AudioSource } from "../media/open-audio.ts";
import type { RenderProgress } from "../protocol/render-api.ts";
import { handOver } from "../protocol/rpc.ts";
import { createFrameHash } from "./frame-hash.ts";

/** What a film is made of, beside its frames. */
export interface FilmOptions {
  /** In pixels, both even. */
  readonly width: number;
  readonly height: number;
  /** Frames per second, or the start of each frame in seconds. */
  readonly fps: number | { readonly timestamps: number[] };
  readonly frames: number;
  readonly sound: AudioSource;
  readonly durationSeconds: number;
  readonly format: OutputFormat;
  readonly encoder: "webcodecs" | "ffmpeg" | null;
  /** Also compute `framesSha256`. */
  readonly hashFrames: boolean;
}

/** Who follows the making of a film. */
export interface FilmListeners {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RenderProgress) => void;
  readonly onPreview: ((frame: ImageBitmap) => void) | null;
}

/** A finished film. */
export interface Film {
  readonly output: Blob;
  readonly frames: number;
  readonly encoder: string;
  readonly framesSha256: string | null;
  /** Milliseconds spent drawing and waiting for the encoder. */
  readonly drawMs: number;
  readonly encodeMs: number;
}

/** Pause between two live previews in milliseconds. */
const PREVIEW_EVERY_MS = 200;
/** Longest stretch of work without letting messages (a cancellation, say) in, in milliseconds. */
const YIELD_EVERY_MS = 40;

/** Lets queued messages in; `setTimeout` would be clamped to 4 ms. */
function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

async function sendPreview(frame: RgbaImage, onPreview: (frame: ImageBitmap) => void): Promise<void> {
  const bitmap = await createImageBitmap(new ImageData(frame.data, frame.width, frame.height));
  onPreview(handOver(bitmap, [bitmap]));
}

/**
 * Encodes frames as they come, with previews, progress and an optional hash; holds one frame at a time.
 * A frame may be reused by `images` as soon as it is asked for the next one.
 * @throws EngineError `codec/missing`, `codec/failed`, `job/cancelled`, `device/memory`, and what `images` throws.
 */
export async function writeFilm(
  options: FilmOptions,
  images: AsyncIterable<RgbaImage>,
  { signal, onProgress, onPreview }: FilmListeners,
): Promise<Film> {
  const { sound, encoder, hashFrames, frames, ...movie } = options;
  const writer = await createMovieWriter({
    ...movie,
    frames,
    audio: sound,
    ...(encoder ? { encoder } : {}),
    signal,
  });
  const hash = hashFrames ? createFrameHash() : null;
  let drawMs = 0;
  let encodeMs = 0;
  let lastPreview = -Infinity;
  let lastYield = performance.now();
  let started = lastYield;
  let frame = 0;
  try {
    for await (const image of images) {
      throwIfCancelled(signal);
      await hash?.add(image);
      const drawn = performance.now();
      drawMs += drawn - started;
      if (onPreview && drawn - lastPreview > PREVIEW_EVERY_MS) {
        lastPreview = drawn;
        await sendPreview(image, onPreview);
      }
      await writer.add(image);
      started = performance.now();
      encodeMs += started - drawn;
      frame++;
      onProgress({ stage: "rendering", framesDone: frame, frames });
      if (started - lastYield > YIELD_EVERY_MS) {
        await yieldToMessages();
        started = lastYield = performance.now();
      }
    }
    throwIfCancelled(signal);
    onProgress({ stage: "encoding", framesDone: frame, frames });
    const output = await writer.finish();
    encodeMs += performance.now() - started;
    return {
      output,
      frames: frame,
      encoder: writer.encoder,
      framesSha256: hash?.hex() ?? null,
      drawMs,
      encodeMs,
    };
  } catch (error) {
    await writer.cancel().catch(() => undefined);
    throw error;
  }
}
