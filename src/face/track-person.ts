import type { FaceLandmarks } from "../core/face.ts";
import { LOOK_VERTICES, TRACKED_VERTICES, type FaceTrack } from "../core/face-track.ts";
import { inverseStep, STEP_VALUES, writeStep, type HeadStep } from "../core/head-step.ts";
import type { RgbaImage } from "../core/image.ts";
import { readLook, readSharpness, readTeeth } from "./track-look.ts";
import { CHIN_PART, createPartFollower, STILL_PART } from "./track-step.ts";

const CHUNK_FRAMES = 256;
const POINT_VALUES = TRACKED_VERTICES * 3;
const LOOK_VALUES = LOOK_VERTICES.length * 3;
/** Share of a new look in a person's mean look. */
const LOOK_MEMORY = 0.05;

interface Chunk {
  readonly points: Int16Array;
  readonly presence: Uint8Array;
  readonly steps: Float32Array;
  readonly chinSteps: Float32Array;
  readonly sharpness: Float32Array;
  readonly teeth: Uint8Array;
  readonly look: Uint8Array;
}

/** A person as recorded so far; grows in pieces, so that a long video never moves what it has. */
export interface Person {
  readonly id: number;
  /** Landmarks of the latest frame in which the face was seen. */
  last: FaceLandmarks;
  lastFrame: number;
  /** Frames in which the face was seen. */
  seen: number;
  /** `[LOOK_VERTICES.length, 3]` running mean of the look. */
  readonly meanLook: Float32Array;
  /** Notes the face in a frame: in rising order, or going back from the frame in which it was found. */
  record(frame: number, image: RgbaImage, landmarks: FaceLandmarks): void;
  /** Everything recorded, as arrays over all `frames`; empties the person. */
  finish(frames: number): FaceTrack;
}

/**
 * Starts a record of one person.
 * @param step pixels per stored step; points beyond ± 32,767 steps are clamped.
 */
export function createPerson(id: number, step: number, first: FaceLandmarks): Person {
  const chunks = new Map<number, Chunk>();
  const meanLook = new Float32Array(LOOK_VALUES);
  // Head and chin are followed forward from where they were found, and backward when earlier frames are searched.
  const followers = (["steps", "chinSteps"] as const).map((key) => {
    const vertices = key === "steps" ? STILL_PART : CHIN_PART;
    return { key, ahead: createPartFollower(vertices), back: createPartFollower(vertices) };
  });
  let [oldest, newest] = [NaN, NaN];
  const chunkAt = (frame: number) => {
    const index = Math.floor(frame / CHUNK_FRAMES);
    let chunk = chunks.get(index);
    if (!chunk) {
      chunk = {
        points: new Int16Array(CHUNK_FRAMES * POINT_VALUES),
        presence: new Uint8Array(CHUNK_FRAMES),
        steps: new Float32Array(CHUNK_FRAMES * STEP_VALUES),
        chinSteps: new Float32Array(CHUNK_FRAMES * STEP_VALUES),
        sharpness: new Float32Array(CHUNK_FRAMES),
        teeth: new Uint8Array(CHUNK_FRAMES),
        look: new Uint8Array(CHUNK_FRAMES * LOOK_VALUES),
      };
      chunks.set(index, chunk);
    }
    return chunk;
  };
  const recordSteps = (frame: number, image: RgbaImage, landmarks: FaceLandmarks) => {
    const forward = frame === newest + 1;
    const backward = frame === oldest - 1;
    for (const { key, ahead, back } of followers) {
      const write = (step: HeadStep | null, at: number) => {
        if (step) writeStep(step, chunkAt(at)[key], (at % CHUNK_FRAMES) * STEP_VALUES);
      };
      if (forward) write(ahead.next(image, landmarks), frame);
      else if (backward) {
        const step = back.next(image, landmarks);
        write(step && inverseStep(step), oldest);
      } else {
        for (const follower of [ahead, back]) {
          follower.restart();
          follower.next(image, landmarks);
        }
      }
    }
    if (!backward) newest = frame;
    if (!forward) oldest = frame;
  };
  return {
    id,
    last: first,
    lastFrame: -1,
    seen: 0,
    meanLook,
    record(frame, image, landmarks) {
      const chunk = chunkAt(frame);
      const row = frame % CHUNK_FRAMES;
      for (let i = 0; i < POINT_VALUES; i++) {
        const steps = Math.round(landmarks.points[i]! / step);
        chunk.points[row * POINT_VALUES + i] = Math.min(32767, Math.max(-32768, steps));
      }
      chunk.presence[row] = Math.max(1, Math.round(255 * Math.min(1, landmarks.presence)));
      chunk.sharpness[row] = readSharpness(image, landmarks);
      chunk.teeth[row] = Math.round(255 * readTeeth(image, landmarks));
      const look = chunk.look.subarray(row * LOOK_VALUES, (row + 1) * LOOK_VALUES);
      readLook(image, landmarks, look);
      const share = Math.max(LOOK_MEMORY, 1 / (this.seen + 1));
      for (let i = 0; i < LOOK_VALUES; i++) meanLook[i]! += share * (look[i]! - meanLook[i]!);
      recordSteps(frame, image, landmarks);
      if (frame > this.lastFrame) {
        this.last = landmarks;
        this.lastFrame = frame;
      }
      this.seen++;
    },
    finish(frames) {
      const track: FaceTrack = {
        id,
        points: new Int16Array(frames * POINT_VALUES),
        presence: new Uint8Array(frames),
        steps: new Float32Array(frames * STEP_VALUES),
        chinSteps: new Float32Array(frames * STEP_VALUES),
        sharpness: new Float32Array(frames),
        teeth: new Uint8Array(frames),
        look: new Uint8Array(frames * LOOK_VALUES),
      };
      for (const [index, chunk] of chunks) {
        const from = index * CHUNK_FRAMES;
        const count = Math.min(CHUNK_FRAMES, frames - from);
        track.points.set(chunk.points.subarray(0, count * POINT_VALUES), from * POINT_VALUES);
        track.presence.set(chunk.presence.subarray(0, count), from);
        for (const key of ["steps", "chinSteps"] as const) {
          track[key].set(chunk[key].subarray(0, count * STEP_VALUES), from * STEP_VALUES);
        }
        track.sharpness.set(chunk.sharpness.subarray(0, count), from);
        track.teeth.set(chunk.teeth.subarray(0, count), from);
        track.look.set(chunk.look.subarray(0, count * LOOK_VALUES), from * LOOK_VALUES);
        chunks.delete(index);
      }
      return track;
    },
  };
}
