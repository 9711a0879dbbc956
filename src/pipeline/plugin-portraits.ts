import { EngineError, throwIfCancelled } from "../core/errors.ts";
import type { RgbaImage } from "../core/image.ts";
import { createMovieWriter } from "../media/movie-writer.ts";
import { resizeImage } from "../media/resize-image.ts";
import { cropRect } from "../plugins/face-crop.ts";
import { parseManifest } from "../plugins/manifest.ts";
import type { LipModelScene, PaintFaces } from "../protocol/plugin-api.ts";
import type { PortraitScene, RenderedMovie, RenderProgress } from "../protocol/render-api.ts";
import { createFrameHash } from "./frame-hash.ts";
import { paintFrames, type PluginFrame } from "./plugin-frames.ts";
import { cropToEven, scaleLandmarks, sendPreview } from "./render-portraits.ts";
import { openSound } from "./sound.ts";

/** Pause between two live previews in milliseconds. */
const PREVIEW_EVERY_MS = 200;
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
  const manifest = parseManifest(model.manifest);
  if (manifest.role !== "lip-frames") {
    throw new EngineError(
      "internal/bug",
      `The model ${manifest.id} does not paint faces. Please report this.`,
    );
  }
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

  // Frames that came out are used again: no more than two batches of them ever exist.
  const pool: RgbaImage[] = [];
  async function* stills(): AsyncGenerator<PluginFrame> {
    for (let frame = 0; frame < frames; frame++) {
      const image = pool.pop() ?? { width, height, data: new Uint8ClampedArray(still.data.length) };
      image.data.set(still.data);
      yield {
        image,
        faces: actors.map(({ rect, startSeconds }, voice) => ({
          rect,
          strength: 1,
          voice,
          voiceSeconds: frame / fps - startSeconds,
        })),
      };
    }
  }

  const hash = scene.hashFrames ? createFrameHash() : null;
  const mask = scene.mask ? resizeImage(scene.mask, width, height) : undefined;
  const brush = {
    manifest,
    batch: model.batch,
    columns: model.columns,
    paint,
    frameSeconds: 1 / fps,
    ...(mask ? { mask } : {}),
  };
  let [drawMs, encodeMs, framesDone] = [0, 0, 0];
  let lastPreview = -Infinity;
  let mark = performance.now();
  try {
    for await (const image of paintFrames(stills(), brush, signal)) {
      throwIfCancelled(signal);
      await hash?.add(image);
      const drawn = performance.now();
      drawMs += drawn - mark;
      if (onPreview && drawn - lastPreview > PREVIEW_EVERY_MS) {
        lastPreview = drawn;
        await sendPreview(image, onPreview);
      }
      await writer.add(image);
      pool.push(image);
      mark = performance.now();
      encodeMs += mark - drawn;
      onProgress({ stage: "rendering", framesDone: ++framesDone, frames });
    }
    onProgress({ stage: "encoding", framesDone: frames, frames });
    const output = await writer.finish();
    encodeMs += performance.now() - mark;
    return {
      output,
      frames,
      encoder: writer.encoder,
      mouthWidthPx: Math.min(...actors.map((actor) => actor.mouthWidthPx)),
      warnings: [],
      framesSha256: hash?.hex() ?? null,
      drawMs,
      encodeMs,
    };
  } catch (error) {
    await writer.cancel().catch(() => undefined);
    throw error;
  } finally {
    sound.dispose();
  }
}
