import { canDecodeAudio, canDecodeVideo, canEncodeAudio, type AudioCodec, type VideoCodec } from "mediabunny";
import type { OutputFormat } from "../job/job.ts";
import { avcEncoder } from "./encode/avc-encoder.ts";
import { BT709 } from "./planes/plane-colour.ts";
import { vp9Encoder } from "./encode/vp9-encoder.ts";

/** Who decodes or encodes: the browser (WebCodecs), ffmpeg, or an encoder that comes with the engine; null for nobody. */
export type CodecProvider = "browser" | "ffmpeg" | "built-in" | null;

/** Codecs of the videos and voices that are read. */
export const VIDEO_CODECS = ["avc", "hevc", "vp8", "vp9", "av1"] as const satisfies readonly VideoCodec[];
export const AUDIO_CODECS = ["aac", "mp3", "opus", "vorbis", "flac"] as const satisfies readonly AudioCodec[];

/** `@ffmpeg/core` 0.12 has decoders for all of these but AV1, whose own needs a GPU. */
const FFMPEG_LACKS: readonly string[] = ["av1"];

/** The size at which encoders are tried, in pixels, and its rate in frames a second. */
const TRIAL = { width: 640, height: 480, nominalFps: 25 } as const;

/** Who decodes a codec in this browser. */
export async function decoderOf(
  codec: (typeof VIDEO_CODECS)[number] | (typeof AUDIO_CODECS)[number],
): Promise<CodecProvider> {
  const isVideo = (VIDEO_CODECS as readonly string[]).includes(codec);
  const native = async () => {
    if (isVideo) return typeof VideoDecoder !== "undefined" && canDecodeVideo(codec as VideoCodec);
    return typeof AudioDecoder !== "undefined" && canDecodeAudio(codec as AudioCodec);
  };
  if (await native().catch(() => false)) return "browser";
  return FFMPEG_LACKS.includes(codec) ? null : "ffmpeg";
}

/** Who encodes a container's pictures and sound in this browser; the pictures are tried on a few frames of 640 × 480. */
export async function encodersOf(
  format: OutputFormat,
): Promise<{ readonly video: CodecProvider; readonly audio: CodecProvider }> {
  const options = { ...TRIAL, colour: BT709, quality: 0.8, take: () => undefined };
  const native = await (format === "mp4" ? avcEncoder(options) : vp9Encoder(options)).catch(() => undefined);
  native?.close();
  const video = native ? "browser" : format === "mp4" ? "ffmpeg" : null;
  if (format === "mp4") return { video, audio: "built-in" };
  const stereo = { numberOfChannels: 2, sampleRate: 48_000 };
  const opus =
    typeof AudioEncoder !== "undefined" && (await canEncodeAudio("opus", stereo).catch(() => false));
  return { video, audio: opus ? "browser" : null };
}
