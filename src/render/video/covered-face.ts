import { LOOK_LIPS, LOOK_UPPER, LOOK_VERTICES, type FaceTrack } from "../../core/face-track.ts";
import { clamp } from "../../core/scalar.ts";
import { percentile } from "../raster/plane.ts";

/** What a face usually looks like at each look vertex, and so what lies in front of it in a frame. */
export interface LookModel {
  /** `[LOOK_VERTICES.length]` how surely something else covers the vertex in a frame, 0 to 1. */
  covered(frame: number): Float32Array;
  /** Share of the lower face's skin that is covered in a frame, 0 to 1. */
  coveredShare(frame: number): number;
  /** Share of the mouth's surroundings that is covered in a frame, 0 to 1. */
  coveredMouth(frame: number): number;
}

const SAMPLES = 240;
/** Differences are measured against the vertex's own spread, but never finer than this share of the brightness. */
const FLOOR = 0.09;
const SPREADS = 3;

/** Places around the lips among the look vertices. */
const AROUND_MOUTH = [
  164, 167, 393, 165, 391, 92, 322, 57, 287, 43, 273, 106, 335, 182, 406, 83, 313, 18, 200,
].map((vertex) => LOOK_VERTICES.indexOf(vertex));

/**
 * Learns a face's own look from all its frames: the median colour of each vertex after each frame's light is made
 * equal on the upper face.
 */
export function createLookModel(track: FaceTrack): LookModel {
  const count = LOOK_VERTICES.length;
  const seen: number[] = [];
  track.presence.forEach((value, frame) => {
    if (value > 0) seen.push(frame);
  });
  const stride = Math.max(1, Math.floor(seen.length / SAMPLES));
  const sampled = seen.filter((_, i) => i % stride === 0);

  const sorted = new Uint8Array(LOOK_UPPER);
  /** Median of a channel on the upper face. */
  const upperLevel = (frame: number, channel: number): number => {
    for (let v = 0; v < LOOK_UPPER; v++) sorted[v] = track.look[(frame * count + v) * 3 + channel]!;
    return sorted.sort()[Math.round(0.5 * (LOOK_UPPER - 1))]!;
  };
  const level = [0, 1, 2].map((channel) =>
    percentile(
      sampled.map((frame) => upperLevel(frame, channel)),
      0.5,
    ),
  );
  /** Colours of a frame with the light of the upper face made equal to `level`. */
  const read = (frame: number, out: Float32Array): Float32Array => {
    const row = frame * count * 3;
    for (let channel = 0; channel < 3; channel++) {
      const gain = clamp(level[channel]! / Math.max(4, upperLevel(frame, channel)), 0.5, 2);
      for (let at = channel; at < count * 3; at += 3) out[at] = track.look[row + at]! * gain;
    }
    return out;
  };
  const looks = sampled.map((frame) => read(frame, new Float32Array(count * 3)));
  const usual = new Float32Array(count * 3);
  const spread = new Float32Array(count);
  for (let i = 0; i < usual.length; i++)
    usual[i] = percentile(
      looks.map((look) => look[i]!),
      0.5,
    );
  const difference = (look: Float32Array, v: number) => {
    let sum = 0;
    for (let channel = 0; channel < 3; channel++)
      sum += Math.abs(look[v * 3 + channel]! - usual[v * 3 + channel]!);
    return sum / 3;
  };
  const brightness = (level[0]! + level[1]! + level[2]!) / 3;
  for (let v = 0; v < count; v++)
    spread[v] = percentile(
      looks.map((look) => difference(look, v)),
      0.5,
    );

  const lit = new Float32Array(count * 3);
  const covered = (frame: number, result = new Float32Array(count)) => {
    const look = read(frame, lit);
    for (let v = 0; v < LOOK_LIPS; v++) {
      const usualDifference = Math.max(FLOOR * brightness, SPREADS * spread[v]!);
      result[v] = clamp(difference(look, v) / usualDifference - 1, 0, 1);
    }
    return result;
  };
  const lower = Array.from({ length: LOOK_LIPS - LOOK_UPPER }, (_, i) => LOOK_UPPER + i);
  const shares = new Float32Array(track.presence.length);
  const mouths = new Float32Array(track.presence.length);
  const values = new Float32Array(count);
  for (const frame of seen) {
    covered(frame, values);
    const meanOf = (vertices: readonly number[]) =>
      vertices.reduce((sum, v) => sum + values[v]!, 0) / vertices.length;
    shares[frame] = meanOf(lower);
    mouths[frame] = meanOf(AROUND_MOUTH);
  }
  return {
    covered: (frame) => covered(frame),
    coveredShare: (frame) => shares[frame]!,
    coveredMouth: (frame) => mouths[frame]!,
  };
}
