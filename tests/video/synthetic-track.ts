import { readFileSync } from "node:fs";
import {
  LOOK_VERTICES,
  TRACKED_VERTICES,
  type FaceTrack,
  type FaceTracks,
} from "../../src/core/face-track.ts";
import { STEP_VALUES } from "../../src/core/head-step.ts";
import { loadRig, type Rig } from "../../src/render/face-rig/rig.ts";

/** The project's own rig. */
export function ownRig(): Rig {
  const read = (path: string) =>
    new Uint8Array(readFileSync(new URL(`../../models/${path}`, import.meta.url)));
  return loadRig(read("rig/rig.bin"), read("built/face-geometry.bin"));
}

/** Where a synthetic head is in a frame: middle in pixels, pixels per cm, yaw in degrees, jaw 0 to 1. */
export interface HeadAt {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly yawDeg?: number;
  readonly jaw?: number;
}

/** A track of the canonical face, moved as told; `null` where it is not seen. Its colour is the same everywhere. */
export function trackOf(rig: Rig, id: number, step: number, heads: readonly (HeadAt | null)[]): FaceTrack {
  const track: FaceTrack = {
    id,
    points: new Int16Array(heads.length * TRACKED_VERTICES * 3),
    presence: new Uint8Array(heads.length),
    steps: new Float32Array(heads.length * STEP_VALUES),
    chinSteps: new Float32Array(heads.length * STEP_VALUES),
    sharpness: new Float32Array(heads.length).fill(2),
    teeth: new Uint8Array(heads.length),
    look: new Uint8Array(heads.length * LOOK_VERTICES.length * 3).fill(120),
  };
  heads.forEach((head, frame) => {
    if (!head) return;
    track.presence[frame] = 255;
    const yaw = ((head.yawDeg ?? 0) * Math.PI) / 180;
    for (let v = 0; v < TRACKED_VERTICES; v++) {
      const p = [0, 1, 2].map((k) => rig.vertices[v * 3 + k]! + (head.jaw ?? 0) * rig.deltas.jaw[v * 3 + k]!);
      const turned = [
        Math.cos(yaw) * p[0]! + Math.sin(yaw) * p[2]!,
        p[1]!,
        -Math.sin(yaw) * p[0]! + Math.cos(yaw) * p[2]!,
      ];
      const at = (frame * TRACKED_VERTICES + v) * 3;
      track.points[at] = Math.round((head.x + head.scale * turned[0]!) / step);
      track.points[at + 1] = Math.round((head.y + head.scale * turned[1]!) / step);
      track.points[at + 2] = Math.round((head.scale * turned[2]!) / step);
    }
  });
  return track;
}

/** Tracks of a 640 × 480 video. */
export function tracksOf(
  faces: readonly FaceTrack[],
  step: number,
  cuts: readonly number[] = [],
): FaceTracks {
  return { width: 640, height: 480, step, frames: faces[0]!.presence.length, cuts, faces };
}

/** Pixels per step that suit 640 × 480. */
export const STEP = 1 / 32;
