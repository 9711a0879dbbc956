import { EngineError } from "../../job/errors.ts";
import type { OutputFormat } from "../../job/job.ts";
import { avcEncoder } from "./avc-encoder.ts";
import { ffmpegEncoder, type FrameEncoder, type FrameEncoderOptions } from "./frame-encoder.ts";
import { vp9Encoder } from "./vp9-encoder.ts";

/**
 * Who encodes the pictures of a container: the browser's H.264 (MP4) or VP9 (WebM), else ffmpeg's H.264.
 * @param forced the only one that may.
 * @throws EngineError `codec/missing` where there is none.
 */
export async function chooseEncoder(
  options: FrameEncoderOptions,
  format: OutputFormat,
  forced?: "webcodecs" | "ffmpeg",
): Promise<FrameEncoder> {
  if (forced !== "ffmpeg") {
    const native = format === "mp4" ? await avcEncoder(options) : await vp9Encoder(options);
    if (native) return native;
    if (forced === "webcodecs") {
      throw noEncoder(options, format, "Leave the choice of the encoder open to use ffmpeg.");
    }
  }
  if (format === "webm") throw noEncoder(options, format, "Choose MP4 as the format.");
  return ffmpegEncoder(options);
}

function noEncoder(
  { width, height }: FrameEncoderOptions,
  format: OutputFormat,
  advice: string,
): EngineError {
  const codec = format === "mp4" ? "an H.264" : "a VP9";
  return new EngineError(
    "codec/missing",
    `This browser was asked for ${codec} encoder for ${width}×${height} pixels and has none. ${advice}`,
  );
}
