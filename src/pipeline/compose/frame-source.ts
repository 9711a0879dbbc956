import type { OutputFormat } from "../../job/job.ts";
import type { Bitrates } from "../../media/encode/bitrate-steps.ts";
import type { Picture } from "../../media/planes/picture.ts";
import type { PlaneColour } from "../../media/planes/plane-colour.ts";

/** The frames of an output before anything is drawn on them. */
export interface FrameSource {
  /** Size of every frame in pixels, both even. */
  readonly width: number;
  readonly height: number;
  /** Number of frames of the output. */
  readonly frames: number;
  /** Frames per second. */
  readonly fps: number;
  /** Colour of the frames where it is not plain sRGB. */
  readonly colour?: PlaneColour;
  /** Instant of a frame in seconds of the output. */
  secondsAt(frame: number): number;
  /**
   * The frames `first` to `end` (exclusive; all that follow when absent), to be drawn upon.
   * @throws EngineError `codec/failed` when a file gives other frames than the first time.
   */
  pictures(first: number, end?: number): AsyncIterable<Picture>;
  /** Takes a frame back that is no longer used; another one may take its memory. */
  release(picture: Picture): void;
  /** Bit rates that suit the source's own quality; absent where any even, high quality does. */
  chooseBitrates?(format: OutputFormat, signal: AbortSignal): Promise<Bitrates | undefined>;
  /** Closes the files that it reads. */
  dispose(): void;
}
