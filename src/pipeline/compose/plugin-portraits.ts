import { EngineError } from "../../job/errors.ts";
import { cropRect } from "../../lip-models/face-crop.ts";
import type { LipModelScene, PaintFaces } from "../../worker-rpc/plugin-api.ts";
import type { PortraitScene, RenderedMovie } from "../../worker-rpc/render-api.ts";
import { lipFramesOf, paintFrames, type PluginFrame } from "./plugin-frames.ts";
import { writeFilm, type FilmListeners } from "./film.ts";
import { createFramePool, recycled } from "./frame-pool.ts";
import { openSound } from "./sound.ts";
import { prepareStill } from "./still.ts";
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
  listeners: FilmListeners,
): Promise<RenderedMovie> {
  const manifest = lipFramesOf(model);
  if (scene.speakers.length === 0) throw new EngineError("input/no-face", "There is no face to animate.");
  const { width, height, fps, durationSeconds, format, encoder, hashFrames, aiMark, segments } = scene;
  const still = prepareStill(scene);
  const actors = scene.speakers.map(({ landmarks, startSeconds }) => {
    const scaled = still.place(landmarks);
    const rect = cropRect(scaled, manifest.crop);
    const { points } = scaled;
    const [a, b] = [LIP_CORNERS[0] * 3, LIP_CORNERS[1] * 3];
    const lips = Math.hypot(points[a]! - points[b]!, points[a + 1]! - points[b + 1]!);
    return { rect, startSeconds, mouthWidthPx: Math.min(lips, (lips / rect.width) * manifest.size) };
  });
  const frames = Math.max(1, Math.round(durationSeconds * fps));
  const pool = createFramePool();
  async function* stills(first: number): AsyncGenerator<PluginFrame> {
    for (let frame = first; frame < frames; frame++) {
      yield {
        image: pool.copyOf(still.image),
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
  const sound = await openSound(scene, listeners.signal);
  try {
    const film = await writeFilm(
      { width, height, fps, frames, sound, durationSeconds, format, encoder, hashFrames, aiMark, segments },
      (first, segmentFrames) =>
        recycled(paintFrames(stills(first), { ...brush, segmentFrames }, listeners.signal), pool),
      listeners,
    );
    return { ...film, mouthWidthPx: Math.min(...actors.map((actor) => actor.mouthWidthPx)), warnings: [] };
  } finally {
    sound.dispose();
  }
}
