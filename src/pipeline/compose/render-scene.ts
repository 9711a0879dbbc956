import { EngineError } from "../../job/errors.ts";
import type { OutputSound } from "../../media/encode/output-sound.ts";
import { maskAlpha } from "../../core/mask-alpha.ts";
import type { InferFaces } from "../../worker-rpc/lip-model-api.ts";
import type { RenderedVideo } from "../../worker-rpc/render-api.ts";
import type { DrawnScene, Scene } from "../../worker-rpc/scene.ts";
import type { Rig } from "../../render/face-rig/rig.ts";
import { rangesOf } from "../plan/video-timeline.ts";
import { openAnimator } from "./animators/animators.ts";
import { composeFrames } from "./compositor.ts";
import { createCanvasSink } from "./sinks/canvas.ts";
import {
  openVideoFileSink,
  type RenderListeners,
  type VideoFile,
  type VideoFileSink,
} from "./sinks/video-file.ts";
import { openSource, type OpenSource } from "./sources/open-source.ts";
import type { Animator } from "./animator.ts";
import type { PreparedPicture } from "./prepared-picture.ts";
import type { PreparedVideo } from "./prepared-video.ts";

/** Opens the file of a scene. */
function openFile(
  { output }: Scene,
  sound: OutputSound,
  source: OpenSource,
  listeners: RenderListeners,
): Promise<VideoFileSink> {
  const { signal } = listeners;
  const { width, height, frames, fps, colour } = source;
  const ownRates = output.encoder === "ffmpeg" ? undefined : source.chooseBitrates;
  return openVideoFileSink(
    {
      ...output,
      ...{ width, height, frames, fps, sound },
      ...(colour ? { colour } : {}),
      ...(ownRates ? { chooseBitrates: () => ownRates(output.format, signal) } : {}),
    },
    listeners,
  );
}

/** Composes the frames that the file still lacks and writes them. */
async function writeFrames(
  { mask }: Scene,
  source: OpenSource,
  animator: Animator,
  sink: VideoFileSink,
): Promise<VideoFile> {
  try {
    const alpha = mask && maskAlpha(mask, source.width, source.height);
    for await (const picture of composeFrames(source, animator, alpha, sink)) await sink.add(picture);
    return await sink.finish();
  } catch (error) {
    await sink.cancel();
    throw error;
  }
}

/**
 * The one composition: source (picture or video) → animator (own lips or lip model) → compositor → video file.
 * Holds a few frames at a time, whatever the length.
 * @param sound of the output.
 * @param inferFaces inference with the scene's lip model; null with the engine's own lips.
 * @param prepared the scene's picture or video, where its faces have been measured before; no other scene may use it.
 * @throws EngineError as `RenderApi.render`.
 */
export async function renderScene(
  scene: Scene,
  sound: OutputSound,
  inferFaces: InferFaces | null,
  rig: Rig,
  listeners: RenderListeners,
  prepared: PreparedPicture | PreparedVideo | null = null,
): Promise<RenderedVideo> {
  const { signal } = listeners;
  const source =
    prepared?.kind === "video"
      ? prepared.source
      : await openSource(scene, signal, prepared ? prepared.sized : undefined);
  const open = () => openFile(scene, sound, source, listeners);
  // The encoders start while the frames are planned; what is not prepared reads the source until then.
  let opening = prepared ? open() : undefined;
  opening?.catch(() => undefined);
  try {
    const animator = await openAnimator(source, { scene, rig, prepared, inferFaces, signal });
    const sink = await (opening ?? open());
    opening = undefined;
    const file = await writeFrames(scene, source, animator, sink);
    const strength = Float32Array.from({ length: source.frames }, (_, frame) => animator.strength(frame));
    const faceless = Array.from(strength, (share) => share <= 0);
    const { mouthWidthPx, warnings } = animator;
    return { ...file, mouthWidthPx, warnings, strength, facelessRanges: rangesOf(faceless) };
  } finally {
    await opening?.then((sink) => sink.cancel()).catch(() => undefined);
    source.dispose();
  }
}

/**
 * One frame of a scene with the engine's own lips, as {@link renderScene} draws it.
 * @throws EngineError as `RenderApi.drawFrame`.
 */
export async function drawFrame(
  scene: DrawnScene,
  atSeconds: number,
  rig: Rig,
  signal: AbortSignal,
): Promise<ImageBitmap> {
  const source = await openSource(scene, signal);
  try {
    const animator = await openAnimator(source, { scene, rig, prepared: null, inferFaces: null, signal });
    const alpha = scene.mask && maskAlpha(scene.mask, source.width, source.height);
    const first = Math.max(0, Math.min(Math.round(atSeconds * source.fps), source.frames - 1));
    for await (const picture of composeFrames(source, animator, alpha, { first, segmentFrames: 1 })) {
      return await createCanvasSink().add(picture);
    }
    throw new EngineError("codec/failed", "The video gave no frame to draw.");
  } finally {
    source.dispose();
  }
}
