import type { Box } from "../../core/face.ts";
import type { MouthPose } from "../../core/mouth.ts";
import { throwIfCancelled } from "../../job/errors.ts";
import { isPlanar } from "../../media/planes/picture.ts";
import { createPlaneCanvas } from "../../media/planes/plane-canvas.ts";
import type { Rig } from "../../render/face-rig/rig.ts";
import { createVideoFace, type VideoFace } from "../../render/video/video-face.ts";
import type { LookedVideo } from "../../worker-rpc/scene.ts";
import { framesAt } from "../plan/video-frames.ts";
import { checkUsableFrames } from "./animators/refuse-faceless-video.ts";
import { openTrackedVideoSource, type TrackedVideoSource } from "./sources/tracked-video-source.ts";

/** A face of a video with its reference frames. */
export interface PreparedFace {
  readonly face: VideoFace;
  /** What the person says in a frame by the video's own sound, to be known before frames are planned; null where unknown. */
  words: ((frame: number) => MouthPose) | null;
}

/** An open video with its faces measured: all of a scene that needs no voice. */
export interface PreparedVideo {
  readonly kind: "video";
  readonly looked: LookedVideo;
  readonly source: TrackedVideoSource;
  /** In the order of the video's tracks. */
  readonly faces: readonly PreparedFace[];
}

/**
 * Plans the faces of a video and gives them their reference frames and those that lend their mouths.
 * @throws EngineError `input/face-turned`, `codec/failed`, `job/cancelled`.
 */
export async function prepareFaces(
  { video: { tracks, width, height, sourceFps, starts } }: LookedVideo,
  { video, kept }: TrackedVideoSource,
  rig: Rig,
  signal: AbortSignal,
): Promise<PreparedFace[]> {
  const prepared = tracks.faces.map((track): PreparedFace => {
    const said: Pick<PreparedFace, "words"> = { words: null };
    const saidAt = (frame: number) => said.words?.(frame) ?? null;
    const options = { rig, tracks, track, size: { width, height }, fps: sourceFps, starts, saidAt };
    return Object.assign(said, { face: createVideoFace(options) });
  });
  const faces = prepared.map(({ face }) => face);
  checkUsableFrames(faces.map((face) => face.strength));
  const wanted = faces.flatMap((face) => face.references);
  const canvas = createPlaneCanvas(width, height);
  for await (const { place, picture } of framesAt(video, wanted, { starts, width, height, kept, signal })) {
    throwIfCancelled(signal);
    const image = isPlanar(picture) ? canvas.image : picture;
    const read = isPlanar(picture) ? (region: Box) => canvas.read(picture, region) : undefined;
    for (const face of faces) {
      const index = face.references.indexOf(place);
      if (index >= 0) face.setReference(index, image, read);
    }
    canvas.leave();
  }
  for (const face of faces) face.settle();
  return prepared;
}

/**
 * Opens a video and measures its faces.
 * @param durationSeconds of the output. @param signal ends whatever is read of it, later, too.
 * @throws EngineError `input/video…`, `input/face-turned`, `codec/…`, `job/cancelled`.
 */
export async function prepareVideo(
  looked: LookedVideo,
  durationSeconds: number,
  rig: Rig,
  signal: AbortSignal,
): Promise<PreparedVideo> {
  const source = await openTrackedVideoSource(looked, durationSeconds, signal);
  try {
    return { kind: "video", looked, source, faces: await prepareFaces(looked, source, rig, signal) };
  } catch (error) {
    source.dispose();
    throw error;
  }
}
