import { EngineError, throwIfCancelled } from "../../job/errors.ts";
import { outputSize, type RgbaImage } from "../../core/image.ts";
import { roundTo } from "../../core/scalar.ts";
import { warning, type Warning } from "../../job/warnings.ts";
import type { FaceReader } from "../../vision/landmarks/face-reader.ts";
import { FRAMES_HELD, trackFaces, type TrackingState } from "../../vision/track/track-faces.ts";
import { frameRateOf, SAME_INSTANT } from "../../media/demux/frame-rate.ts";
import { openVideo, type VideoSource } from "../../media/demux/open-video.ts";
import {
  createFrameCache,
  frameCacheRoom,
  type FrameCacheWriter,
} from "../../media/frame-cache/frame-cache.ts";
import { isPlanar, rgbaOf, type Picture } from "../../media/planes/picture.ts";
import type { FractionListener } from "../../worker-rpc/inference-api.ts";
import type {
  FollowedVideo,
  KeptTracking,
  SavePiece,
  TrackedVideo,
  VideoTrackRequest,
} from "../../worker-rpc/video-api.ts";
import { readPiece, writePiece } from "../checkpoint/checkpoint-piece.ts";
import { outputRate } from "./output-rate.ts";
import { chooseTracks } from "./choose-video-speakers.ts";

/** A file that ends this much earlier than its index says was cut short. */
const CUT_SHORT_SECONDS = 0.5;
/** Longest side in pixels at which faces are followed; the mesh sees 192 pixels of a face. */
const MAX_TRACKING_SIDE = 960;
/**
 * Frames that are kept on the disk for drawing, by who decodes: bytes, and how long writing a megabyte may take, which
 * decoding again takes a browser's decoder 5 to 10 ms for. ffmpeg takes far longer than any disk.
 */
const KEPT_ON_DISK = {
  webcodecs: { bytes: 1024 ** 3, msPerMegabyte: 6 },
  ffmpeg: { bytes: 4 * 1024 ** 3, msPerMegabyte: Infinity },
} as const;
/** Pause between two reports of progress in milliseconds. */
const PROGRESS_EVERY_MS = 80;

/** A part of an unfinished looking through as it is kept. */
interface TrackingPiece {
  readonly index: number;
  /** Of the frames since the piece before. */
  readonly starts: Float64Array;
  readonly state: TrackingState;
}

/** How a video is looked through. */
interface TrackingRun {
  readonly signal: AbortSignal;
  readonly onProgress: FractionListener;
  readonly kept: KeptTracking | null;
  readonly keep: SavePiece | null;
}

/** The kept parts as far as they are whole and in order. */
async function readKept(kept: KeptTracking | null): Promise<TrackingPiece[]> {
  const pieces: TrackingPiece[] = [];
  for (const blob of kept?.pieces ?? []) {
    const piece = (await readPiece(blob, kept!.fingerprint)) as TrackingPiece | undefined;
    if (piece?.index !== pieces.length) break;
    pieces.push(piece);
  }
  return pieces;
}

/** Looks through an open video, and keeps its frames for drawing. */
async function trackOpened(
  video: VideoSource,
  request: VideoTrackRequest,
  faces: FaceReader,
  run: TrackingRun,
): Promise<FollowedVideo> {
  const pieces = await readKept(run.kept);
  const first = pieces.reduce((sum, { starts }) => sum + starts.length, 0);
  const { framesFile } = request;
  const { bytes, msPerMegabyte } = KEPT_ON_DISK[video.decoder];
  const cache =
    framesFile === null
      ? null
      : await createFrameCache(framesFile, video.colour, {
          first,
          room: { ...(await frameCacheRoom(bytes)), msPerMegabyte },
        });
  try {
    const tracked = await followOpened(video, request, faces, run, pieces, cache);
    return { ...tracked, frames: cache?.finish() ?? null };
  } catch (error) {
    await cache?.discard();
    throw error;
  }
}

/** Follows the faces behind the kept parts of an earlier run. */
async function followOpened(
  video: VideoSource,
  request: VideoTrackRequest,
  faces: FaceReader,
  { signal, onProgress, kept, keep }: TrackingRun,
  pieces: readonly TrackingPiece[],
  cache: FrameCacheWriter | null,
): Promise<TrackedVideo> {
  const size = outputSize(video, request.resolution);
  const shrink = Math.min(1, MAX_TRACKING_SIDE / Math.max(size.width, size.height));
  const width = Math.round(size.width * shrink);
  const height = Math.round(size.height * shrink);
  const sameSize = width === size.width && height === size.height;
  const second = cache && !sameSize ? { second: { width: size.width, height: size.height } } : {};
  const starts = pieces.flatMap((piece) => [...piece.starts]);
  /** Start of the frame behind which the kept parts end; it is looked at once more. */
  const last = starts.at(-1);
  let endSeconds = 0;
  const pixels: RgbaImage[] = [];
  /** A picture's pixels, in memory that no earlier one needs any more. */
  const pixelsOf = (picture: Picture): RgbaImage => {
    if (!isPlanar(picture)) return picture;
    const image = rgbaOf(picture, pixels.length < FRAMES_HELD ? undefined : pixels.shift());
    pixels.push(image);
    return image;
  };
  const wanted = Math.min(video.durationSeconds, request.maxSeconds);
  async function* frames(): AsyncGenerator<RgbaImage> {
    let again = last !== undefined;
    const range = again && starts.length > 1 ? { fromSeconds: last! } : {};
    for await (const frame of video.pictures({
      width,
      height,
      signal,
      seconds: wanted,
      ...second,
      ...range,
    })) {
      if (again) {
        if (frame.timestampSeconds < last! - SAME_INSTANT) continue;
        again = false;
        endSeconds = frame.timestampSeconds + frame.durationSeconds;
        yield pixelsOf(frame.picture);
        continue;
      }
      if (starts.length > 0 && frame.timestampSeconds >= request.maxSeconds) return;
      endSeconds = Math.max(endSeconds, frame.timestampSeconds + frame.durationSeconds);
      // Of two frames at one instant the first counts, here as in every later reading.
      if (starts.length > 0 && frame.timestampSeconds < starts.at(-1)! + SAME_INSTANT) continue;
      starts.push(frame.timestampSeconds);
      const drawn = sameSize ? frame.picture : frame.second;
      if (drawn) cache?.add(drawn);
      yield pixelsOf(frame.picture);
    }
  }
  let told = performance.now();
  const onFrame = () => {
    if (performance.now() - told < PROGRESS_EVERY_MS) return;
    told = performance.now();
    onProgress(Math.min(1, endSeconds / Math.max(1e-3, wanted)));
  };
  let [index, placesKept] = [pieces.length, starts.length];
  const take = async (state: TrackingState) => {
    // Of the frames that were looked at; the next one is there already.
    const piece: TrackingPiece = {
      index,
      starts: Float64Array.from(starts.slice(placesKept, state.frame)),
      state,
    };
    placesKept = state.frame;
    keep?.(index++, await writePiece(kept!.fingerprint, piece));
  };
  const tracks = await trackFaces(frames(), faces, {
    signal,
    onFrame,
    ...(pieces.length > 0 ? { resume: pieces.map((piece) => piece.state) } : {}),
    ...(kept ? { keep: { everyFrames: Math.ceil(kept.everySeconds * video.fps), take } } : {}),
  });
  if (starts.length === 0) {
    throw new EngineError("input/video-empty", "The video has no frames. Export it again as MP4.");
  }
  const cutShort: Warning[] = [];
  if (endSeconds < wanted - CUT_SHORT_SECONDS) {
    cutShort.push(
      warning("video/cut-short", {
        seconds: roundTo(endSeconds, 1),
        total: roundTo(video.durationSeconds, 1),
      }),
    );
  }
  const sourceFps = frameRateOf(starts);
  const choice = chooseTracks(tracks, request.mask, size.width / width);
  const summaryOf = (track: (typeof tracks.faces)[number]) => choice.summaries.get(track)!;
  return {
    sourceWidth: video.width,
    sourceHeight: video.height,
    ...size,
    fps: outputRate(sourceFps),
    sourceFps,
    starts: Float64Array.from(starts),
    endSeconds,
    bitrate: video.bitrate,
    decoder: video.decoder,
    tracks: { ...tracks, faces: choice.animated },
    animated: choice.animated.map(summaryOf),
    others: tracks.faces.filter((track) => !choice.animated.includes(track)).map(summaryOf),
    warnings: [...video.warnings, ...cutShort, ...choice.warnings],
  };
}

/**
 * Decodes a video once, finds and follows its faces and chooses those to animate; never holds more than a few frames.
 * Its frames at the output's size are kept in memory and on the disk as far as there is room.
 * Goes on behind the kept parts of an earlier run, as if that had not ended. Where the browser's decoder stops in the
 * middle, ffmpeg, which goes on behind damage, reads the video from its start.
 * @throws EngineError as `VideoInferenceApi.trackVideo`.
 */
export async function trackVideo(
  request: VideoTrackRequest,
  faces: FaceReader,
  signal: AbortSignal,
  onProgress: FractionListener,
  kept: KeptTracking | null = null,
  keep: SavePiece | null = null,
): Promise<FollowedVideo> {
  let done = 0;
  const forward = (fraction: number) => onProgress((done = Math.max(done, fraction)));
  const video = await openVideo(request.file, { signal });
  try {
    return await trackOpened(video, request, faces, {
      signal,
      onProgress: forward,
      kept,
      keep,
    });
  } catch (error) {
    const stopped = error instanceof EngineError && error.code === "codec/failed";
    if (!stopped || video.decoder === "ffmpeg") throw error;
    const other = await openVideo(request.file, { signal, decoder: "ffmpeg" }).catch(() => undefined);
    throwIfCancelled(signal);
    if (!other) throw error;
    try {
      const run = { signal, onProgress: forward, kept: null, keep: null };
      const tracked = await trackOpened(other, request, faces, run);
      return { ...tracked, warnings: [warning("video/damaged"), ...tracked.warnings] };
    } finally {
      other.dispose();
    }
  } finally {
    video.dispose();
  }
}
