import { EngineError } from "../../../job/errors.ts";
import type { FaceLandmarks } from "../../../core/face.ts";
import type { PerformanceStyle } from "../../../job/style.ts";
import { withoutRepeats } from "../../../job/warnings.ts";
import { createIdleMotion } from "../../../render/idle-motion/idle-motion.ts";
import type { PictureScene } from "../../../worker-rpc/scene.ts";
import { mouthAt } from "../../plan/mouth-at.ts";
import { placeTrack } from "../../plan/place-track.ts";
import { frameByFrame, type Animator, type AnimatorContext } from "../animator.ts";
import { preparePortraits } from "../prepared-picture.ts";
import type { PictureSource } from "../sources/picture-source.ts";

const NOSE_TIP = 1;
/** Distance between the seeds of the idle motion of two faces. */
const SEED_STEP = 7919;

/** On which side of one face another one is: −1 left, 1 right. */
function sideOf(places: readonly FaceLandmarks[], face: number, other: number): number {
  return Math.sign(places[other]!.points[NOSE_TIP * 3]! - places[face]!.points[NOSE_TIP * 3]!);
}

/** A performance's style in a picture; under a mask the head is still, for it would tear at the mask's edge. */
export function pictureStyle(style: PerformanceStyle, masked: boolean): PerformanceStyle {
  return { ...style, headMotion: masked ? 0 : style.headMotion };
}

/**
 * The engine's own lips in a still picture: every speaker's face is warped by the rig, with idle motion.
 * @throws EngineError `input/no-face`, `input/face-too-small`.
 */
export function animateOwnPicture(
  { speakers, bystanders, matte, seed, fps }: PictureScene,
  source: PictureSource,
  { scene, rig, prepared }: AnimatorContext,
): Animator {
  if (speakers.length === 0) throw new EngineError("input/no-face", "There is no face to animate.");
  const style = pictureStyle(scene.style, scene.mask !== null);
  const { durationSeconds } = scene.output;
  const landmarks = speakers.map((speaker) => speaker.landmarks);
  const places = landmarks.map((face) => source.place(face));
  const portraits =
    prepared?.kind === "picture"
      ? prepared.portraits
      : preparePortraits(source, landmarks, bystanders, matte, rig);
  source.giveFramesIn(portraits[0]!.canvas);
  const tracks = speakers.map(({ track, startSeconds }) => placeTrack(track, startSeconds, durationSeconds));
  const actors = tracks.map((track, index) => {
    const other = tracks.findIndex((_, at) => at !== index);
    const partner = other < 0 ? undefined : { track: tracks[other]!, side: sideOf(places, index, other) };
    const idle = createIdleMotion(track, durationSeconds, seed + index * SEED_STEP, style, partner);
    return { track, portrait: portraits[index]!, idle };
  });
  return {
    mouthWidthPx: Math.min(...portraits.map((portrait) => portrait.mouthWidthPx)),
    warnings: withoutRepeats(portraits.flatMap((portrait) => portrait.warnings)),
    strength: () => 1,
    animate: frameByFrame(({ index, surface }) => {
      for (const { track, portrait, idle } of actors) {
        const mouth = mouthAt(track, style.expressiveness, fps, index);
        surface.read(portrait.animatedBox);
        portrait.render({ mouth, ...idle.at(index / fps) }, surface.image);
      }
    }),
  };
}
