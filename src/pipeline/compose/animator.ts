import type { Warning } from "../../job/warnings.ts";
import type { Picture } from "../../media/planes/picture.ts";
import type { Rig } from "../../render/face-rig/rig.ts";
import type { InferFaces } from "../../worker-rpc/lip-model-api.ts";
import type { DrawnScene } from "../../worker-rpc/scene.ts";
import type { PreparedPicture } from "./prepared-picture.ts";
import type { PreparedVideo } from "./prepared-video.ts";
import type { Surface } from "./surface.ts";

/** What an animator may draw with. */
export interface AnimatorContext {
  readonly scene: DrawnScene;
  readonly rig: Rig;
  /** The scene's picture or video, where its faces have been measured before. */
  readonly prepared: PreparedPicture | PreparedVideo | null;
  /** Inference with the scene's lip model; null with the engine's own lips. */
  readonly inferFaces: InferFaces | null;
  readonly signal: AbortSignal;
}

/** A frame of the output that is being composed. */
export interface ComposedFrame {
  /** Number of the output's frame. */
  readonly index: number;
  readonly surface: Surface;
}

/** Where a stream of frames begins, and how the output is divided. */
export interface FrameRange {
  readonly first: number;
  /** Frames of a segment of the output; a stream begins at a multiple of it. */
  readonly segmentFrames: number;
}

/** What a stream of frames is drawn on. */
export interface AnimatedRange extends FrameRange {
  /** A surface of a further frame of the source, which is only looked at. */
  surfaceOf(picture: Picture): Surface;
}

/** Draws the mouths on the frames of one source. */
export interface Animator {
  /** Width of the smallest mouth, in pixels of the output or of the model, whichever is fewer. */
  readonly mouthWidthPx: number;
  readonly warnings: readonly Warning[];
  /** Share of the mouth's motion that an output frame's least turned face takes, 0 to 1; 0 where none is changed. */
  strength(frame: number): number;
  /**
   * Draws on frames as they come and passes them on in order, each once; may hold some back to draw them together.
   * What a frame looks like must not depend on where the stream begins.
   */
  animate(frames: AsyncIterable<ComposedFrame>, range: AnimatedRange): AsyncIterable<ComposedFrame>;
}

/** The `animate` of an {@link Animator} that draws each frame by itself. */
export function frameByFrame(draw: (frame: ComposedFrame) => void): Animator["animate"] {
  return async function* (frames) {
    for await (const frame of frames) {
      draw(frame);
      yield frame;
    }
  };
}
