import { maskAlpha } from "../../core/mask-alpha.ts";
import type { Picture } from "../../media/planes/picture.ts";
import { ARTICULATORS, REST_POSE, type MouthPiece, type MouthPose } from "../../core/mouth.ts";
import { clamp, unit } from "../../core/scalar.ts";
import type { Warning } from "../../job/warnings.ts";
import type { LiveInstant, LiveMouth, LiveScene } from "../../worker-rpc/live-api.ts";
import { createIdleMotion, VOICE_NOD } from "../../render/idle-motion/idle-motion.ts";
import type { FramePose, Portrait } from "../../render/portrait/portrait.ts";
import type { Rig } from "../../render/face-rig/rig.ts";
import { IdleStretches, motionsOf, type Motions } from "./idle-stretches.ts";
import { Follower, type Motion } from "./ease-motion.ts";
import { MouthBuffer } from "./mouth-buffer.ts";
import { mouthAt } from "../plan/mouth-at.ts";
import { placeTrack } from "../plan/place-track.ts";
import { pictureStyle } from "../compose/animators/own-picture.ts";
import { preparePortraits } from "../compose/prepared-picture.ts";
import { sizePicture } from "../compose/sources/picture-source.ts";
import { createSurfaces } from "../compose/surface.ts";

/** A portrait that speaks one utterance after another and stays alive between them. */
export interface LivePortrait {
  readonly warnings: readonly Warning[];
  readonly mouthWidthPx: number;
  /** Gives an utterance its mouth, or a longer part of it. */
  setMouth(utterance: number, mouth: LiveMouth): void;
  /** Gives an utterance that is still being spoken the next part of its mouth. */
  addMouth(utterance: number, piece: MouthPiece): void;
  /**
   * Draws an instant; the picture is the portrait's own and is drawn upon again by the next call.
   * A frame of an utterance whose whole voice was heard equals the frame of the video of that voice, once the
   * move from what was shown before has faded.
   */
  draw(instant: LiveInstant): Picture;
}

interface Utterance {
  readonly mouth: Motion;
  /** Of a voice that is known as a whole; where it is still being spoken, head and eyes go on as between utterances. */
  readonly motions: Motions | null;
  /** What nods the head beside that, in degrees, by the second of the voice. */
  readonly nod: Motion;
  /** How surely it speaks then, 0 to 1. */
  readonly speaks: (seconds: number) => number;
}

/** The head takes up a new motion within this many seconds, as the video's head leaves the picture's own pose. */
const HEAD_EASE_SECONDS = 0.6;
/** A mouth that is silenced is shut within this and the time of a frame: people take an interruption so up to 0.1 s. */
const MOUTH_EASE_SECONDS = 0.06;
const EYES_EASE_SECONDS = 0.15;
const NOD_EASE_SECONDS = 0.3;
const AT_REST = ARTICULATORS.map((name) => REST_POSE[name]);
const rest: Motion = () => AT_REST;
const noNod: Motion = () => [0];

function poseOf(
  head: readonly number[],
  eyes: readonly number[],
  mouth: readonly number[],
  nodDeg: number,
): FramePose {
  const [yawDeg, pitchDeg, rollDeg, x, y, brow, smile] = head as [
    ...(readonly [number, number, number, number, number, number, number]),
  ];
  return {
    head: { yawDeg, pitchDeg: pitchDeg + nodDeg, rollDeg, x, y },
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
  const source = sizePicture(scene);
  const [portrait] = preparePortraits(source, [scene.landmarks], scene.bystanders, scene.matte, rig) as [
    Portrait,
  ];
  const style = pictureStyle(scene.style, scene.mask !== null);
  const surfaceOf = createSurfaces(scene, scene.mask && maskAlpha(scene.mask, width, height));
  const out = portrait.canvas;
  const utterances = new Map<number, Utterance>();
  const head = new Follower(HEAD_EASE_SECONDS);
  const eyes = new Follower(EYES_EASE_SECONDS);
  const lips = new Follower(MOUTH_EASE_SECONDS);
  const beat = new Follower(NOD_EASE_SECONDS);
  const buffers = new Map<number, MouthBuffer>();
  const stretches = new IdleStretches(seed, style);

  const forgetBefore = (utterance: number) => {
    for (const numbers of [utterances, buffers]) {
      for (const other of numbers.keys()) if (other < utterance) numbers.delete(other);
    }
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
        motions: motionsOf(createIdleMotion(placed, seconds, seed, style)),
        nod: noNod,
        speaks: () => 1,
      });
    },
    addMouth(utterance, piece) {
      const known = buffers.get(utterance);
      const buffer = known ?? new MouthBuffer();
      buffer.add(piece);
      if (known) return;
      buffers.set(utterance, buffer);
      utterances.set(utterance, {
        mouth: (frame) => {
          const pose = buffer.poseAt(style.expressiveness, fps, frame);
          return ARTICULATORS.map((name) => pose[name]);
        },
        motions: null,
        nod: (seconds) => {
          const { degrees, most } = VOICE_NOD;
          return [clamp(buffer.beatAt(seconds) * degrees * style.energy, -most, most) * style.headMotion];
        },
        speaks: (seconds) => buffer.speaksAt(seconds),
      });
    },
    draw({ clockSeconds, speech }) {
      const speaking = speech && utterances.get(speech.utterance);
      const shown = speaking ? speech : null;
      if (shown) forgetBefore(shown.utterance);
      const voiceSeconds = (shown?.frame ?? 0) / fps;
      const idle = stretches.at(clockSeconds, speaking ? speaking.speaks(voiceSeconds) : 0);
      const own = speaking?.motions;
      const { head: nod, eyes: look } = own ?? idle.motions;
      const seconds = own ? voiceSeconds : idle.seconds;
      const pose = poseOf(
        head.at(nod, seconds, 1, clockSeconds),
        eyes.at(look, seconds, 1, clockSeconds),
        shown
          ? lips.at(speaking!.mouth, shown.frame, fps, clockSeconds)
          : lips.at(rest, clockSeconds, 1, clockSeconds),
        beat.at(speaking?.nod ?? noNod, voiceSeconds, 1, clockSeconds)[0]!,
      );
      out.data.set(source.image.data);
      const surface = surfaceOf(out);
      surface.read(portrait.animatedBox);
      portrait.render(pose, surface.image);
      return surface.commit();
    },
  };
}
