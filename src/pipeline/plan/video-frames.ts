import { EngineError } from "../../job/errors.ts";
import type { RgbaImage } from "../../core/image.ts";
import type { VideoFramesOptions, VideoSource } from "../../media/demux/open-video.ts";
import { rgbaOf, type Picture } from "../../media/planes/picture.ts";
import type { VideoFrameTime } from "../../media/demux/video-source.ts";

/** A video's frames by their places, at one size. */
export interface FrameOptions {
  /** Start of each frame in seconds of the file, rising. */
  readonly starts: Float64Array;
  readonly width: number;
  readonly height: number;
  readonly signal?: AbortSignal;
}

/** Memory for frames that are read forward to be shown backward. */
const REVERSE_BYTES = 64 * 1024 * 1024;
/** Two frames begin at least this far apart, in seconds; less is rounding. */
const SAME_INSTANT = 5e-4;

/** Place of the frame that starts at `seconds`. */
function placeOf(starts: Float64Array, seconds: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= seconds + SAME_INSTANT) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Frames `first` to `last`, forward, as `read` gives them. */
async function* forward<Frame extends VideoFrameTime>(
  read: (range: VideoFramesOptions) => AsyncIterable<Frame>,
  { starts, width, height, signal }: FrameOptions,
  first: number,
  last: number,
): AsyncGenerator<{ readonly place: number; readonly frame: Frame }> {
  const range = {
    width,
    height,
    ...(first > 0 ? { fromSeconds: starts[first]! + SAME_INSTANT } : {}),
    ...(last + 1 < starts.length ? { toSeconds: starts[last + 1]! - SAME_INSTANT } : {}),
    ...(signal ? { signal } : {}),
  };
  let next = first;
  for await (const frame of read(range)) {
    const place = placeOf(starts, frame.timestampSeconds);
    if (place < next) continue;
    if (place > last) return;
    yield { place, frame };
    next = place + 1;
  }
}

/** Splits a sequence of places into runs that go one step forward or backward each. */
function runsOf(places: Iterable<number>): { readonly from: number; readonly to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const place of places) {
    const run = runs.at(-1);
    const step = run ? Math.sign(run.to - run.from) : 0;
    if (run && Math.abs(place - run.to) === 1 && (step === 0 || place - run.to === step)) run.to = place;
    else runs.push({ from: place, to: place });
  }
  return runs;
}

/**
 * A video's frames in the order of `places`, which moves by one step at a time, forward or backward; the caller owns
 * them. Backward runs are read in pieces; at most 64 MiB of frames are held.
 * @throws EngineError `codec/failed` when the file gives other frames than the first time.
 */
export async function* picturesInOrder(
  video: VideoSource,
  places: Iterable<number>,
  options: FrameOptions,
): AsyncGenerator<Picture> {
  const read = (range: VideoFramesOptions) => video.pictures(range);
  const held = Math.max(4, Math.floor(REVERSE_BYTES / (options.width * options.height * 4)));
  for (const { from, to } of runsOf(places)) {
    if (to >= from) {
      let count = 0;
      for await (const { frame } of forward(read, options, from, to)) {
        count++;
        yield frame.picture;
      }
      if (count !== to - from + 1) throw changed(count, to - from + 1);
      continue;
    }
    for (let last = from; last >= to; last -= held) {
      const first = Math.max(to, last - held + 1);
      const piece: Picture[] = [];
      for await (const { frame } of forward(read, options, first, last)) piece.push(frame.picture);
      if (piece.length !== last - first + 1) throw changed(piece.length, last - first + 1);
      while (piece.length > 0) yield piece.pop()!;
    }
  }
}

/** Reading on over so many seconds costs less than beginning anew, which decodes from the key frame before. */
const READ_ON_SECONDS = 2;

/** The frames at some places, in rising order, each once; others between them are decoded, but not converted. */
export async function* framesAt(
  video: VideoSource,
  places: readonly number[],
  options: FrameOptions,
): AsyncGenerator<{ readonly place: number; readonly image: RgbaImage }> {
  const read = (range: VideoFramesOptions) => video.pictures(range);
  const { starts } = options;
  const wanted = [...new Set(places)].sort((a, b) => a - b);
  const runs: number[][] = [];
  for (const place of wanted) {
    const run = runs.at(-1);
    const apart = run ? starts[place]! - starts[run.at(-1)!]! : Infinity;
    // With ffmpeg every beginning would decode from the file's start: one pass for all.
    if (run && (video.decoder === "ffmpeg" || apart <= READ_ON_SECONDS)) run.push(place);
    else runs.push([place]);
  }
  for (const run of runs) {
    const first = video.decoder === "ffmpeg" ? 0 : run[0]!;
    const among = new Set(run);
    for await (const { place, frame } of forward(read, options, first, run.at(-1)!)) {
      if (among.has(place)) yield { place, image: rgbaOf(frame.picture) };
    }
  }
}

function changed(got: number, wanted: number): EngineError {
  return new EngineError(
    "codec/failed",
    `The video gave ${got} frames where it had given ${wanted} before. It may be damaged; export it again as MP4.`,
  );
}
