import { createImage } from "../../core/image.ts";
import { maskAlpha } from "../../core/mask-alpha.ts";
import type { Picture } from "../../media/planes/picture.ts";
import { ARTICULATORS, REST_POSE, type MouthPose, type MouthTrack } from "../../core/mouth.ts";
import { unit } from "../../core/scalar.ts";
import type { LiveInstant, LiveMouth, LiveScene } from "../../worker-rpc/live-api.ts";
import { createIdleMotion, type IdleMotion } from "../../render/idle-motion/idle-motion.ts";
import type { FramePose, Portrait } from "../../render/portrait/portrait.ts";
import type { Rig } from "../../render/face-rig/rig.ts";
import { Follower, type Motion } from "./live-follower.ts";
import { mouthAt } from "../plan/mouth-at.ts";
import { placeTrack } from "../plan/place-track.ts";
import { pictureStyle, preparePortraits } from "../compose/animators/own-picture.ts";
import { openPictureSource } from "../compose/sources/picture-source.ts";
import { createSurfaces } from "../compose/surface.ts";

/** A portrait that speaks one utterance after another and stays alive between them. */
export interface LivePortrait {
  readonly warnings: readonly string[];
  readonly mouthWidthPx: number;
  /** Gives an utterance its mouth, or a longer part of it. */
  setMouth(utterance: number, mouth: LiveMouth): void;
  /**
   * Draws an instant; the picture is the portrait's own and is drawn upon again by the next call.
   * A frame of an utterance whose whole voice was heard equals the frame of the video of that voice, once the
   * move from what was shown before has faded.
   */
  draw(instant: LiveInstant): Picture;
}

interface Utterance {
  readonly mouth: Motion;
  readonly head: Motion;
  readonly eyes: Motion;
}

/** The head takes up a new motion within this many seconds, as the video's head leaves the picture's own pose. */
const HEAD_EASE_SECONDS = 0.6;
const MOUTH_EASE_SECONDS = 0.12;
const EYES_EASE_SECONDS = 0.15;
/** Idle motion between utterances is made in stretches of this length. */
const IDLE_SECONDS = 40;
const IDLE_SEED_STEP = 104_729;

const NOBODY: MouthTrack = {
  frames: 1,
  articulation: new Float32Array(ARTICULATORS.length),
  voice: new Float32Array(1),
  energy: new Float32Array(1),
};
const AT_REST = ARTICULATORS.map((name) => REST_POSE[name]);
const rest: Motion = () => AT_REST;

function motionsOf(idle: IdleMotion): Pick<Utterance, "head" | "eyes"> {
  return {
    head: (seconds) => {
      const { head, brow, smile } = idle.at(seconds);
      return [head.yawDeg, head.pitchDeg, head.rollDeg, head.x, head.y, brow, smile];
    },
    eyes: (seconds) => {
      const { blinkLeft, blinkRight, gaze } = idle.at(seconds);
      return [blinkLeft, blinkRight, ...(gaze ?? [0, 0])];
    },
  };
}

function poseOf(head: readonly number[], eyes: readonly number[], mouth: readonly number[]): FramePose {
  const [yawDeg, pitchDeg, rollDeg, x, y, brow, smile] = head as [
    ...(readonly [number, number, number, number, number, number, number]),
  ];
  return {
    head: { yawDeg, pitchDeg, rollDeg, x, y },
    blinkLeft: unit(eyes[0]!),
    blinkRight: unit(eyes[1]!),
    gaze: [eyes[2]!, eyes[3]!],
    brow: unit(brow),
    smile,
    mouth: Object.fromEntries(ARTICULATORS.map((name, k) => [name, unit(mouth[k]!)])) as MouthPose,
  };
}

/**
 * Measures a face once, so that it can speak at once.
 * @throws EngineError `input/no-face`, `input/face-too-small`.
 */
export function openLivePortrait(scene: LiveScene, rig: Rig): LivePortrait {
  const { width, height, fps, seed } = scene;
  const source = openPictureSource(scene, 1 / fps);
  const [portrait] = preparePortraits(source, [scene.landmarks], scene.bystanders, rig) as [Portrait];
  const style = pictureStyle(scene.style, scene.mask !== null);
  const surfaceOf = createSurfaces(source, scene.mask && maskAlpha(scene.mask, width, height));
  const out = createImage(width, height);
  const utterances = new Map<number, Utterance>();
  const head = new Follower(HEAD_EASE_SECONDS);
  const eyes = new Follower(EYES_EASE_SECONDS);
  const lips = new Follower(MOUTH_EASE_SECONDS);
  let idle: { readonly stretch: number; readonly motions: Omit<Utterance, "mouth"> } | null = null;

  const idleMotions = (stretch: number) => {
    if (idle?.stretch !== stretch) {
      const stretchSeed = seed + IDLE_SEED_STEP * (stretch + 1);
      idle = { stretch, motions: motionsOf(createIdleMotion(NOBODY, IDLE_SECONDS, stretchSeed, style)) };
    }
    return idle.motions;
  };

  return {
    warnings: portrait.warnings,
    mouthWidthPx: portrait.mouthWidthPx,
    setMouth(utterance, { track, seconds }) {
      const placed = placeTrack(track, 0, seconds);
      utterances.set(utterance, {
        mouth: (frame) => {
          const pose = mouthAt(placed, style.expressiveness, fps, frame);
          return ARTICULATORS.map((name) => pose[name]);
        },
        ...motionsOf(createIdleMotion(placed, seconds, seed, style)),
      });
    },
    draw({ clockSeconds, speech }) {
      const speaking = speech && utterances.get(speech.utterance);
      let pose: FramePose;
      if (speech && speaking) {
        for (const other of utterances.keys()) if (other < speech.utterance) utterances.delete(other);
        const seconds = speech.frame / fps;
        pose = poseOf(
          head.at(speaking.head, seconds, 1, clockSeconds),
          eyes.at(speaking.eyes, seconds, 1, clockSeconds),
          lips.at(speaking.mouth, speech.frame, fps, clockSeconds),
        );
      } else {
        const stretch = Math.floor(clockSeconds / IDLE_SECONDS);
        const motions = idleMotions(stretch);
        const seconds = clockSeconds - stretch * IDLE_SECONDS;
        pose = poseOf(
          head.at(motions.head, seconds, 1, clockSeconds),
          eyes.at(motions.eyes, seconds, 1, clockSeconds),
          lips.at(rest, clockSeconds, 1, clockSeconds),
        );
      }
      out.data.set(source.image.data);
      const surface = surfaceOf(out);
      surface.read(portrait.animatedBox);
      portrait.render(pose, surface.image);
      return surface.commit();
    },
  };
}
