import { ALL_FORMATS, BlobSource, Input } from "mediabunny";
import { EngineError, throwIfCancelled, toEngineError } from "../../job/errors.ts";
import { tellOnce, warning, type Warning } from "../../job/warnings.ts";
import { isEncrypted } from "./encrypted.ts";
import { readImageHeader } from "../image/image-header.ts";
import { joinVideos } from "./joined-video.ts";
import { recordingsIn } from "./joined-recordings.ts";
import { sampleTablesAgree } from "./sample-tables.ts";
import { sniffBlob, type Looks } from "./sniff.ts";
import { openWithFfmpeg } from "../ffmpeg/video-ffmpeg.ts";
import type { VideoSource } from "./video-source.ts";
import { displaySize, openWithWebCodecs } from "./video-webcodecs.ts";

export type { VideoFrameData, VideoFramesOptions, VideoSource } from "./video-source.ts";

/** Limits of {@link openVideo}. */
export interface OpenVideoOptions {
  /** Pixels of a frame; a larger one is refused; 4096 × 2304 when absent. */
  readonly maxPixels?: number;
  /** Leaves the browser's decoders out, as where they stopped in the middle. */
  readonly decoder?: "ffmpeg";
  readonly signal?: AbortSignal;
}

const DEFAULT_MAX_PIXELS = 4096 * 2304;

/**
 * Opens a video, all recordings of it where several were joined: mp4, mov, mkv, webm and ts with H.264, VP8, VP9 or AV1 (HEVC where the browser can) by WebCodecs,
 * anything else that ffmpeg knows (avi, ProRes, MPEG-4 ASP, animated GIF…) by ffmpeg. Works in a worker.
 * @throws EngineError `input/video` (not a video, no pictures, damaged), `input/video-empty`, `input/encrypted`,
 * `input/video-too-large`, `codec/missing`, `codec/failed`, `device/memory`, `job/cancelled`.
 */
export async function openVideo(file: Blob, options: OpenVideoOptions = {}): Promise<VideoSource> {
  throwIfCancelled(options.signal);
  const looks = await lookAt(file);
  const [beginning, ...later] = looks.kind === "image" ? [file] : await recordingsIn(file);
  const first = await openRecording(beginning!, looks, options);
  if (later.length === 0) return first;
  const parts: [VideoSource, ...VideoSource[]] = [first];
  const told: Warning[] = [];
  for (const recording of later) {
    try {
      parts.push(await openRecording(recording, looks, options));
    } catch (error) {
      if (options.signal?.aborted) {
        for (const part of parts) part.dispose();
        throw error;
      }
      tellOnce(told, warning("video/damaged"));
    }
  }
  return joinVideos(parts, told);
}

async function openRecording(file: Blob, looks: Looks, options: OpenVideoOptions): Promise<VideoSource> {
  const { signal } = options;
  const maxPixels = options.maxPixels ?? DEFAULT_MAX_PIXELS;
  const native: Native =
    options.decoder === "ffmpeg"
      ? { noTrack: false, tried: "its decoder stopped" }
      : await openNatively(file, maxPixels);
  throwIfCancelled(signal);
  if (native.noTrack && looks.kind === "audio") throw noPictures(looks);
  if (!native.video && (await isEncrypted(file))) throw encrypted();
  const video = await wholeVideo(native, file, signal);
  if (!video) {
    if (native.noTrack || looks.kind === "audio") throw noPictures(looks);
    throw new EngineError(
      "input/video",
      `The file looks like ${looks.words}, but it could not be read as a video: the browser says that ${native.tried}, and ffmpeg finds no pictures either. It may be damaged or cut short; export it again as MP4.`,
    );
  }
  try {
    checkSize(video, maxPixels);
    if (!(video.durationSeconds > 0)) {
      if (video.frameCount) {
        throw new EngineError(
          "input/video",
          `The video's index lists ${video.frameCount} frames, but none of them can be read: the file is cut short or damaged. Copy it again, or export it anew as MP4.`,
        );
      }
      throw new EngineError("input/video-empty", "The video has no frames. Export it again as MP4.");
    }
  } catch (error) {
    video.dispose();
    throw error;
  }
  return video;
}

/** The browser's reading where it finds frames, else ffmpeg's where that finds any. */
async function wholeVideo(
  { video }: Native,
  file: Blob,
  signal: AbortSignal | undefined,
): Promise<VideoSource | undefined> {
  if (video && video.durationSeconds > 0) return video;
  const other = await openWithFfmpeg(file, signal).catch((error: unknown) => {
    throwIfCancelled(signal);
    if (video) return undefined;
    throw error;
  });
  if (other) video?.dispose();
  return other ?? video;
}

async function lookAt(file: Blob): Promise<Looks> {
  let looks: Looks;
  let animated = false;
  try {
    looks = await sniffBlob(file);
    if (looks.kind === "image") animated = readImageHeader(new Uint8Array(await file.arrayBuffer())).animated;
  } catch (error) {
    throw new EngineError(
      "input/video",
      "The video could not be read from the disk. If it was moved or changed, choose it again.",
      { cause: error },
    );
  }
  if (looks.kind === "empty") {
    throw new EngineError(
      "input/video-empty",
      "The video's file is empty (0 bytes). Choose an MP4, MOV or WebM file.",
    );
  }
  if (looks.kind === "text" || looks.kind === "document" || (looks.kind === "image" && !animated)) {
    throw new EngineError(
      "input/video",
      `The file is not a video: it looks like ${looks.words}. Choose an MP4, MOV or WebM file.`,
    );
  }
  return looks;
}

interface Native {
  readonly video?: VideoSource;
  readonly noTrack: boolean;
  /** What went wrong, in words. */
  readonly tried: string;
}

async function openNatively(file: Blob, maxPixels: number): Promise<Native> {
  if (!(await sampleTablesAgree(file))) return { noTrack: false, tried: "its index contradicts itself" };
  const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  let tried = "its container is unknown to it";
  try {
    if (await input.canRead()) {
      const track = await input.getPrimaryVideoTrack();
      if (!track) {
        input.dispose();
        return { noTrack: true, tried: "" };
      }
      checkSize(await displaySize(track), maxPixels);
      const video = await openWithWebCodecs(input, track, file);
      if (video) return { video, noTrack: false, tried: "" };
      tried = `its codec (${(await track.getCodec()) ?? "unknown"}) is unknown to it`;
    }
  } catch (error) {
    input.dispose();
    if (error instanceof EngineError) throw error;
    tried = toEngineError(error, "codec/failed").message;
  }
  input.dispose();
  return { noTrack: false, tried };
}

function checkSize({ width, height }: { width: number; height: number }, maxPixels: number): void {
  if (width * height <= maxPixels) return;
  throw new EngineError(
    "input/video-too-large",
    `The video is ${width}×${height} pixels; the limit is ${(maxPixels / 1e6).toFixed(1)} megapixels (4K). Scale it down first.`,
    { details: { value: width * height, limits: { most: maxPixels }, unit: "pixels" } },
  );
}

function encrypted(): EngineError {
  return new EngineError(
    "input/encrypted",
    "The video is encrypted (protected by its publisher) and cannot be read. Use a video without protection.",
  );
}

function noPictures(looks: Looks): EngineError {
  return new EngineError(
    "input/video",
    `The file looks like ${looks.words}, but it has no pictures. Choose a file with a video track.`,
  );
}
