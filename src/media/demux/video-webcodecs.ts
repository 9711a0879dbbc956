import {
  EncodedPacketSink,
  VideoSampleSink,
  type Input,
  type InputVideoTrack,
  type VideoSample,
} from "mediabunny";
import { throwIfCancelled, toEngineError } from "../../job/errors.ts";
import { tellOnce, warning, type Warning } from "../../job/warnings.ts";
import { losesFullRange, matrixOfBrowser } from "../planes/browser-colours.ts";
import { editsOf, endOf, isPlain } from "./edit-list.ts";
import { beginsAnew, fileStart } from "./file-clock.ts";
import { frameRateOf } from "./frame-rate.ts";
import {
  aspectOf,
  FrameReader,
  isConverted,
  isHdr,
  isReadable,
  passedColour,
  type FrameFindings,
  type FrameShape,
  type Size,
} from "./frame-reader.ts";
import { holdsRgb } from "./sample-planes.ts";
import { matrixBehind, type PlaneColour, type YuvMatrix } from "../planes/plane-colour.ts";
import type { VideoPicturesOptions, VideoFrameTime, VideoPacket, VideoSource } from "./video-source.ts";

const FRAMES_PROBED = 2000;

/** Frames a second by the first packets. */
async function frameRate(track: InputVideoTrack): Promise<number> {
  const starts: number[] = [];
  for await (const { timestamp } of new EncodedPacketSink(track).packets(undefined, undefined, {
    metadataOnly: true,
  })) {
    starts.push(timestamp);
    if (starts.length === FRAMES_PROBED) break;
  }
  return frameRateOf(starts.sort((a, b) => a - b));
}

/** How a track's samples become frames; the size is upright. */
interface TrackShape extends FrameShape {
  readonly rotation: number;
  /** The file's time 0 on the container's clock, in seconds. */
  readonly beginning: number;
  /** Where the frames that are shown end on that clock. */
  readonly end: number;
}

async function readPackets(
  track: InputVideoTrack,
  { beginning, end }: Pick<TrackShape, "beginning" | "end">,
  signal: AbortSignal,
): Promise<VideoPacket[]> {
  const packets: VideoPacket[] = [];
  try {
    const sink = new EncodedPacketSink(track);
    for await (const packet of sink.packets(undefined, undefined, { metadataOnly: true })) {
      throwIfCancelled(signal);
      const { timestamp, byteLength, type } = packet;
      if (timestamp >= end) continue;
      packets.push({ timestampSeconds: timestamp - beginning, bytes: byteLength, key: type === "key" });
    }
  } catch (error) {
    throw toEngineError(error, "codec/failed", "The video's index could not be read");
  }
  return packets;
}

/** Reads a video's frames in the shape that `read` gives them. */
async function* readFrames<Shape extends object>(
  track: InputVideoTrack,
  shape: TrackShape,
  options: VideoPicturesOptions,
  read: (reader: FrameReader, sample: VideoSample, second: FrameReader | null) => Promise<Shape>,
): AsyncGenerator<Shape & VideoFrameTime> {
  const { size, rotation, beginning, end } = shape;
  const { fromSeconds = 0, toSeconds, second, signal } = options;
  const { width, height } =
    options.width && options.height ? { width: options.width, height: options.height } : size;
  const turned = rotation % 180 !== 0;
  const readerOf = ({ width, height }: Size) =>
    new FrameReader({ ...shape, size: turned ? { width: height, height: width } : { width, height } });
  const reader = readerOf({ width, height });
  const other = second ? readerOf(second) : null;
  try {
    for await (const sample of new VideoSampleSink(track).samples(
      fromSeconds > 0 ? fromSeconds + beginning : undefined,
      Math.min(toSeconds === undefined ? Infinity : toSeconds + beginning, end),
    )) {
      try {
        throwIfCancelled(signal);
        const { duration } = sample;
        const timestamp = sample.timestamp - beginning;
        if (timestamp < 0 && timestamp + duration <= 1e-6) continue;
        const shape = await read(reader, sample, other);
        sample.close();
        yield { ...shape, timestampSeconds: timestamp, durationSeconds: duration };
      } finally {
        sample.close();
      }
    }
  } catch (error) {
    throw toEngineError(error, "codec/failed", "The browser's decoder stopped while reading the video");
  }
}

/**
 * Upright size in square pixels. The convention of players and of ffmpeg: the stored height counts and the width
 * follows the pixel aspect ratio (mediabunny enlarges the height of narrow pixels instead).
 */
export async function displaySize(track: InputVideoTrack): Promise<Size> {
  const { num, den } = await track.getPixelAspectRatio();
  const scale = num < den ? num / den : 1;
  return {
    width: Math.round((await track.getDisplayWidth()) * scale),
    height: Math.round((await track.getDisplayHeight()) * scale),
  };
}

/** The matrix by which the browser converts a track's frames where it is the wrong one; else null. */
async function wrongMatrix(track: InputVideoTrack, sample: VideoSample): Promise<YuvMatrix | null> {
  const told = sample.colorSpace.matrix ?? "bt709";
  const open = told === "bt709" && !(await track.getColorSpace()).matrix;
  if (!open || !isConverted(sample) || matrixBehind(told, false, sample.visibleRect.height) === "bt709")
    return null;
  const drawnBy = await matrixOfBrowser((await track.getCodec()) ?? "");
  return drawnBy === "bt709" ? drawnBy : null;
}

/**
 * Opens a track by WebCodecs, after decoding its first frame as a trial.
 * @returns undefined when the browser cannot decode it, or its clock begins anew in the middle, or stretches of it are
 * put together.
 * @throws whatever mediabunny throws for a damaged or encrypted file.
 */
export async function openWithWebCodecs(
  input: Input,
  track: InputVideoTrack,
  file: Blob,
): Promise<VideoSource | undefined> {
  if (!(await track.canDecode()) || (await beginsAnew(await input.getFormat(), track))) return undefined;
  const edits = await editsOf(file);
  if (!isPlain(edits, track.id)) return undefined;
  const warnings: Warning[] = [];
  let frames = 0;
  let colour: PlaneColour | null = null;
  let drawnBy: YuvMatrix | null = null;
  let aspect = 1;
  let rgb = false;
  const container = await track.getColorSpace();
  for await (const sample of new VideoSampleSink(track).samples()) {
    if (isHdr(sample, container)) warnings.push(warning("video/hdr"));
    colour = passedColour(sample, container);
    drawnBy = await wrongMatrix(track, sample);
    aspect = aspectOf(sample);
    const crushed = isConverted(sample) && container.fullRange === true && (await losesFullRange());
    const readable = !crushed && (await isReadable(sample, container));
    rgb = readable && (await holdsRgb(sample));
    sample.close();
    if (!readable) return undefined;
    frames++;
    break;
  }
  const [rotation, codec, audio, fps, beginning, mediaEnd] = await Promise.all([
    track.getRotation(),
    track.getCodec(),
    input.getAudioTracks(),
    frameRate(track),
    fileStart(input),
    track.computeDuration(),
  ]);
  const end = endOf(edits, track.id, mediaEnd);
  const stats = await track.computePacketStats();
  const size = await displaySize(track);
  const warn = (code: "video/transparent" | "video/reshaped") => {
    tellOnce(warnings, warning(code));
  };
  const findings: FrameFindings = {
    onTransparent: () => warn("video/transparent"),
    onReshaped: () => warn("video/reshaped"),
  };
  const shape: TrackShape = { size, rotation, aspect, container, drawnBy, rgb, findings, beginning, end };
  const durationSeconds = frames > 0 ? Math.max(0, end - beginning) : 0;
  return {
    ...size,
    fps,
    durationSeconds,
    frameCount: stats.packetCount,
    hasAudio: audio.length > 0,
    codec: codec ?? "unknown",
    decoder: "webcodecs",
    bitrate: Math.round(stats.averageBitrate || (file.size * 8) / Math.max(durationSeconds, 1e-3)),
    colour,
    warnings,
    frames: (options = {}) =>
      readFrames(track, shape, options, async (reader, sample) => ({
        image: await reader.image(sample),
      })),
    pictures: (options = {}) =>
      readFrames(track, shape, options, async (reader, sample, second) => ({
        picture: await reader.picture(sample, colour),
        ...(second ? { second: await second.picture(sample, colour) } : {}),
      })),
    packets: (signal) => readPackets(track, shape, signal),
    dispose: () => input.dispose(),
  };
}
