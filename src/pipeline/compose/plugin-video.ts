import type { FaceTrack } from "../../core/face-track.ts";
import { TRACKED_VERTICES } from "../../core/face-track.ts";
import type { Box } from "../../core/face.ts";
import type { Picture } from "../../media/planes/picture.ts";
import { cropRect, rectToImage, smoothRects, type FaceRect } from "../../lip-models/face-crop.ts";
import type { LipFramesManifest } from "../../lip-models/manifest.ts";
import type { LipModelScene, PaintFaces } from "../../worker-rpc/plugin-api.ts";
import type { RenderedVideo, VideoScene } from "../../worker-rpc/video-api.ts";
import type { Rig } from "../../render/face-rig/rig.ts";
import { createLookModel } from "../../render/video/video-look.ts";
import { createFaceMotion, project } from "../../render/video/video-motion.ts";
import { planStrength } from "../../render/video/video-strength.ts";
import { createEasels, type Easel } from "./easel.ts";
import { writeFilm, type FilmListeners } from "./film.ts";
import { lipFramesOf, paintFrames, type PluginFace, type PluginFrame } from "./plugin-frames.ts";
import { picturesInOrder } from "../plan/video-frames.ts";
import { sharesOf } from "./video-render.ts";
import { checkUsable, untouched, withReel } from "../plan/video-reel.ts";

/** Corners of the lips in the 468-point mesh. */
const LIP_CORNERS = [61, 291] as const;

/** Where a face is cut out of each frame of the video, and how much of the painted one shows there. */
interface FacePlan {
  readonly rects: readonly (FaceRect | null)[];
  readonly strength: Float32Array;
  readonly mouthWidthPx: number;
}

/** Plans one tracked face: its rectangle steadied over time, its strength falling at gaps, with yaw and under cover. */
function planFace(scene: VideoScene, track: FaceTrack, rig: Rig, manifest: LipFramesManifest): FacePlan {
  const { tracks, width, height, fps, starts } = scene.video;
  const motion = createFaceMotion(rig, tracks, track, { width, height }, fps);
  const strength = planStrength(motion, createLookModel(track), starts, { width, height });
  const flat = new Float64Array(TRACKED_VERTICES * 2);
  const points = new Float32Array(TRACKED_VERTICES * 3);
  const widths: number[] = [];
  const rects = Array.from({ length: tracks.frames }, (_, frame): FaceRect | null => {
    if (!motion.stretchAt(frame)) return null;
    const { local, head } = motion.at(frame);
    project(local, head, flat);
    for (let v = 0; v < TRACKED_VERTICES; v++) {
      points[v * 3] = flat[v * 2]! + 0.5;
      points[v * 3 + 1] = flat[v * 2 + 1]! + 0.5;
    }
    const rect = cropRect({ points, presence: 1 }, manifest.crop);
    const [a, b] = [LIP_CORNERS[0] * 3, LIP_CORNERS[1] * 3];
    const lips = Math.hypot(points[a]! - points[b]!, points[a + 1]! - points[b + 1]!);
    widths.push(Math.min(lips, (lips / rect.width) * manifest.size));
    return rect;
  });
  widths.sort((a, b) => a - b);
  return {
    rects: smoothRects(rects, manifest.crop.smoothFrames),
    strength,
    mouthWidthPx: widths[Math.floor(widths.length / 2)] ?? 0,
  };
}

/** A frame of the video on its easel. */
interface EaselFrame extends PluginFrame {
  readonly easel: Easel;
}

/** Pixels around a rectangle that cutting it out looks at. */
const MARGIN = 4;

/** The upright box around a rectangle, with what is read beyond its edges. */
function boxAround(rect: FaceRect): Box {
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

/**
 * Decodes a video a second time, lets a model of the role `lip-frames` paint its faces and encodes it with the new
 * sound. Tracking, fading at gaps and lengths are those of the engine's own lips.
 * @throws EngineError as `VideoRenderApi.renderVideo`, and `model/…` when the model fails.
 */
export async function renderPluginVideo(
  scene: VideoScene,
  model: LipModelScene,
  paint: PaintFaces,
  rig: Rig,
  listeners: FilmListeners,
): Promise<RenderedVideo> {
  const manifest = lipFramesOf(model);
  const { signal } = listeners;
  const { width, height, fps, starts } = scene.video;
  const faces = scene.video.tracks.faces.map((track) => planFace(scene, track, rig, manifest));
  const strengths = faces.map((face) => face.strength);
  checkUsable(strengths);
  const brush = {
    manifest,
    batch: model.batch,
    columns: model.columns,
    paint,
    frameSeconds: 1 / fps,
  };
  const easelFor = createEasels({ width, height }, scene.mask ? sharesOf(scene.mask, width, height) : null);
  return withReel(scene, signal, async ({ video, timeline, film }) => {
    const options = { starts, width, height, signal };
    const facesAt = (index: number): PluginFace[] => {
      const place = timeline.frames[index]!;
      return faces.flatMap(({ rects, strength }) => {
        const rect = rects[place];
        const voiceSeconds = timeline.starts[index]!;
        return rect ? [{ rect, strength: strength[place]!, voice: 0, voiceSeconds }] : [];
      });
    };
    const frameOf = (picture: Picture, index: number): EaselFrame => {
      const easel = easelFor(picture);
      const painted = facesAt(index);
      for (const { rect, strength } of painted) if (strength > 0) easel.lend(boxAround(rect));
      return { image: easel.image, faces: painted, easel };
    };
    async function* frames(first: number): AsyncGenerator<EaselFrame> {
      let index = first;
      for await (const picture of picturesInOrder(video, timeline.frames.subarray(first), options)) {
        yield frameOf(picture, index++);
      }
    }
    /** The first frame of the film that is painted, where drawing begins behind it. */
    async function leadOf(first: number): Promise<PluginFrame | undefined> {
      for (let index = 0; index < first; index++) {
        if (!facesAt(index).some(({ strength }) => strength > 0)) continue;
        const place = timeline.frames.subarray(index, index + 1);
        for await (const picture of picturesInOrder(video, place, options)) return frameOf(picture, index);
      }
      return undefined;
    }
    async function* pictures(first: number, segmentFrames: number): AsyncGenerator<Picture> {
      const lead = await leadOf(first);
      const segmented = { ...brush, segmentFrames, ...(lead ? { lead } : {}) };
      for await (const { easel } of paintFrames(frames(first), segmented, signal)) yield easel.finish();
    }
    return {
      ...(await writeFilm(film, pictures, listeners)),
      mouthWidthPx: Math.min(...faces.map((face) => face.mouthWidthPx)),
      warnings: [],
      facelessRanges: untouched(timeline, strengths),
    };
  });
}
