import type { RgbaImage } from "../core/image.ts";
import type { LeftFrame } from "../job/job.ts";
import type { Warning } from "../job/warnings.ts";
import type { FractionListener } from "./inference-api.ts";

/** A decoded picture. */
export interface PictureData {
  /** Upright, at most the asked number of pixels. */
  readonly image: RgbaImage;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** Whether a page cannot show the file itself. */
  readonly foreign: boolean;
  readonly warnings: readonly Warning[];
}

/** A decoded voice, as the speech model wants it. */
export interface VoiceData {
  /** Mono, 16 kHz, [-1, 1]. */
  readonly pcm: Float32Array;
  readonly durationSeconds: number;
  readonly decoder: string;
  readonly warnings: readonly Warning[];
}

/** The worker that decodes what users drop. */
export interface MediaApi {
  /** @throws EngineError `input/image`, `input/image-too-small`, `input/image-too-large`. */
  decodePicture(file: Blob, maxPixels: number): Promise<PictureData>;
  /** @throws EngineError `input/audio`, `input/audio-empty`, `input/audio-too-long`, `codec/missing`. */
  decodeVoice(
    file: Blob,
    maxSeconds: number,
    signal: AbortSignal,
    onProgress: FractionListener,
  ): Promise<VoiceData>;
  /**
   * The beginning of a video's own sound as the speech model wants it; null where the browser reads none.
   * @throws EngineError `job/cancelled`.
   */
  decodeOwnSound(video: Blob, seconds: number, signal: AbortSignal): Promise<Float32Array | null>;
  /** A small GIF of a video's beginning. @throws EngineError `input/video…`, `codec/…`, `job/cancelled`. */
  previewGif(output: Blob, signal: AbortSignal, onProgress: FractionListener): Promise<Blob>;
  /** Small pictures from the middle of ranges of a video's frames. @throws EngineError `input/video…`, `job/cancelled`. */
  leftFrames(
    output: Blob,
    ranges: readonly (readonly [number, number])[],
    fps: number,
    signal: AbortSignal,
  ): Promise<readonly LeftFrame[]>;
}
