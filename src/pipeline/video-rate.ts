import { EngineError, throwIfCancelled } from "../core/errors.ts";
import type { RgbaImage } from "../core/image.ts";
import type { OutputFormat } from "../core/job.ts";
import { createMovieWriter, discardTemporaryMovie } from "../media/movie-writer.ts";
import { openVideo, type VideoSource } from "../media/open-video.ts";
import type { TrackedVideo } from "../protocol/video-api.ts";
import { framesInOrder } from "./video-frames.ts";

/** Pictures' bits of the result per bit of the source at the same size; with the sound that is about 1.5. */
const OVER_SOURCE = 1.3;
/** Likeness to the source's pictures that is kept in the mean, in decibels of the luminance. */
const WANTED_DB = 45.2;
/** What twice the bits bring. Measured: 1.5 to 3.5 dB. */
const DB_PER_DOUBLING = 2.5;
/** Bits per pixel that are always enough for the eye (see `MovieWriterOptions.quality`). */
const AMPLE_BITS = 0.184;
/** Frames of the trial: those between two key frames. */
const TRIAL_SECONDS = 2;
const TRIAL_FRAMES = 50;
/** Only every so many rows and columns are compared. */
const STRIDE = 2;

/** Light of a pixel, 0 to 255. */
const light = (data: Uint8ClampedArray, at: number) =>
  0.2126 * data[at]! + 0.7152 * data[at + 1]! + 0.0722 * data[at + 2]!;

/** Likeness of two pictures in decibels of the luminance. */
export function likenessDb(a: RgbaImage, b: RgbaImage): number {
  let [square, count] = [0, 0];
  for (let y = 0; y < a.height; y += STRIDE) {
    for (let x = y % 4 === 0 ? 0 : 1; x < a.width; x += STRIDE, count++) {
      const at = (y * a.width + x) * 4;
      square += (light(a.data, at) - light(b.data, at)) ** 2;
    }
  }
  return square > 0 ? 10 * Math.log10((255 * 255 * count) / square) : 99;
}

/**
 * The rate that a trial at `tried` bits a second asks for, which came out at `db`: that rate itself where it was good
 * enough, else as much more as is needed, up to what is always enough.
 */
export function rateAfterTrial(tried: number, db: number, ample: number): number {
  const factor = 2 ** ((WANTED_DB - db) / DB_PER_DOUBLING);
  return Math.round(Math.min(ample, tried * Math.max(1, factor)));
}

/** What a rate is chosen for. */
export interface RateRequest {
  readonly video: VideoSource;
  readonly facts: Pick<TrackedVideo, "width" | "height" | "fps" | "starts" | "bitrate">;
  readonly format: OutputFormat;
  /** Frames of the source that the result shows. */
  readonly frames: number;
  readonly signal: AbortSignal;
}

async function* trialFrames({ video, facts, frames, signal }: RateRequest): AsyncGenerator<RgbaImage> {
  const count = Math.min(frames, TRIAL_FRAMES, Math.max(1, Math.round(TRIAL_SECONDS * facts.fps)));
  // ffmpeg would decode everything before the middle.
  const first = video.decoder === "ffmpeg" ? 0 : Math.floor((frames - count) / 2);
  const places = Array.from({ length: count }, (_, i) => first + i);
  const { starts, width, height } = facts;
  yield* framesInOrder(video, places, { starts, width, height, signal });
}

/** Likeness after encoding the trial's frames at a rate, in decibels; undefined without an encoder of the browser. */
async function tryRate(request: RateRequest, bitrate: number): Promise<number | undefined> {
  const { facts, format, signal } = request;
  const { width, height, fps } = facts;
  const writer = await createMovieWriter({
    width,
    height,
    fps,
    frames: TRIAL_FRAMES,
    audio: null,
    durationSeconds: TRIAL_FRAMES / fps,
    format,
    bitrate,
    encoder: "webcodecs",
    signal,
  }).catch((error: unknown) => {
    if (error instanceof EngineError && error.code === "codec/missing") return undefined;
    throw error;
  });
  if (!writer) return undefined;
  try {
    for await (const image of trialFrames(request)) await writer.add(image);
  } catch (error) {
    await writer.cancel();
    throw error;
  }
  const movie = await writer.finish();
  const result = await openVideo(movie, { signal });
  try {
    // Read a second time: fifty frames of 720p would take 180 MB.
    const shown = trialFrames(request);
    let [sum, count] = [0, 0];
    for await (const { image } of result.frames({ signal })) {
      const { value, done } = await shown.next();
      if (done) break;
      sum += likenessDb(image, value);
      count++;
    }
    await shown.return(undefined);
    return sum / Math.max(1, count);
  } finally {
    result.dispose();
    await discardTemporaryMovie(movie);
  }
}

/**
 * Bits a second for a video's pictures, so that the result is not much larger than its source and yet looks the same
 * where nothing was changed. A few seconds of the source are encoded at 1.3 times the source's own bits per pixel. Where
 * that keeps 45 dB it is the rate; where not, likeness wins over size, and the rate rises by what is missing, at most
 * to a talking picture's. (A source that a slow encoder has squeezed cannot be kept at its size by a fast one.)
 * @returns undefined where the source has bits enough for a talking picture's rate, or ffmpeg encodes, which keeps an
 * even quality instead.
 * @throws EngineError as reading and encoding do.
 */
export async function chooseBitrate(request: RateRequest): Promise<number | undefined> {
  const { video, facts, signal } = request;
  throwIfCancelled(signal);
  const pixels = facts.width * facts.height * facts.fps;
  const ample = AMPLE_BITS * pixels;
  const tried = (OVER_SOURCE * facts.bitrate * pixels) / (video.width * video.height * video.fps);
  if (!(tried > 0) || tried >= ample) return undefined;
  const db = await tryRate(request, Math.round(tried));
  return db === undefined ? undefined : rateAfterTrial(tried, db, ample);
}
