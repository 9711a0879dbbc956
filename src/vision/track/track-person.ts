import type { FaceLandmarks } from "../../core/face.ts";
import { LOOK_VERTICES, TRACKED_VERTICES, type FaceTrack } from "../../core/face-track.ts";
import { inverseStep, STEP_VALUES, writeStep, type HeadStep } from "../../core/head-step.ts";
import type { RgbaImage } from "../../core/image.ts";
import { release } from "../../core/browser/release-buffer.ts";
import { readLook, readSharpness, readTeeth } from "./track-look.ts";
import { CHIN_PART, createPartFollower, STILL_PART } from "./track-step.ts";

const CHUNK_FRAMES = 256;
const POINT_VALUES = TRACKED_VERTICES * 3;
const LOOK_VALUES = LOOK_VERTICES.length * 3;
/** Share of a new look in a person's mean look. */
const LOOK_MEMORY = 0.05;

/** What is recorded of a person, one row per frame. */
type Rows = Omit<FaceTrack, "id">;

/** Values of a row. */
const WIDTHS = {
  points: POINT_VALUES,
  presence: 1,
  steps: STEP_VALUES,
  chinSteps: STEP_VALUES,
  sharpness: 1,
  teeth: 1,
  look: LOOK_VALUES,
} as const satisfies Record<keyof Rows, number>;
const KEYS = Object.keys(WIDTHS) as (keyof Rows)[];

function emptyRows(frames: number): Rows {
  return {
    points: new Int16Array(frames * POINT_VALUES),
    presence: new Uint8Array(frames),
    steps: new Float32Array(frames * STEP_VALUES),
    chinSteps: new Float32Array(frames * STEP_VALUES),
    sharpness: new Float32Array(frames),
    teeth: new Uint8Array(frames),
    look: new Uint8Array(frames * LOOK_VALUES),
  };
}

/** A person's record as it is kept: plain data. */
export interface PersonState {
  readonly id: number;
  /** The landmarks with which the record began. */
  readonly first: FaceLandmarks;
  readonly last: FaceLandmarks;
  readonly lastFrame: number;
  readonly seen: number;
  readonly meanLook: Float32Array;
  /** Frames between which head and chin were followed without a break. */
  readonly oldest: number;
  readonly newest: number;
  /** What was recorded from this frame on. */
  readonly from: number;
  readonly rows: Rows;
}

/** Copies the frames that two records have in common; each begins at a frame. @param end of the target. */
function copyRows(source: Rows, from: number, target: Rows, start: number, end: number): void {
  const first = Math.max(from, start);
  const last = Math.min(from + source.presence.length, end);
  if (last <= first) return;
  for (const key of KEYS) {
    const width = WIDTHS[key];
    target[key].set(
      source[key].subarray((first - from) * width, (last - from) * width),
      (first - start) * width,
    );
  }
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
  /** Notes where the face is in a frame: in rising order, or going back from the frame in which it was found. */
  see(frame: number, landmarks: FaceLandmarks): void;
  /** Measures the face where it was seen last. */
  record(frame: number, image: RgbaImage, landmarks: FaceLandmarks): void;
  /** Everything recorded, as arrays over all `frames`; empties the person. */
  finish(frames: number): FaceTrack;
  /** The record of the frames `from` to `end`, and all that recording goes on from but the picture of the frame before. */
  save(from: number, end: number): PersonState;
  /**
   * Takes over what another run saved; earlier parts of its record first.
   * @param frame the next one to be recorded. @param before the picture of the frame before that.
   */
  restore(states: readonly PersonState[], frame: number, before: RgbaImage): void;
}

/**
 * Starts a record of one person.
 * @param step pixels per stored step; points beyond ± 32,767 steps are clamped.
 */
export function createPerson(id: number, step: number, first: FaceLandmarks): Person {
  const chunks = new Map<number, Rows>();
  const meanLook = new Float32Array(LOOK_VALUES);
  // Head and chin are followed forward from where they were found, and backward when earlier frames are searched.
  const followers = (["steps", "chinSteps"] as const).map((key) => {
    const vertices = key === "steps" ? STILL_PART : CHIN_PART;
    return { key, ahead: createPartFollower(vertices), back: createPartFollower(vertices) };
  });
  let [oldest, newest] = [NaN, NaN];
  /** Frames in which the face was measured. */
  let measured = 0;
  const chunkAt = (frame: number) => {
    const index = Math.floor(frame / CHUNK_FRAMES);
    let chunk = chunks.get(index);
    if (!chunk) {
      chunk = emptyRows(CHUNK_FRAMES);
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
    see(frame, landmarks) {
      if (frame > this.lastFrame) {
        this.last = landmarks;
        this.lastFrame = frame;
      }
      this.seen++;
    },
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
      const share = Math.max(LOOK_MEMORY, 1 / ++measured);
      for (let i = 0; i < LOOK_VALUES; i++) meanLook[i]! += share * (look[i]! - meanLook[i]!);
      recordSteps(frame, image, landmarks);
    },
    finish(frames) {
      const rows = emptyRows(frames);
      for (const [index, chunk] of chunks) {
        copyRows(chunk, index * CHUNK_FRAMES, rows, 0, frames);
        chunks.delete(index);
        KEYS.forEach((key) => release(chunk[key]));
      }
      return { id, ...rows };
    },
    save(since, end) {
      // Who has left the picture costs nothing.
      const from = this.lastFrame < since ? end : since;
      const rows = emptyRows(end - from);
      for (const [index, chunk] of chunks) copyRows(chunk, index * CHUNK_FRAMES, rows, from, end);
      const { last, lastFrame, seen } = this;
      return { id, first, last, lastFrame, seen, meanLook: meanLook.slice(), oldest, newest, from, rows };
    },
    restore(states, frame, before) {
      for (const { from, rows } of states) {
        const end = from + rows.presence.length;
        for (let at = from; at < end; at = (Math.floor(at / CHUNK_FRAMES) + 1) * CHUNK_FRAMES) {
          const chunk = chunkAt(at);
          const start = at - (at % CHUNK_FRAMES);
          copyRows(rows, from, chunk, start, start + CHUNK_FRAMES);
        }
      }
      const state = states.at(-1)!;
      ({ last: this.last, lastFrame: this.lastFrame, seen: this.seen } = state);
      ({ oldest, newest, seen: measured } = state);
      meanLook.set(state.meanLook);
      for (const follower of followers.flatMap(({ ahead, back }) => [ahead, back])) {
        // The first landmarks decide between which vertices the light is compared.
        follower.next(before, first);
        follower.restart();
      }
      if (newest === frame - 1) for (const { ahead } of followers) ahead.next(before, state.last);
    },
  };
}
