import type { FaceLandmarks } from "../core/face.ts";
import type { Stage } from "../job/job.ts";
import type { Warning } from "../job/warnings.ts";
import type { InferFaces } from "./lip-model-api.ts";
import type { DrawnScene, LookedVideo, SentScene, StillPicture } from "./scene.ts";

/** How far a rendering is. */
export interface RenderProgress {
  readonly stage: Stage;
  readonly framesDone: number;
  readonly frames: number;
  /** Frames that an earlier run had finished. */
  readonly framesKept: number;
  /** A segment that has just been finished, where segments are stored. */
  readonly finished?: { readonly index: number; readonly piece: Blob };
}

/** The end of a rendering. */
export interface RenderedVideo {
  readonly output: Blob;
  readonly frames: number;
  readonly encoder: string;
  readonly mouthWidthPx: number;
  readonly warnings: readonly Warning[];
  readonly framesSha256: string | null;
  /** `[frames]`: share of the mouth's motion that each output frame's least turned face takes, 0 to 1. */
  readonly strength: Float32Array<ArrayBuffer>;
  /** Ranges `[first, last]` of output frames in which no face is animated. */
  readonly facelessRanges: readonly (readonly [number, number])[];
  /** Milliseconds spent drawing and waiting for the encoder. */
  readonly drawMs: number;
  readonly encodeMs: number;
}

/** The worker that draws and encodes. */
export interface RenderApi {
  /**
   * Does what {@link RenderApi.render} needs no voice for, before the scene is known: measures the faces that are to
   * move. The scene that has its number in `prepared` takes it. One is kept at a time.
   * @param number unlike that of any other picture. @param speaking in the order of the scene's speakers, in pixels of
   * the picture. @param wanted is aborted when no scene will take it.
   * @throws EngineError `input/no-face`, `input/face-too-small`.
   */
  preparePicture(
    number: number,
    picture: StillPicture,
    speaking: readonly FaceLandmarks[],
    wanted: AbortSignal,
  ): Promise<void>;
  /**
   * The same for a video: opens it and measures its faces and the frames that lend them their mouths. The scene that
   * has its number must come from it.
   * @param video its frames are handed over. @param durationSeconds of the output. @param signal of the whole job, also
   * aborted when no scene will take it.
   * @throws EngineError `input/video…`, `input/face-turned`, `codec/…`, `job/cancelled`.
   */
  prepareVideo(
    number: number,
    video: LookedVideo,
    durationSeconds: number,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Renders a scene to a video file.
   * @param soundtrack leads to the worker that encodes its sound, a `SoundtrackApi`.
   * @param inferFaces inference with the scene's lip model; null with the engine's own lips.
   * @throws EngineError `codec/…`, `input/no-face`, `input/face-…`, `input/audio…`, `model/…`, `device/…`, `storage/full`,
   * `job/cancelled`.
   */
  render(
    scene: SentScene,
    soundtrack: MessagePort,
    inferFaces: InferFaces | null,
    signal: AbortSignal,
    onProgress: (progress: RenderProgress) => void,
    onPreview: ((frame: ImageBitmap) => void) | null,
  ): Promise<RenderedVideo>;
  /**
   * One frame of a scene with the engine's own lips, as it would be in a file.
   * @param atSeconds when the frame is shown; the last one when that is later.
   * @throws EngineError as {@link RenderApi.render}.
   */
  drawFrame(scene: DrawnScene, atSeconds: number, signal: AbortSignal): Promise<ImageBitmap>;
}
