import { GIFEncoder, quantize, type GifPalette } from "gifenc";
import { EngineError, throwIfCancelled } from "../../job/errors.ts";
import type { RgbaImage } from "../../core/image.ts";
import { openVideo } from "../demux/open-video.ts";
import { resizeImage } from "../image/resize-image.ts";

/** What a preview may become. */
export interface GifPreviewOptions {
  /** At most this wide, in pixels; 320 when absent. */
  readonly width?: number;
  /** Cut after this; 6 when absent. */
  readonly maxSeconds?: number;
  /** A larger file is made again, coarser; 3 MB when absent. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
  /** From 0 to 1, never falling. */
  readonly onProgress?: (fraction: number) => void;
}

/** GIF counts in hundredths of a second: 12.5 frames a second, every other frame of a video of 25. */
const STEP_SECONDS = 0.08;
const TRANSPARENT = 255;
/** Pixels from which the palette is made. */
const PALETTE_PIXELS = 60_000;
/** Share of the work that decoding is. */
const DECODING = 0.4;

/**
 * From fine to coarse: how far a pixel may stray (0 to 255) before it is drawn anew, how strong the dither is,
 * which frames are used, and at which size.
 */
const GRADES = [
  { still: 4, dither: 10, every: 1, scale: 1 },
  { still: 8, dither: 6, every: 1, scale: 1 },
  { still: 10, dither: 4, every: 2, scale: 1 },
  { still: 10, dither: 4, every: 2, scale: 0.6 },
] as const;
type Grade = (typeof GRADES)[number];

/** Thresholds of an ordered dither in [-0.5, 0.5): the pattern stands still, so that frames stay alike (Bayer 1973). */
const BAYER = [
  0, 32, 8, 40, 2, 34, 10, 42, 48, 16, 56, 24, 50, 18, 58, 26, 12, 44, 4, 36, 14, 46, 6, 38, 60, 28, 52, 20,
  62, 30, 54, 22, 3, 35, 11, 43, 1, 33, 9, 41, 51, 19, 59, 27, 49, 17, 57, 25, 15, 47, 7, 39, 13, 45, 5, 37,
  63, 31, 55, 23, 61, 29, 53, 21,
].map((rank) => rank / 64 - 0.5);

/** Lets other messages in, a cancellation among them. */
const breathe = () => new Promise<void>((resolve) => setTimeout(resolve));

async function readFrames(output: Blob, options: GifPreviewOptions): Promise<readonly RgbaImage[]> {
  const { maxSeconds = 6, signal, onProgress } = options;
  const video = await openVideo(output, signal ? { signal } : {});
  try {
    const width = Math.min(options.width ?? 320, video.width);
    const height = Math.max(1, Math.round((video.height * width) / video.width));
    const length = Math.min(maxSeconds, video.durationSeconds);
    const frames: RgbaImage[] = [];
    const range = { toSeconds: length, width, height, ...(signal ? { signal } : {}) };
    for await (const { image, timestampSeconds, durationSeconds } of video.frames(range)) {
      const end = timestampSeconds + durationSeconds - 1e-4;
      while (frames.length * STEP_SECONDS < Math.min(end, length)) frames.push(image);
      onProgress?.(Math.min(1, end / length) * DECODING);
    }
    return frames;
  } finally {
    video.dispose();
  }
}

/** One palette for all frames, so that what stands still keeps its colour. */
function paletteOf(frames: readonly RgbaImage[]): GifPalette {
  const total = frames.reduce((sum, { data }) => sum + data.length / 4, 0);
  const step = Math.max(1, Math.floor(total / PALETTE_PIXELS)) | 1;
  const picked = new Uint8Array(Math.ceil(total / step) * 4);
  let to = 0;
  let skip = 0;
  for (const { data } of frames) {
    for (; skip < data.length / 4; skip += step) {
      picked.set(data.subarray(skip * 4, skip * 4 + 4), to);
      to += 4;
    }
    skip -= data.length / 4;
  }
  return quantize(picked.subarray(0, to), TRANSPARENT);
}

/** Finds the palette's nearest colour; remembers it for each of 65 536 colours. */
function createNearest(palette: GifPalette): (red: number, green: number, blue: number) => number {
  const known = new Int16Array(65_536).fill(-1);
  return (red, green, blue) => {
    const key = ((red >> 3) << 11) | ((green >> 2) << 5) | (blue >> 3);
    if (known[key]! >= 0) return known[key]!;
    let best = 0;
    let least = Infinity;
    for (let i = 0; i < palette.length; i++) {
      const [r, g, b] = palette[i]!;
      // Weights of the eye, roughly (Rec. 601).
      const distance = 3 * (r - red) ** 2 + 6 * (g - green) ** 2 + (b - blue) ** 2;
      if (distance < least) {
        least = distance;
        best = i;
      }
    }
    known[key] = best;
    return best;
  };
}

const clamp = (value: number) => (value < 0 ? 0 : value > 255 ? 255 : value | 0);

/** Writes a frame's indices, and what is shown from now on; pixels that hardly changed stay as they are shown. */
function drawFrame(
  { width, data }: RgbaImage,
  shown: Uint8ClampedArray | null,
  nearest: ReturnType<typeof createNearest>,
  { still, dither }: Grade,
  out: Uint8Array,
): void {
  const stays = (at: number) =>
    shown !== null &&
    Math.abs(data[at]! - shown[at]!) <= still &&
    Math.abs(data[at + 1]! - shown[at + 1]!) <= still &&
    Math.abs(data[at + 2]! - shown[at + 2]!) <= still;
  for (let i = 0, at = 0; i < out.length; i++, at += 4) {
    if (stays(at)) {
      out[i] = TRANSPARENT;
      continue;
    }
    const nudge = BAYER[((((i / width) | 0) & 7) << 3) | ((i % width) & 7)]! * dither;
    out[i] = nearest(clamp(data[at]! + nudge), clamp(data[at + 1]! + nudge), clamp(data[at + 2]! + nudge));
    shown?.set(data.subarray(at, at + 3), at);
  }
}

async function encode(
  all: readonly RgbaImage[],
  grade: Grade,
  { signal }: GifPreviewOptions,
  onProgress: (fraction: number) => void,
): Promise<Blob> {
  const used = all.filter((_, index) => index % grade.every === 0);
  const frames = used.map((frame) =>
    grade.scale === 1
      ? frame
      : resizeImage(frame, Math.ceil(frame.width * grade.scale), Math.ceil(frame.height * grade.scale)),
  );
  const { width, height } = frames[0]!;
  const palette = paletteOf(frames);
  const nearest = createNearest(palette);
  while (palette.length <= TRANSPARENT) palette.push([0, 0, 0]);
  const gif = GIFEncoder();
  const indices = new Uint8Array(width * height);
  let shown: Uint8ClampedArray | null = null;
  for (const [index, frame] of frames.entries()) {
    throwIfCancelled(signal);
    drawFrame(frame, shown, nearest, grade, indices);
    shown ??= frame.data.slice();
    gif.writeFrame(indices, width, height, {
      ...(index === 0 ? { palette, repeat: 0 } : { transparent: true, transparentIndex: TRANSPARENT }),
      delay: STEP_SECONDS * 1000 * grade.every,
      dispose: 1,
    });
    onProgress((index + 1) / frames.length);
    await breathe();
  }
  gif.finish();
  return new Blob([gif.bytes()], { type: "image/gif" });
}

/**
 * A small looping GIF of a video's beginning, for messengers and pages that play no video: 12.5 frames a second,
 * without sound, one palette, ordered dither. Works in a worker.
 * @throws EngineError `input/video…`, `codec/…`, `device/memory`, `job/cancelled`.
 */
export async function writeGifPreview(output: Blob, options: GifPreviewOptions = {}): Promise<Blob> {
  const { maxBytes = 3_000_000 } = options;
  let told = 0;
  // A coarser try does not take the bar back.
  const onProgress = (done: number) => options.onProgress?.((told = Math.max(told, done)));
  const frames = await readFrames(output, { ...options, onProgress });
  if (frames.length === 0) {
    throw new EngineError("input/video-empty", "The video has no frames to make a GIF of. Render it again.");
  }
  let gif: Blob | undefined;
  for (const grade of GRADES) {
    gif = await encode(frames, grade, options, (done) => onProgress(DECODING + (1 - DECODING) * done));
    if (gif.size <= maxBytes) break;
  }
  return gif!;
}
