import { BufferSource, EncodedPacketSink, Input, MP4, type EncodedPacket } from "mediabunny";
import { EngineError, toEngineError } from "../../job/errors.ts";
import type { Bitrates } from "./bitrate-steps.ts";
import { FfmpegCore, type FfmpegInput } from "../ffmpeg/ffmpeg.ts";
import { i420Bytes, isPlanar, type Picture } from "../planes/picture.ts";
import type { PlaneColour } from "../planes/plane-colour.ts";
import { rgbaToI420 } from "../planes/yuv.ts";

/** What a frame encoder needs to know. */
export interface FrameEncoderOptions {
  readonly width: number;
  readonly height: number;
  readonly nominalFps: number;
  /** Of the planes that are encoded: pictures with planes have this one, others are converted to it. */
  readonly colour: PlaneColour;
  /** 0 (small) to 1 (near lossless). */
  readonly quality: number;
  /** For encoders that can be told; the quality counts when absent. */
  readonly bitrates?: Bitrates;
  /** Gets the packets in order, with what a decoder must know; owns their bytes. */
  readonly take: (packet: EncodedPacket, config: VideoDecoderConfig) => void;
  readonly signal?: AbortSignal;
}

/** Turns pictures into packets of one video track. */
export interface FrameEncoder {
  readonly codec: "avc" | "vp9";
  /** For instance "H.264 (WebCodecs)". */
  readonly name: string;
  /** The encoder's settings: what its packets depend on beside the pictures. */
  readonly setup: string;
  /** The picture has been copied when this resolves. */
  add(picture: Picture, timestampSeconds: number, durationSeconds: number): Promise<void>;
  /** Ends a segment: the next one begins with a key frame, and nothing in it depends on earlier frames. */
  cut(): Promise<void>;
  /** All packets have been taken when this resolves. */
  finish(): Promise<void>;
  close(): void;
}

const KEY_FRAME_SECONDS = 2;
/** Raw frames held for one run of ffmpeg. */
const SEGMENT_BYTES = 96 * 1024 * 1024;

/** Frames gathered for one run of ffmpeg. */
interface Segment {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly times: { timestamp: number; duration: number }[];
}

/** The colour space in ffmpeg's words, the same for raw frames and for an encoder. */
function colourArgs({ primaries, transfer, matrix, fullRange }: PlaneColour): string[] {
  const range = fullRange ? "pc" : "tv";
  const tags = ["-color_range", range, "-colorspace", matrix, "-color_primaries", primaries];
  return [...tags, "-color_trc", transfer];
}

/** Writes a picture's planes, or makes them. @param target `i420Bytes` long. */
export function writePlanes(picture: Picture, target: Uint8Array, colour: PlaneColour): void {
  if (isPlanar(picture)) target.set(picture.data);
  else rgbaToI420(picture, target, colour);
}

function ffmpegArgs(options: FrameEncoderOptions, frames: string, output: string): string[] {
  const { width, height, nominalFps, colour, quality } = options;
  return [
    "-hide_banner",
    "-f",
    "rawvideo",
    "-pix_fmt",
    "yuv420p",
    "-s",
    `${width}x${height}`,
    ...colourArgs(colour),
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
    ...colourArgs(colour),
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
  const { width, height, nominalFps, colour, signal, take } = options;
  const frameBytes = i420Bytes(width, height);
  const perSegment = Math.max(
    1,
    Math.min(Math.round(nominalFps * KEY_FRAME_SECONDS), Math.floor(SEGMENT_BYTES / frameBytes)),
  );
  const startSegment = (): Segment => ({ bytes: new Uint8Array(perSegment * frameBytes), times: [] });
  const core = await FfmpegCore.start(signal);
  let segment = startSegment();
  let running: Promise<void> = Promise.resolve();
  let failure: EngineError | undefined;

  const encode = async ({ bytes, times }: Segment) => {
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
        `ffmpeg could not encode the video (${result.log.at(-1)?.trim() ?? "no reason given"}). Try a smaller resolution.`,
      );
    }
    await pass(encoded, times);
  };

  const pass = async (encoded: Uint8Array<ArrayBuffer>, times: Segment["times"]) => {
    const input = new Input({ source: new BufferSource(encoded), formats: [MP4] });
    try {
      const track = await input.getPrimaryVideoTrack();
      const config = await track?.getDecoderConfig();
      if (!track || !config) throw new EngineError("codec/failed", "ffmpeg wrote a video without pictures.");
      const decoderConfig = { ...config, colorSpace: colour };
      let index = 0;
      for await (const packet of new EncodedPacketSink(track).packets()) {
        const time = times[index++];
        if (time) take(packet.clone(time), decoderConfig);
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
    codec: "avc",
    name: "H.264 (ffmpeg)",
    setup: JSON.stringify([perSegment, ffmpegArgs(options, "", "")]),
    async add(picture, timestamp, duration) {
      const at = segment.times.length * frameBytes;
      writePlanes(picture, segment.bytes.subarray(at, at + frameBytes), colour);
      segment.times.push({ timestamp, duration });
      if (segment.times.length === perSegment) await launch();
    },
    async cut() {
      if (segment.times.length > 0) await launch();
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
