import type { Box } from "../../../core/face.ts";
import { EngineError } from "../../../job/errors.ts";
import { rectToImage, type FaceRect } from "../../../lip-models/frames/face-crop.ts";
import { parseManifest, type LipFramesManifest } from "../../../lip-models/manifest/manifest.ts";
import type { LipModelScene } from "../../../worker-rpc/lip-model-api.ts";
import type { PictureScene, VideoScene } from "../../../worker-rpc/scene.ts";
import type { AnimatedRange, Animator, AnimatorContext, ComposedFrame } from "../animator.ts";
import type { FrameSource } from "../frame-source.ts";
import type { PictureSource } from "../sources/picture-source.ts";
import type { TrackedVideoSource } from "../sources/tracked-video-source.ts";
import { pictureFaces, videoFaces, type ModelFaces } from "./lip-model-faces.ts";
import { inferFrames, type FaceInference, type ModelFrame } from "./lip-model-frames.ts";

/** Pixels around a rectangle that cutting it out looks at. */
const MARGIN = 4;

/** The upright region around a rectangle, with what is read beyond its edges. */
function regionAround(rect: FaceRect): Box {
  const corners = [0, 1].flatMap((u) => [0, 1].map((v) => rectToImage(rect, u, v)));
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const [x, y] = [Math.floor(Math.min(...xs)) - MARGIN, Math.floor(Math.min(...ys)) - MARGIN];
  return {
    x,
    y,
    width: Math.ceil(Math.max(...xs)) + MARGIN - x,
    height: Math.ceil(Math.max(...ys)) + MARGIN - y,
  };
}

/** The manifest of an open model, checked again on this side of the thread. */
function lipFramesOf(model: LipModelScene): LipFramesManifest {
  const manifest = parseManifest(model.manifest);
  if (manifest.role === "lip-frames") return manifest;
  throw new EngineError(
    "internal/bug",
    `The model ${manifest.id} does not generate faces. Please report this.`,
  );
}

const drawn = ({ strength }: { readonly strength: number }) => strength > 0;

/** A frame whose faces wait for inference. */
interface WaitingFrame extends ModelFrame {
  readonly frame: ComposedFrame;
}

function createAnimator(
  source: FrameSource,
  faces: ModelFaces,
  inference: FaceInference,
  signal: AbortSignal,
): Animator {
  const waiting = (frame: ComposedFrame): WaitingFrame => {
    const { index, surface } = frame;
    const found = faces.at(index);
    for (const { rect } of found.filter(drawn)) surface.read(regionAround(rect));
    return { image: surface.image, faces: found, frame };
  };

  async function* placed(frames: AsyncIterable<ComposedFrame>): AsyncGenerator<WaitingFrame> {
    for await (const frame of frames) yield waiting(frame);
  }

  /** The first frame of the output that is drawn upon, where the stream begins behind it. */
  async function leadOf({ first, surfaceOf }: AnimatedRange): Promise<ModelFrame | undefined> {
    for (let index = 0; index < first; index++) {
      if (!faces.at(index).some(drawn)) continue;
      for await (const picture of source.pictures(index, index + 1)) {
        return waiting({ index, surface: surfaceOf(picture) });
      }
    }
    return undefined;
  }

  return {
    mouthWidthPx: faces.mouthWidthPx,
    warnings: [],
    strength: (frame) => Math.max(0, ...faces.at(frame).map(({ strength }) => strength)),
    async *animate(frames, range) {
      const lead = await leadOf(range);
      const options = { ...inference, segmentFrames: range.segmentFrames, ...(lead ? { lead } : {}) };
      for await (const { frame } of inferFrames(placed(frames), options, signal)) yield frame;
    },
  };
}

function inferenceOf(
  model: LipModelScene,
  frameSeconds: number,
  { inferFaces }: AnimatorContext,
): FaceInference {
  if (!inferFaces)
    throw new EngineError("internal/bug", "A lip model came without inference. Please report this.");
  const { batch, columns } = model;
  return { manifest: lipFramesOf(model), batch, columns, inferFaces, frameSeconds };
}

/**
 * A lip model of the role `lip-frames` on a still picture; all but its faces stands still.
 * @throws EngineError `input/no-face`; while drawing `model/…`, `device/…`, `job/cancelled`.
 */
export function animateModelPicture(
  scene: PictureScene,
  source: PictureSource,
  model: LipModelScene,
  context: AnimatorContext,
): Animator {
  if (scene.speakers.length === 0) throw new EngineError("input/no-face", "There is no face to animate.");
  const inference = inferenceOf(model, 1 / scene.fps, context);
  return createAnimator(source, pictureFaces(scene, source, inference.manifest), inference, context.signal);
}

/**
 * A lip model of the role `lip-frames` on a tracked video. Tracking, fading at gaps and lengths are those of the
 * engine's own lips.
 * @throws EngineError `input/face-turned`; while drawing `model/…`, `device/…`, `job/cancelled`.
 */
export function animateModelVideo(
  scene: VideoScene,
  source: TrackedVideoSource,
  model: LipModelScene,
  context: AnimatorContext,
): Animator {
  const inference = inferenceOf(model, 1 / scene.video.fps, context);
  const faces = videoFaces(scene, source, inference.manifest, context.rig);
  return createAnimator(source, faces, inference, context.signal);
}
