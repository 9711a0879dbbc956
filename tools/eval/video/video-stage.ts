import type { FaceLandmarks } from "../../../src/core/face.ts";
import type { RgbaImage } from "../../../src/core/image.ts";
import { rgbaOf } from "../../../src/media/planes/picture.ts";
import type { FaceAnalyser } from "../../../src/vision/landmarks/face-analyser.ts";
import { loadAsset } from "../../../src/inference/load-asset.ts";
import { openVideo } from "../../../src/media/demux/open-video.ts";
import { framesAt } from "../../../src/pipeline/plan/video-frames.ts";
import { planTimeline } from "../../../src/pipeline/plan/video-timeline.ts";
import { trackVideo } from "../../../src/pipeline/plan/video-tracking.ts";
import type { TrackedVideo } from "../../../src/worker-rpc/video-api.ts";
import { loadRig } from "../../../src/render/face-rig/rig.ts";
import { createVideoFace, type VideoFace } from "../../../src/render/video/video-face.ts";

/** A head looked through as a job does it, with its face ready to be asked where it draws what. */
export interface Stage {
  readonly video: TrackedVideo;
  readonly face: VideoFace;
  /** Which frame of the head each frame of a video shows. */
  places(durationSeconds: number): Int32Array;
}

/** Prepares a {@link Stage} on this thread. */
export async function createStage(head: File, analyser: FaceAnalyser): Promise<Stage> {
  const { signal } = new AbortController();
  const [rigBytes, geometryBytes] = await Promise.all([loadAsset("rig"), loadAsset("face-geometry")]);
  const tracked = await trackVideo(
    { file: head, resolution: "480p", mask: null, maxSeconds: 600, framesFile: null },
    analyser,
    signal,
    () => undefined,
  );
  const { tracks, width, height, fps, sourceFps, starts, endSeconds } = tracked;
  const face = createVideoFace({
    rig: loadRig(rigBytes, geometryBytes),
    tracks,
    track: tracks.faces[0]!,
    size: { width, height },
    fps: sourceFps,
    starts,
  });
  const video = await openVideo(head, { signal });
  try {
    for await (const { place, picture } of framesAt(video, face.references, { starts, width, height })) {
      face.setReference(face.references.indexOf(place), rgbaOf(picture));
    }
  } finally {
    video.dispose();
  }
  return {
    video: tracked,
    face,
    places: (seconds) => planTimeline(starts, endSeconds, seconds, fps).frames,
  };
}

/** Follows the face of a video anew; `visit` sees every frame with its landmarks. */
export async function follow(
  output: Blob,
  analyser: FaceAnalyser,
  visit: (image: RgbaImage, landmarks: FaceLandmarks, index: number) => void,
  size?: { readonly width: number; readonly height: number },
): Promise<void> {
  const video = await openVideo(output);
  let landmarks: FaceLandmarks | undefined;
  let index = 0;
  try {
    for await (const { image } of video.frames(size)) {
      landmarks = landmarks
        ? await analyser.landmarks(image, landmarks)
        : (await analyser.analyse(image))[0]?.landmarks;
      if (!landmarks) throw new Error("no face is seen in a frame of the result");
      visit(image, landmarks, index++);
    }
  } finally {
    video.dispose();
  }
}
