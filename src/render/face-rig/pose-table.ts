import type { HeadMotion } from "../../core/head-step.ts";
import type { HeadFit } from "./head-fit.ts";

/** Scale, rotation (9) and shift (3); a scale of 0 stands for no pose. */
const VALUES = 13;

/** Poses or motions of a head by frame, 104 bytes each: a video of ten minutes has some fifteen thousand. */
export interface PoseTable {
  get(frame: number): HeadFit | undefined;
  /** Keeps a pose and gives it back. */
  set(frame: number, pose: HeadMotion): HeadFit;
}

/** An empty table for so many frames. */
export function createPoseTable(frames: number): PoseTable {
  const values = new Float64Array(frames * VALUES);
  return {
    get(frame) {
      const at = frame * VALUES;
      const scale = values[at]!;
      if (scale === 0) return undefined;
      const rotation = [0, 0, 0, 0, 0, 0, 0, 0, 0];
      for (let i = 0; i < 9; i++) rotation[i] = values[at + 1 + i]!;
      return { scale, rotation, shift: [values[at + 10]!, values[at + 11]!, values[at + 12]!] };
    },
    set(frame, pose) {
      const at = frame * VALUES;
      values[at] = pose.scale;
      values.set(pose.rotation, at + 1);
      values.set(pose.shift, at + 10);
      return pose;
    },
  };
}
