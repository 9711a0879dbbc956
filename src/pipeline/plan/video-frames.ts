import { EngineError } from "../../job/errors.ts";
import { SAME_INSTANT } from "../../media/demux/frame-rate.ts";
import type { CachedFrameReader } from "../../media/frame-cache/frame-cache.ts";
import { isPlanar, type Picture } from "../../media/planes/picture.ts";
import type {
  DecodableVideo,
  VideoFramesOptions,
  VideoFrameTime,
  VideoPictureData,
} from "../../media/demux/video-source.ts";

/** A video's frames by their places, at one size. */
export interface FrameOptions {
  /** Start of each frame in seconds of the file, rising. */
  readonly starts: Float64Array;
  readonly width: number;
  readonly height: number;
  /** Those that need not be decoded, of that size. */
  readonly kept?: Pick<CachedFrameReader, "has" | "read"> | undefined;
  /** Planes of frames that are no longer used. */
  readonly free?: Uint8Array<ArrayBuffer>[];
  readonly signal?: AbortSignal;
}

/** Memory for frames that are read forward to be shown backward. */
const REVERSE_BYTES = 64 * 1024 * 1024;

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
    ...(first > 0 ? { fromSeconds: starts[first]! } : {}),
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

/** Splits a sequence of places into runs that only rise or only fall; a place may come several times in a row. */
function runsOf(places: Iterable<number>): number[][] {
  const runs: number[][] = [];
  let direction = 0;
  for (const place of places) {
    const run = runs.at(-1);
    const step = run ? Math.sign(place - run.at(-1)!) : 0;
    if (run && (step === 0 || direction === 0 || step === direction)) {
      run.push(place);
      direction ||= step;
    } else {
      runs.push([place]);
      direction = 0;
    }
  }
  return runs;
}

function copyOf(picture: Picture): Picture {
  return { ...picture, data: picture.data.slice() } as Picture;
}

/** A picture so many times, each the caller's. */
function* repeated(picture: Picture | undefined, times: number): Generator<Picture> {
  for (let i = 1; i < times; i++) yield copyOf(picture!);
  if (times > 0) yield picture!;
}

/**
 * The pictures at rising places, each as often as it stands there. Where a decoder leaves out a frame that it gave
 * before (damage behind which it begins anew), a neighbour stands in.
 */
async function* risingPictures(
  read: (range: VideoFramesOptions) => AsyncIterable<VideoPictureData>,
  places: readonly number[],
  options: FrameOptions,
): AsyncGenerator<Picture> {
  let wanted = 0;
  let held: Picture | undefined;
  let times = 0;
  for await (const { place, frame } of forward(read, options, places[0]!, places.at(-1)!)) {
    yield* repeated(held, times);
    held = frame.picture;
    for (times = 0; wanted < places.length && places[wanted]! <= place; wanted++) times++;
  }
  if (!held) throw nothing();
  yield* repeated(held, times + places.length - wanted);
}

/** Frames that are decoded, in the order of `places`. */
async function* decodedInOrder(
  video: DecodableVideo,
  places: Iterable<number>,
  options: FrameOptions,
): AsyncGenerator<Picture> {
  const read = (range: VideoFramesOptions) => video.pictures(range);
  const most = Math.max(4, Math.floor(REVERSE_BYTES / (options.width * options.height * 4)));
  for (const run of runsOf(places)) {
    if (run.at(-1)! >= run[0]!) {
      yield* risingPictures(read, run, options);
      continue;
    }
    for (let from = 0; from < run.length; from += most) {
      const piece: Picture[] = [];
      const rising = run.slice(from, from + most).reverse();
      for await (const picture of risingPictures(read, rising, options)) piece.push(picture);
      while (piece.length > 0) yield piece.pop()!;
    }
  }
}

/**
 * A video's frames in the order of `places`, which rises and falls; the caller owns them. What falls is read in pieces;
 * at most 64 MiB of frames are held.
 * @throws EngineError `codec/failed` when the file gives no frames where it gave some the first time.
 */
export async function* picturesInOrder(
  video: DecodableVideo,
  places: Iterable<number>,
  options: FrameOptions,
): AsyncGenerator<Picture> {
  const { kept, free } = options;
  let missing: number[] = [];
  for (const place of places) {
    const picture = kept?.has(place) ? await kept.read(place, free?.pop()) : undefined;
    if (!picture) {
      missing.push(place);
      continue;
    }
    // No frame is decoded before a kept one is asked for: what is read in one go stays one.
    yield* decodedInOrder(video, missing, options);
    missing = [];
    yield picture;
  }
  yield* decodedInOrder(video, missing, options);
}

/** Reading on over so many seconds costs less than beginning anew, which decodes from the key frame before. */
const READ_ON_SECONDS = 2;

/**
 * The frames at some places, each once, kept ones first, else rising; others between them are decoded, but not converted.
 * A frame is valid until the next one is asked for.
 */
export async function* framesAt(
  video: DecodableVideo,
  places: readonly number[],
  options: FrameOptions,
): AsyncGenerator<{ readonly place: number; readonly picture: Picture }> {
  const read = (range: VideoFramesOptions) => video.pictures(range);
  const { starts, kept } = options;
  const runs: number[][] = [];
  let room: Uint8Array<ArrayBuffer> | undefined;
  for (const place of [...new Set(places)].sort((a, b) => a - b)) {
    const picture = kept?.has(place) ? await kept.read(place, room) : undefined;
    if (picture) {
      yield { place, picture };
      room = isPlanar(picture) ? picture.data : undefined;
      continue;
    }
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
      if (among.has(place)) yield { place, picture: frame.picture };
    }
  }
}

function nothing(): EngineError {
  return new EngineError(
    "codec/failed",
    "The video gave no frames where it had given some before. It may be damaged; export it again as MP4.",
  );
}
