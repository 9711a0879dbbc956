import type { RgbaImage } from "../../core/image.ts";
import type { Warning } from "../../job/warnings.ts";
import type { Picture } from "../planes/picture.ts";
import type { PlaneColour } from "../planes/plane-colour.ts";

/** When a frame is shown. */
export interface VideoFrameTime {
  readonly timestampSeconds: number;
  readonly durationSeconds: number;
}

/** One frame of a video, upright, with square pixels. */
export interface VideoFrameData extends VideoFrameTime {
  /** The caller owns it. */
  readonly image: RgbaImage;
}

/** The same with its planes, where the decoder gives 8-bit 4:2:0 of the video's {@link VideoSource.colour}. */
export interface VideoPictureData extends VideoFrameTime {
  /** The caller owns it. */
  readonly picture: Picture;
  /** The same at {@link VideoPicturesOptions.second}; absent where only another decoding would give it. */
  readonly second?: Picture;
}

/** Which frames to read, and at what size. */
export interface VideoFramesOptions {
  /** The frame shown at this instant is the first; the video's first frame when absent. */
  readonly fromSeconds?: number;
  /** Frames that start at or after this instant are left out. */
  readonly toSeconds?: number;
  /** In pixels; the video's own display size when absent. Give both or neither. */
  readonly width?: number;
  readonly height?: number;
  readonly signal?: AbortSignal;
}

/** The same for pictures. */
export interface VideoPicturesOptions extends VideoFramesOptions {
  /** Another size in pixels at which each frame is wanted, too. */
  readonly second?: { readonly width: number; readonly height: number };
  /** How much will be read from the beginning on, when that is known to be much: ffmpeg then decodes it in two lanes. */
  readonly seconds?: number;
}

/** What an encoded frame weighs. */
export interface VideoPacket {
  /** When the frame is shown, or about then. */
  readonly timestampSeconds: number;
  readonly bytes: number;
  /** Whether it can be decoded by itself. */
  readonly key: boolean;
}

/** A video that can be read from any instant as often as wanted, one frame in memory at a time. */
export interface VideoSource {
  /** Display size in pixels, after rotation and pixel aspect ratio; may be odd. */
  readonly width: number;
  readonly height: number;
  /** Usual frames a second. */
  readonly fps: number;
  /** Instant at which the last frame ends. */
  readonly durationSeconds: number;
  /** Absent where only reading the whole file would tell. */
  readonly frameCount?: number;
  readonly hasAudio: boolean;
  /** For instance "avc", "hevc", "mpeg4". */
  readonly codec: string;
  readonly decoder: "webcodecs" | "ffmpeg";
  /** Average bits a second of the pictures; of the whole file where that is not known. */
  readonly bitrate: number;
  /** Of the planes that {@link VideoSource.pictures} gives; null where it gives none. */
  readonly colour: PlaneColour | null;
  readonly warnings: readonly Warning[];
  /**
   * Frames in order of presentation. Leaving the loop frees the decoder.
   * @throws EngineError `codec/failed`, `device/memory`, `job/cancelled`.
   */
  frames(options?: VideoFramesOptions): AsyncIterable<VideoFrameData>;
  /**
   * The same frames, not converted where that can be left to the reader; planes are scaled, too. Odd sizes are converted.
   * @throws EngineError as `frames`.
   */
  pictures(options?: VideoPicturesOptions): AsyncIterable<VideoPictureData>;
  /**
   * The weights of all encoded frames, without decoding any.
   * @throws EngineError `codec/failed`, `job/cancelled`.
   */
  packets(signal: AbortSignal): Promise<VideoPacket[]>;
  dispose(): void;
}

/** What decoding a video's frames by their places takes. */
export type DecodableVideo = Pick<
  VideoSource,
  "width" | "height" | "decoder" | "colour" | "pictures" | "packets"
>;
