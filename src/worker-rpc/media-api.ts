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

/** The worker that decodes pictures and videos. */
export interface MediaApi {
  /** @throws EngineError `input/image`, `input/image-too-small`, `input/image-too-large`. */
  decodePicture(file: Blob, maxPixels: number): Promise<PictureData>;
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
