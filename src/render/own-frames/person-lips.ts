import { TRACKED_VERTICES } from "../../core/face-track.ts";
import type { MouthPose } from "../../core/mouth.ts";
import { shapeOfMouth } from "../face-rig/mouth-shapes.ts";
import { createLipShapeTable, lipShapeOf, type LipShape } from "./lip-shape.ts";
import type { Reference } from "../video/video-reference.ts";

/** How mouth poses shape the lips of one person. */
export interface PersonLips {
  /** The lips of a pose. */
  shapeOf(mouth: MouthPose): LipShape;
  /** The plain pose (aperture, stretch or round alone) whose lips have a gap and a width in inter-ocular distances. */
  plainPose(gap: number, width: number): MouthPose;
  /** A mouth with other lips: of a gap and a width in inter-ocular distances. Its contacts, teeth and tongue stay. */
  withLips(mouth: MouthPose, gap: number, width: number): MouthPose;
  /** Offsets of the face from shut lips in cm, head frame: `[468, 3]`, valid until the next call. */
  express(mouth: MouthPose): Float64Array;
}

/** Tabulates a person's lips on a reference. */
export function createPersonLips(reference: Reference): PersonLips {
  const local = new Float64Array(TRACKED_VERTICES * 3);
  const express = (mouth: MouthPose) => reference.express(shapeOfMouth(mouth));
  /** Planning and drawing ask for the same mouths. */
  const known = new WeakMap<MouthPose, LipShape>();
  const shapeOf = (mouth: MouthPose) => {
    let shape = known.get(mouth);
    if (!shape) {
      const offsets = express(mouth);
      for (let i = 0; i < local.length; i++) local[i] = reference.closed[i]! + offsets[i]!;
      known.set(mouth, (shape = lipShapeOf(local)));
    }
    return shape;
  };
  const table = createLipShapeTable(shapeOf);
  return {
    shapeOf,
    express,
    plainPose: (gap, width) => table.poseOf(gap, width),
    withLips(mouth, gap, width) {
      const shaped = (plain: number) => {
        const { aperture, stretch, round } = table.poseOf(plain, width);
        return { ...mouth, aperture, stretch, round };
      };
      // Teeth that show part the lips, too.
      const pose = shaped(gap);
      const over = shapeOf(pose).gap - gap;
      return over > 0 ? shaped(gap - over) : pose;
    },
  };
}
