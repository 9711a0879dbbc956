import {
  EncodedPacketSink,
  VideoSampleSink,
  type Input,
  type InputVideoTrack,
  type VideoSample,
} from "mediabunny";
import { throwIfCancelled, toEngineError } from "../core/errors.ts";
import type { RgbaImage } from "../core/image.ts";
import { warning, type Warning } from "../core/warnings.ts";
import { turnImage, yuvToRgba, type Plane, type YuvMatrix } from "./frame-planes.ts";
import { createPlaneScaler, type PlaneScaler } from "./plane-scaler.ts";
import type { VideoFrameData, VideoFramesOptions, VideoPacket, VideoSource } from "./video-source.ts";

const PLANAR: Readonly<Record<string, readonly [x: number, y: number]>> = {
  I420: [2, 2],
  I420A: [2, 2],
  I422: [2, 1],
  I422A: [2, 1],
  I444: [1, 1],
  I444A: [1, 1],
  NV12: [2, 2],
};
const FRAMES_PROBED = 2000;

/** Width and height before rotation, square pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** Video of this height and above is BT.709 where nothing says otherwise, lower video BT.601, as players assume. */
const HD_HEIGHT = 720;

/**
 * The matrix that the file names. Chromium reports BT.709 for frames of untagged video whatever their size,
 * so its word counts only where the container's agrees or the frame says something else.
 */
function matrixOf(sample: VideoSample, tagged: boolean): YuvMatrix {
  const matrix: string | null = sample.colorSpace.matrix;
  if (matrix === "bt2020-ncl") return "bt2020";
  if (matrix && matrix !== "bt709") return "bt601";
  return (tagged && matrix === "bt709") || sample.visibleRect.height >= HD_HEIGHT ? "bt709" : "bt601";
}

function isHdr(sample: VideoSample): boolean {
  const transfer: string | null = sample.colorSpace.transfer;
  return transfer === "pq" || transfer === "hlg";
}

function withoutPadding(
  bytes: Uint8Array,
  offset: number,
  stride: number,
  width: number,
  height: number,
): Plane {
  if (stride === width) return { width, height, data: bytes.subarray(offset, offset + width * height) };
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    data.set(bytes.subarray(offset + y * stride, offset + y * stride + width), y * width);
  }
  return { width, height, data };
}

/** Every second byte of interleaved chroma, from `first`. */
function deinterleave(
  bytes: Uint8Array,
  offset: number,
  stride: number,
  width: number,
  height: number,
): Plane {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = offset + y * stride;
    for (let x = 0; x < width; x++) data[y * width + x] = bytes[from + 2 * x]!;
  }
  return { width, height, data };
}

/** Turns decoded samples of one video into pictures; keeps scalers and buffers between frames. */
class FrameReader {
  #buffer = new Uint8Array(0);
  #scalers: PlaneScaler[] = [];
  #scaledFrom = "";

  /**
   * @param size of the pictures before rotation.
   * @param tagged whether the container names the colour matrix.
   */
  constructor(
    private readonly size: Size,
    private readonly tagged: boolean,
  ) {}

  async read(sample: VideoSample): Promise<RgbaImage> {
    const subsampling = sample.format ? PLANAR[sample.format] : undefined;
    const image =
      subsampling && !isHdr(sample) ? await this.#readPlanes(sample, subsampling) : this.#draw(sample);
    return turnImage(image, sample.rotation, sample.flip);
  }

  async #readPlanes(sample: VideoSample, [byX, byY]: readonly [number, number]): Promise<RgbaImage> {
    const bytes = sample.allocationSize();
    if (this.#buffer.length < bytes) this.#buffer = new Uint8Array(bytes);
    const layout = await sample.copyTo(this.#buffer);
    const { width, height } = sample.visibleRect;
    const [chromaWidth, chromaHeight] = [Math.ceil(width / byX), Math.ceil(height / byY)];
    const luma = withoutPadding(this.#buffer, layout[0]!.offset, layout[0]!.stride, width, height);
    const chroma = ([1, 2] as const).map((plane) => {
      if (sample.format !== "NV12") {
        const { offset, stride } = layout[plane]!;
        return withoutPadding(this.#buffer, offset, stride, chromaWidth, chromaHeight);
      }
      const { offset, stride } = layout[1]!;
      return deinterleave(this.#buffer, offset + plane - 1, stride, chromaWidth, chromaHeight);
    });
    const planes = this.#scale([luma, chroma[0]!, chroma[1]!], byX, byY);
    return yuvToRgba({
      planes,
      matrix: matrixOf(sample, this.tagged),
      fullRange: sample.colorSpace.fullRange === true,
    });
  }

  #scale(planes: [Plane, Plane, Plane], byX: number, byY: number): [Plane, Plane, Plane] {
    const { width, height } = this.size;
    const from = planes.map((plane) => `${plane.width}x${plane.height}`).join();
    if (from !== this.#scaledFrom) {
      this.#scaledFrom = from;
      this.#scalers = planes.map((plane, i) =>
        i === 0
          ? createPlaneScaler(plane, width, height)
          : createPlaneScaler(plane, Math.ceil(width / byX), Math.ceil(height / byY)),
      );
    }
    return planes.map((plane, i) => this.#scalers[i]!(plane)) as [Plane, Plane, Plane];
  }

  /** For formats without 8-bit planes (RGB, 10 bits, high dynamic range): the browser's own conversion. */
  #draw(sample: VideoSample): RgbaImage {
    const { width, height } = this.size;
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
    context.imageSmoothingQuality = "high";
    const frame = sample.toVideoFrame();
    try {
      context.drawImage(frame, 0, 0, width, height);
    } finally {
      frame.close();
    }
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, data: data as Uint8ClampedArray<ArrayBuffer> };
  }
}

/** How many frames lie before the first one that a reading from `fromSeconds` yields. */
async function framesBefore(track: InputVideoTrack, firstTimestamp: number): Promise<number> {
  let count = 0;
  for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, {
    metadataOnly: true,
  })) {
    const ends = packet.timestamp + packet.duration;
    if (ends > 0 && packet.timestamp < firstTimestamp - 1e-6) count++;
  }
  return count;
}

async function readPackets(track: InputVideoTrack, signal: AbortSignal): Promise<VideoPacket[]> {
  const packets: VideoPacket[] = [];
  try {
    const sink = new EncodedPacketSink(track);
    for await (const packet of sink.packets(undefined, undefined, { metadataOnly: true })) {
      throwIfCancelled(signal);
      const { timestamp, byteLength, type } = packet;
      packets.push({ timestampSeconds: timestamp, bytes: byteLength, key: type === "key" });
    }
  } catch (error) {
    throw toEngineError(error, "codec/failed", "The video's index could not be read");
  }
  return packets;
}

async function* readFrames(
  track: InputVideoTrack,
  size: Size,
  rotation: number,
  options: VideoFramesOptions,
): AsyncGenerator<VideoFrameData> {
  const { fromSeconds = 0, toSeconds, signal } = options;
  const { width, height } =
    options.width && options.height ? { width: options.width, height: options.height } : size;
  const turned = rotation % 180 !== 0;
  const tagged = Boolean((await track.getColorSpace()).matrix);
  const reader = new FrameReader(turned ? { width: height, height: width } : { width, height }, tagged);
  let index: number | undefined = fromSeconds > 0 ? undefined : 0;
  try {
    for await (const sample of new VideoSampleSink(track).samples(
      fromSeconds > 0 ? fromSeconds : undefined,
      toSeconds,
    )) {
      try {
        throwIfCancelled(signal);
        const { timestamp, duration } = sample;
        if (timestamp < 0 && timestamp + duration <= 1e-6) continue;
        index ??= await framesBefore(track, timestamp);
        const image = await reader.read(sample);
        sample.close();
        yield { image, index: index++, timestampSeconds: timestamp, durationSeconds: duration };
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

/**
 * Opens a track by WebCodecs, after decoding its first frame as a trial.
 * @returns undefined when the browser cannot decode it.
 * @throws whatever mediabunny throws for a damaged or encrypted file.
 */
export async function openWithWebCodecs(
  input: Input,
  track: InputVideoTrack,
  file: Blob,
): Promise<VideoSource | undefined> {
  if (!(await track.canDecode())) return undefined;
  const warnings: Warning[] = [];
  let frames = 0;
  for await (const sample of new VideoSampleSink(track).samples()) {
    if (isHdr(sample)) warnings.push(warning("video/hdr"));
    sample.close();
    frames++;
    break;
  }
  const [rotation, codec, audio, metrics, durationSeconds] = await Promise.all([
    track.getRotation(),
    track.getCodec(),
    input.getAudioTracks(),
    track.computeFrameRateMetrics({ targetPacketCount: FRAMES_PROBED }),
    track.computeDuration(),
  ]);
  const stats = await track.computePacketStats();
  const size = await displaySize(track);
  return {
    ...size,
    fps: metrics.bestGuessFrameRate,
    variableRate: !metrics.frameRateIsConstant,
    durationSeconds: frames > 0 ? durationSeconds : 0,
    frameCount: stats.packetCount,
    hasAudio: audio.length > 0,
    codec: codec ?? "unknown",
    decoder: "webcodecs",
    bitrate: Math.round(stats.averageBitrate || (file.size * 8) / Math.max(durationSeconds, 1e-3)),
    warnings,
    frames: (options = {}) => readFrames(track, size, rotation, options),
    packets: (signal) => readPackets(track, signal),
    dispose: () => input.dispose(),
  };
}
