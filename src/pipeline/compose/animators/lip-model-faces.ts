import { TRACKED_VERTICES, type FaceTrack } from "../../../core/face-track.ts";
import type { FaceLandmarks } from "../../../core/face.ts";
import { cropRect, smoothRects, type FaceRect } from "../../../lip-models/frames/face-crop.ts";
import type { LipFramesManifest } from "../../../lip-models/manifest/manifest.ts";
import type { Rig } from "../../../render/face-rig/rig.ts";
import { createLookModel } from "../../../render/video/covered-face.ts";
import { createFaceMotion, project } from "../../../render/video/video-motion.ts";
import { planStrength } from "../../../render/video/new-mouth-strength.ts";
import type { PictureScene, VideoScene } from "../../../worker-rpc/scene.ts";
import type { PictureSource } from "../sources/picture-source.ts";
import type { TrackedVideoSource } from "../sources/tracked-video-source.ts";
import type { ModelFace } from "./lip-model-frames.ts";
import { checkUsableFrames } from "./refuse-faceless-video.ts";

/** The faces that a lip model draws in each frame of an output. */
export interface ModelFaces {
  /** Width of the smallest mouth, in pixels of the output or of the model, whichever is fewer. */
  readonly mouthWidthPx: number;
  at(frame: number): readonly ModelFace[];
}

/** Corners of the lips in the 468-point mesh. */
const LIP_CORNERS = [61, 291] as const;

/** Width of the lips in pixels of the frame, or of the model's picture of them where that has fewer. */
function lipWidth({ points }: FaceLandmarks, rect: FaceRect, { size }: LipFramesManifest): number {
  const [a, b] = [LIP_CORNERS[0] * 3, LIP_CORNERS[1] * 3];
  const lips = Math.hypot(points[a]! - points[b]!, points[a + 1]! - points[b + 1]!);
  return Math.min(lips, (lips / rect.width) * size);
}

/** The speakers of a still picture: each in one place, wholly drawn in every frame. */
export function pictureFaces(
  { speakers }: PictureScene,
  source: PictureSource,
  manifest: LipFramesManifest,
): ModelFaces {
  const faces = speakers.map(({ landmarks, startSeconds }) => {
    const placed = source.place(landmarks);
    const rect = cropRect(placed, manifest.crop);
    return { rect, startSeconds, width: lipWidth(placed, rect, manifest) };
  });
  return {
    mouthWidthPx: Math.min(...faces.map(({ width }) => width)),
    at: (frame) =>
      faces.map(({ rect, startSeconds }, voice) => ({
        rect,
        strength: 1,
        voice,
        voiceSeconds: source.secondsAt(frame) - startSeconds,
      })),
  };
}

/** Where a tracked face is cut out of each frame of its video, and how much of the generated one shows there. */
interface TrackPlan {
  readonly rects: readonly (FaceRect | null)[];
  /** `[frames]` 0 to 1. */
  readonly strength: Float32Array;
  /** Median over the frames. */
  readonly mouthWidthPx: number;
}

/** Plans a tracked face: its rectangle steadied over time, its strength falling at gaps, with yaw and occlusion. */
function planTrack(
  { video }: VideoScene,
  track: FaceTrack,
  rig: Rig,
  manifest: LipFramesManifest,
): TrackPlan {
  const { tracks, width, height, sourceFps, starts } = video;
  const motion = createFaceMotion(rig, tracks, track, { width, height }, sourceFps);
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
    const landmarks = { points, presence: 1 };
    const rect = cropRect(landmarks, manifest.crop);
    widths.push(lipWidth(landmarks, rect, manifest));
    return rect;
  });
  widths.sort((a, b) => a - b);
  return {
    rects: smoothRects(rects, manifest.crop.smoothFrames),
    strength,
    mouthWidthPx: widths[Math.floor(widths.length / 2)] ?? 0,
  };
}

/**
 * The tracked faces of a video, all with the one voice.
 * @throws EngineError `input/face-turned`.
 */
export function videoFaces(
  scene: VideoScene,
  { timeline }: TrackedVideoSource,
  manifest: LipFramesManifest,
  rig: Rig,
): ModelFaces {
  const faces = scene.video.tracks.faces.map((track) => planTrack(scene, track, rig, manifest));
  checkUsableFrames(faces.map(({ strength }) => strength));
  return {
    mouthWidthPx: Math.min(...faces.map(({ mouthWidthPx }) => mouthWidthPx)),
    at: (frame) => {
      const place = timeline.frames[frame]!;
      return faces.flatMap(({ rects, strength }) => {
        const rect = rects[place];
        const voiceSeconds = timeline.starts[frame]!;
        return rect ? [{ rect, strength: strength[place]!, voice: 0, voiceSeconds }] : [];
      });
    },
  };
}
