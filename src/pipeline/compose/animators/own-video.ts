import type { Box } from "../../../core/face.ts";
import type { VideoScene } from "../../../worker-rpc/scene.ts";
import { mouthAt } from "../../plan/mouth-at.ts";
import { ownWords } from "../../plan/own-words.ts";
import { personMouths } from "../../plan/person-mouths.ts";
import { frameByFrame, type Animator, type AnimatorContext } from "../animator.ts";
import { prepareFaces } from "../prepared-video.ts";
import type { TrackedVideoSource } from "../sources/tracked-video-source.ts";

/**
 * The engine's own lips in a tracked video: the mouth of every tracked face is drawn anew from reference frames.
 * Holds the textures of references and of frames that lend their mouths, 48 MiB a face at most.
 * @throws EngineError `input/face-turned`, `codec/failed`, `job/cancelled`.
 */
export async function animateOwnVideo(
  scene: VideoScene,
  source: TrackedVideoSource,
  { scene: { style }, rig, prepared: ready, signal }: AnimatorContext,
): Promise<Animator> {
  const { tracks, sourceFps, fps } = scene.video;
  const prepared = ready?.kind === "video" ? ready.faces : await prepareFaces(scene, source, rig, signal);
  prepared.forEach((face, index) => {
    face.words = ownWords(tracks.faces[index]!, scene.spoken, sourceFps, scene.video.starts);
  });
  const { frames: places, starts } = source.timeline;
  const said = Array.from(starts, (start) => mouthAt(scene.voice, style.expressiveness, fps, start * fps));
  const mouths = prepared.map(({ face: { lips }, words }, index) =>
    personMouths({
      ...{ track: tracks.faces[index]!, lips, said, instants: starts, fps, voice: scene.voice },
      expressiveness: style.expressiveness,
      spoken: words ? scene.spoken : null,
      video: { fps: sourceFps, starts: scene.video.starts },
    }),
  );
  const faces = prepared.map(({ face }) => face);
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
