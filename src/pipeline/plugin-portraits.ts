import { EngineError } from "../core/errors.ts";
import { createMovieWriter } from "../media/movie-writer.ts";
import { resizeImage } from "../media/resize-image.ts";
import { cropRect } from "../plugins/face-crop.ts";
import type { LipModelScene, PaintFaces } from "../protocol/plugin-api.ts";
import type { PortraitScene, RenderedMovie, RenderProgress } from "../protocol/render-api.ts";
import { lipFramesOf, paintFrames, type PluginFrame } from "./plugin-frames.ts";
import { createFramePool, encodePainted } from "./plugin-output.ts";
import { cropToEven, scaleLandmarks } from "./render-portraits.ts";
import { openSound } from "./sound.ts";
import { sharesOf } from "./video-render.ts";

/** Corners of the lips in the 468-point mesh. */
const LIP_CORNERS = [61, 291] as const;

/**
 * Draws and encodes a picture whose lips a model of the role `lip-frames` paints; the rest of the picture stands still.
 * @throws EngineError `model/…`, `codec/…`, `job/cancelled`, `device/…`, `input/audio…`.
 */
export async function renderPluginPortraits(
  scene: PortraitScene,
  model: LipModelScene,
  paint: PaintFaces,
  signal: AbortSignal,
  onProgress: (progress: RenderProgress) => void,
  onPreview: ((frame: ImageBitmap) => void) | null,
): Promise<RenderedMovie> {
  const manifest = lipFramesOf(model);
  if (scene.speakers.length === 0) throw new EngineError("input/no-face", "There is no face to animate.");
  const { width, height, fps } = scene;
  const larger = scene.picture.width > width;
  const still = larger ? resizeImage(scene.picture, width, height) : cropToEven(scene.picture, width, height);
  const scaleX = larger ? width / scene.picture.width : 1;
  const scaleY = larger ? height / scene.picture.height : 1;
  const actors = scene.speakers.map(({ landmarks, startSeconds }) => {
    const scaled = scaleLandmarks(landmarks, scaleX, scaleY);
    const rect = cropRect(scaled, manifest.crop);
    const { points } = scaled;
    const [a, b] = [LIP_CORNERS[0] * 3, LIP_CORNERS[1] * 3];
    const lips = Math.hypot(points[a]! - points[b]!, points[a + 1]! - points[b + 1]!);
    return { rect, startSeconds, mouthWidthPx: Math.min(lips, (lips / rect.width) * manifest.size) };
  });
  const sound = await openSound(scene, signal);
  const frames = Math.max(1, Math.round(scene.durationSeconds * fps));
  const writer = await createMovieWriter({
    width,
    height,
    fps,
    frames,
    audio: sound,
    durationSeconds: scene.durationSeconds,
    format: scene.format,
    ...(scene.encoder ? { encoder: scene.encoder } : {}),
    signal,
  });

  const pool = createFramePool();
  async function* stills(): AsyncGenerator<PluginFrame> {
    for (let frame = 0; frame < frames; frame++) {
      yield {
        image: pool.copyOf(still),
        faces: actors.map(({ rect, startSeconds }, voice) => ({
          rect,
          strength: 1,
          voice,
          voiceSeconds: frame / fps - startSeconds,
        })),
      };
    }
  }
  const brush = {
    manifest,
    batch: model.batch,
    columns: model.columns,
    paint,
    frameSeconds: 1 / fps,
    ...(scene.mask ? { shares: sharesOf(scene.mask, width, height) } : {}),
  };
  try {
    const movie = await encodePainted(paintFrames(stills(), brush, signal), {
      writer,
      pool,
      frames,
      hashFrames: scene.hashFrames,
      signal,
      onProgress,
      onPreview,
    });
    return { ...movie, mouthWidthPx: Math.min(...actors.map((actor) => actor.mouthWidthPx)), warnings: [] };
  } catch (error) {
    await writer.cancel().catch(() => undefined);
    throw error;
  } finally {
    sound.dispose();
  }
}
