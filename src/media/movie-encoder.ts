import {
  BufferSource,
  canEncodeVideo,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  Quality,
  VideoSample,
  VideoSampleSource,
  type VideoSource,
} from "mediabunny";
import { EngineError, toEngineError } from "../core/errors.ts";
import type { RgbaImage } from "../core/image.ts";
import { FfmpegCore, type FfmpegInput } from "./ffmpeg.ts";
import { BT709, i420Bytes, rgbaToI420 } from "./yuv.ts";

/** What a frame encoder needs to know. */
export interface FrameEncoderOptions {
  readonly width: number;
  readonly height: number;
  readonly nominalFps: number;
  /** 0 (small) to 1 (near lossless). */
  readonly quality: number;
  readonly signal?: AbortSignal;
}

/** Turns pictures into packets of one video track. */
export interface FrameEncoder {
  readonly source: VideoSource;
  /** For instance "H.264 (WebCodecs)". */
  readonly name: string;
  /** The picture has been copied when this resolves. */
  add(image: RgbaImage, timestampSeconds: number, durationSeconds: number): Promise<void>;
  finish(): Promise<void>;
  close(): void;
}

const KEY_FRAME_SECONDS = 2;
/** Raw frames held for one run of ffmpeg. */
const SEGMENT_BYTES = 96 * 1024 * 1024;

/**
 * The browser's own VP9 encoder, or undefined when it has none for this size. It takes a quantiser, so its first
 * frame is as good as any.
 */
export async function vp9Encoder(options: FrameEncoderOptions): Promise<FrameEncoder | undefined> {
  const { width, height, nominalFps } = options;
  const quantizer = Math.round(52 - 32 * options.quality);
  const bitrate = Math.round(width * height * Math.max(10, nominalFps) * 0.02 * 16 ** options.quality);
  const quality = new Quality({ quantizer, bitrate, bitrateMode: "variable" });
  if (typeof VideoEncoder === "undefined" || !(await canEncodeVideo("vp9", { width, height, quality }))) {
    return undefined;
  }
  const source = new VideoSampleSource({ codec: "vp9", quality, keyFrameInterval: KEY_FRAME_SECONDS });
  const planes = new Uint8Array(i420Bytes(width, height));
  return {
    source,
    name: "VP9 (WebCodecs)",
    async add(image, timestamp, duration) {
      rgbaToI420(image, planes);
      const sample = new VideoSample(planes, {
        format: "I420",
        codedWidth: width,
        codedHeight: height,
        timestamp,
        duration,
        colorSpace: BT709,
      });
      try {
        await source.add(sample);
      } finally {
        sample.close();
      }
    },
    finish: () => Promise.resolve(),
    close: () => undefined,
  };
}

/** Frames gathered for one run of ffmpeg. */
interface Segment {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly times: { timestamp: number; duration: number }[];
}

function ffmpegArgs(options: FrameEncoderOptions, frames: string, output: string): string[] {
  const { width, height, nominalFps, quality } = options;
  return [
    "-hide_banner",
    "-f",
    "rawvideo",
    "-pix_fmt",
    "yuv420p",
    "-s",
    `${width}x${height}`,
    "-r",
    String(nominalFps),
    "-i",
    frames,
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-crf",
    String(Math.round(38 - 25 * quality)),
    "-bf",
    "0",
    "-g",
    "9999",
    "-color_range",
    "tv",
    "-colorspace",
    "bt709",
    "-color_primaries",
    "bt709",
    "-color_trc",
    "bt709",
    "-pix_fmt",
    "yuv420p",
    "-fps_mode",
    "passthrough",
    "-y",
    output,
  ];
}

/**
 * An H.264 encoder by ffmpeg (x264; its VP9 encoder traps in wasm): frames are gathered into pieces of about two seconds, each
 * encoded in one run that starts with a key frame, so that memory stays bounded whatever the length.
 * @throws EngineError `codec/missing` when ffmpeg cannot be loaded.
 */
export async function ffmpegEncoder(options: FrameEncoderOptions): Promise<FrameEncoder> {
  const { width, height, nominalFps, signal } = options;
  const frameBytes = i420Bytes(width, height);
  const perSegment = Math.max(
    1,
    Math.min(Math.round(nominalFps * KEY_FRAME_SECONDS), Math.floor(SEGMENT_BYTES / frameBytes)),
  );
  const source = new EncodedVideoPacketSource("avc");
  const startSegment = (): Segment => ({ bytes: new Uint8Array(perSegment * frameBytes), times: [] });
  let core = await FfmpegCore.start(signal);
  let segment = startSegment();
  let running: Promise<void> = Promise.resolve();
  let failure: EngineError | undefined;

  const encode = async ({ bytes, times }: Segment) => {
    if (!core.usable) {
      core.terminate();
      core = await FfmpegCore.start(signal);
    }
    const input: FfmpegInput = { name: "frames.yuv", data: bytes.subarray(0, times.length * frameBytes) };
    const output = "/segment.mp4";
    const args = ffmpegArgs(options, `/${input.name}`, output);
    const result = await core.run(
      { args, inputs: [input], outputs: [output] },
      { ...(signal ? { signal } : {}) },
    );
    const encoded = result.files[output];
    if (result.exitCode !== 0 || !encoded) {
      throw new EngineError(
        "codec/failed",
        `ffmpeg could not encode the movie (${result.log.at(-1)?.trim() ?? "no reason given"}). Try a smaller resolution.`,
      );
    }
    await pass(encoded, times);
  };

  const pass = async (encoded: Uint8Array<ArrayBuffer>, times: Segment["times"]) => {
    const input = new Input({ source: new BufferSource(encoded), formats: [MP4] });
    try {
      const track = await input.getPrimaryVideoTrack();
      const config = await track?.getDecoderConfig();
      if (!track || !config) throw new EngineError("codec/failed", "ffmpeg wrote a movie without pictures.");
      const decoderConfig = { ...config, colorSpace: BT709 };
      let index = 0;
      for await (const packet of new EncodedPacketSink(track).packets()) {
        const time = times[index++];
        if (time) await source.add(packet.clone(time), { decoderConfig });
      }
      if (index !== times.length) {
        throw new EngineError(
          "codec/failed",
          `ffmpeg encoded ${index} frames of ${times.length}. Try again.`,
        );
      }
    } finally {
      input.dispose();
    }
  };

  const launch = async () => {
    const ready = segment;
    segment = startSegment();
    await running;
    if (failure) throw failure;
    running = encode(ready).catch((error: unknown) => {
      failure = toEngineError(error, "codec/failed", "Encoding with ffmpeg");
    });
  };

  return {
    source,
    name: "H.264 (ffmpeg)",
    async add(image, timestamp, duration) {
      const at = segment.times.length * frameBytes;
      rgbaToI420(image, segment.bytes.subarray(at, at + frameBytes));
      segment.times.push({ timestamp, duration });
      if (segment.times.length === perSegment) await launch();
    },
    async finish() {
      if (segment.times.length > 0) await launch();
      await running;
      core.terminate();
      if (failure) throw failure;
    },
    close: () => core.terminate(),
  };
}
