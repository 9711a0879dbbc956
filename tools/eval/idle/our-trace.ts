import type { MouthTrack } from "../../../src/core/mouth.ts";
import { NATURAL_STYLE } from "../../../src/job/prompt-style.ts";
import { createIdleMotion } from "../../../src/render/idle-motion/idle-motion.ts";
import type { FaceTrace } from "./face-trace.ts";

/** How far a brow that is raised by 1 stands over its rest, in distances between the eyes, as the tracker sees it. */
const BROW = 0.07;
/** Gap between open lids by the eye's width, and between shut ones: lashes and the mesh do not reach zero. */
const LIDS = { open: 0.3, shut: 0.045 } as const;

/** Our own idle motion for a voice, with no picture and no tracker between. */
export function traceOurs(track: MouthTrack, seed: number, fps: number, frames: number): FaceTrace {
  const idle = createIdleMotion(track, frames / fps, seed, NATURAL_STYLE);
  const poses = Array.from({ length: frames }, (_, i) => idle.at(i / fps));
  return {
    fps,
    yaw: poses.map(({ head }) => head.yawDeg),
    pitch: poses.map(({ head }) => head.pitchDeg),
    roll: poses.map(({ head }) => head.rollDeg),
    x: poses.map(({ head }) => head.x),
    y: poses.map(({ head }) => head.y),
    size: poses.map(() => 1),
    lids: poses.map(({ blinkLeft }) => LIDS.open + (LIDS.shut - LIDS.open) * blinkLeft),
    brow: poses.map(({ brow }) => BROW * brow),
    gazeX: poses.map(({ gaze }) => gaze?.[0] ?? 0),
    gazeY: poses.map(({ gaze }) => gaze?.[1] ?? 0),
  };
}
