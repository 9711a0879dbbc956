import type { Box } from "../../../core/face.ts";
import { isPlanar } from "../../../media/planes/picture.ts";
import { createPlaneCanvas } from "../../../media/planes/plane-canvas.ts";
import { throwIfCancelled } from "../../../job/errors.ts";
import type { Rig } from "../../../render/face-rig/rig.ts";
import { createVideoFace, type VideoFace } from "../../../render/video/video-face.ts";
import type { VideoScene } from "../../../worker-rpc/scene.ts";
import { mouthAt } from "../../plan/mouth-at.ts";
import { ownWords } from "../../plan/own-words.ts";
import { personMouths } from "../../plan/person-mouths.ts";
import { framesAt } from "../../plan/video-frames.ts";
import { frameByFrame, type Animator, type AnimatorContext } from "../animator.ts";
import type { TrackedVideoSource } from "../sources/tracked-video-source.ts";
import { checkUsableFrames } from "./refuse-faceless-video.ts";

/** Plans the faces and gives them their reference frames. @param words what each says in the video, null where unknown. */
async function prepareFaces(
  scene: VideoScene,
  source: TrackedVideoSource,
  rig: Rig,
  words: readonly ReturnType<typeof ownWords>[],
  signal: AbortSignal,
): Promise<VideoFace[]> {
  const { tracks, width, height, sourceFps, starts } = scene.video;
  const faces = tracks.faces.map((track, index) =>
    createVideoFace({
      ...{ rig, tracks, track, size: { width, height }, fps: sourceFps, starts },
      saidAt: words[index]!,
    }),
  );
  checkUsableFrames(faces.map((face) => face.strength));
  const wanted = faces.flatMap((face) => face.references);
  const { video, kept } = source;
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
  return faces;
}

/**
 * The engine's own lips in a tracked video: the mouth of every tracked face is drawn anew from reference frames.
 * Holds the textures of references and of frames that lend their mouths, 48 MiB a face at most.
 * @throws EngineError `input/face-turned`, `codec/failed`, `job/cancelled`.
 */
export async function animateOwnVideo(
  scene: VideoScene,
  source: TrackedVideoSource,
  { scene: { style }, rig, signal }: AnimatorContext,
): Promise<Animator> {
  const { tracks, sourceFps, fps } = scene.video;
  const words = tracks.faces.map((track) => ownWords(track, scene.spoken, sourceFps, scene.video.starts));
  const faces = await prepareFaces(scene, source, rig, words, signal);
  const { frames: places, starts } = source.timeline;
  const said = Array.from(starts, (start) => mouthAt(scene.voice, style.expressiveness, fps, start * fps));
  const mouths = faces.map(({ lips }, index) =>
    personMouths({
      ...{ track: tracks.faces[index]!, lips, said, instants: starts, fps, voice: scene.voice },
      expressiveness: style.expressiveness,
      spoken: words[index] ? scene.spoken : null,
      video: { fps: sourceFps, starts: scene.video.starts },
    }),
  );
  faces.forEach((face, index) => face.plan(places, mouths[index]!));
  return {
    mouthWidthPx: Math.min(...faces.map((face) => face.mouthWidthPx)),
    warnings: [],
    strength: (frame) => Math.max(...faces.map((face) => face.strength[places[frame]!]!)),
    animate: frameByFrame(({ index, surface }) => {
      const read = (region: Box) => surface.read(region);
      faces.forEach((face, at) => {
        face.render(places[index]!, mouths[at]![index]!, surface.image, read, index);
      });
    }),
  };
}
