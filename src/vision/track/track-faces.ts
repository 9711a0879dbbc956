import { throwIfCancelled } from "../../job/errors.ts";
import { TRACKED_VERTICES, type FaceTrack, type FaceTracks } from "../../core/face-track.ts";
import type { DetectedFace, FaceLandmarks } from "../../core/face.ts";
import type { RgbaImage } from "../../core/image.ts";
import type { FaceReader } from "../landmarks/face-reader.ts";
import { distance, positionOf, type Position } from "./face-position.ts";
import { recognise } from "./same-person.ts";
import { createCutDetector } from "./track-cut.ts";
import { createPerson, type Person, type PersonState } from "./track-person.ts";

/** Limits and listeners of {@link trackFaces}. */
export interface TrackOptions {
  readonly signal?: AbortSignal;
  /** Called with the number of frames done. */
  readonly onFrame?: (frames: number) => void;
  /** Faces followed at the same time at most; 4 when absent. */
  readonly maxFaces?: number;
  /** What an earlier run told, in order; the frames then begin with the last one that it had done. */
  readonly resume?: readonly TrackingState[];
  /** Called about this many frames apart, while a face is followed, what another run can go on from. */
  readonly keep?: { readonly everyFrames: number; readonly take: (state: TrackingState) => Promise<void> };
}

/** What is known behind a frame: plain data. Records are told from some frames before the last time on. */
export interface TrackingState {
  /** Frames done. */
  readonly frame: number;
  readonly cuts: readonly number[];
  readonly nextSearch: number;
  /** Mean change of the frames before. */
  readonly recent: number;
  readonly persons: readonly PersonState[];
  /** Numbers of those that are being followed, in the order in which they were found. */
  readonly active: readonly number[];
}

/** Frames between two searches for other faces while one is followed. */
const SEARCH_EVERY = 15;
/** Frames between two searches while no face is seen. */
const SEARCH_EVERY_LOST = 4;
/** Frames without a face that are kept to follow a newly found face back to where it came from. */
const LOOK_BACK = 12;
/** A frame's pixels are looked at until this many more were asked for. */
export const FRAMES_HELD = LOOK_BACK + 2;
const DEFAULT_MAX_FACES = 4;
const MAX_PERSONS = 12;
/** The mesh's own threshold for a face. */
const MIN_PRESENCE = 0.5;
/** Smaller faces (inter-ocular, pixels) have a mouth of a few pixels. */
const MIN_IOD_PX = 8;
/** A face that moved farther than this many inter-ocular distances is measured again from where it is now. */
const FAR_MOVE_IOD = 0.12;
/** A face does not move or grow more than this between frames: the mesh slid onto something else. */
const MAX_MOVE_IOD = 1.2;
const MAX_GROWTH = 1.5;
/** Persons seen in fewer frames than this are noise, unless nobody is seen more often. */
const MIN_SEEN = 3;
/** A jump of a face by this many inter-ocular distances between calm frames is a cut. */
const CUT_JUMP_IOD = 0.25;
const CUT_OVER_MOTION = 4;

const centreOf = ({ box }: DetectedFace) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

/** Whether the mesh can be believed: a face, large enough, its middle inside the picture. */
function plausible(landmarks: FaceLandmarks, image: RgbaImage): boolean {
  const { x, y, iod } = positionOf(landmarks);
  return (
    landmarks.presence >= MIN_PRESENCE &&
    iod >= MIN_IOD_PX &&
    x > 0 &&
    y > 0 &&
    x < image.width &&
    y < image.height
  );
}

async function follow(
  analyser: Pick<FaceReader, "landmarks">,
  image: RgbaImage,
  previous: FaceLandmarks,
): Promise<FaceLandmarks | undefined> {
  const before = positionOf(previous);
  let next = await analyser.landmarks(image, previous);
  if (!plausible(next, image)) return undefined;
  if (distance(before, positionOf(next)) > FAR_MOVE_IOD * before.iod) {
    next = await analyser.landmarks(image, next);
    if (!plausible(next, image)) return undefined;
  }
  const now = positionOf(next);
  const growth = now.iod / before.iod;
  const slid =
    distance(before, now) > MAX_MOVE_IOD * before.iod || growth > MAX_GROWTH || growth < 1 / MAX_GROWTH;
  return slid ? undefined : next;
}

/** Frames at which a face jumps although it moved little before and after. */
function jumpCuts(track: FaceTrack, step: number, frames: number): number[] {
  const at = (frame: number) => {
    const points = new Float32Array(TRACKED_VERTICES * 3);
    const row = frame * points.length;
    for (let i = 0; i < points.length; i++) points[i] = track.points[row + i]! * step;
    return positionOf({ points, presence: 1 });
  };
  const moves = new Float32Array(frames);
  let before: Position | undefined;
  for (let frame = 0; frame < frames; frame++) {
    const here = track.presence[frame]! > 0 ? at(frame) : undefined;
    if (here && before) moves[frame] = distance(here, before) / here.iod;
    before = here;
  }
  const cuts: number[] = [];
  for (let frame = 1; frame < frames; frame++) {
    const around = Math.max(moves[frame - 1]!, moves[frame + 1] ?? 0, 0.02);
    if (moves[frame]! > CUT_JUMP_IOD && moves[frame]! > CUT_OVER_MOTION * around) cuts.push(frame);
  }
  return cuts;
}

/**
 * Follows every face through a video: the mesh of the frame before gives the region of the next, a detection begins
 * a face and finds it again, a cut begins all anew. While a network looks at a frame, the one before is measured and the
 * next one asked for. Holds three frames at a time, and up to fourteen while no face is seen.
 * @param frames pictures of one size, in order; each keeps its pixels until the {@link FRAMES_HELD}th after it is asked for.
 * @throws EngineError `job/cancelled`, and what the analyser throws.
 */
export async function trackFaces(
  frames: AsyncIterable<RgbaImage>,
  analyser: FaceReader,
  options: TrackOptions = {},
): Promise<FaceTracks> {
  const { signal, onFrame, maxFaces = DEFAULT_MAX_FACES, resume, keep } = options;
  const begun = resume?.at(-1);
  const detector = createCutDetector(begun?.recent);
  const persons: Person[] = [];
  const active = new Set<Person>();
  const cuts: number[] = [];
  let size = { width: 0, height: 0 };
  let step = 1;
  let frame = 0;
  let nextSearch = 0;
  let unseen: { readonly frame: number; readonly image: RgbaImage }[] = [];

  /** What is measured of faces that were seen, done while a network looks for the next ones. */
  let unmeasured: (() => void)[] = [];
  const measure = () => {
    for (const record of unmeasured) record();
    unmeasured = [];
  };
  const note = (person: Person, at: number, image: RgbaImage, landmarks: FaceLandmarks) => {
    person.see(at, landmarks);
    unmeasured.push(() => person.record(at, image, landmarks));
  };

  /** Follows a newly found face back through the frames in which the detector had missed it. */
  const lookBack = async (person: Person, found: FaceLandmarks) => {
    let later = found;
    for (const { frame: earlier, image } of unseen.reverse()) {
      const landmarks = await follow(analyser, image, later);
      if (!landmarks) break;
      note(person, earlier, image, landmarks);
      later = landmarks;
    }
    unseen = [];
  };

  const search = async (image: RgbaImage) => {
    measure();
    const known = [...active].map((person) => positionOf(person.last));
    for (const detection of await analyser.detect(image)) {
      if (active.size >= maxFaces) break;
      const centre = centreOf(detection);
      if (known.some((face) => Math.hypot(face.x - centre.x, face.y - centre.y) < 1.2 * face.iod)) continue;
      const landmarks = await analyser.landmarks(image, detection);
      if (!plausible(landmarks, image)) continue;
      const here = positionOf(landmarks);
      if (known.some((face) => distance(face, here) < face.iod)) continue;
      let person = recognise(persons, active, image, landmarks, frame, cuts.at(-1) ?? 0);
      if (!person) {
        if (persons.length >= MAX_PERSONS) continue;
        person = createPerson(persons.length, step, landmarks);
        persons.push(person);
      }
      active.add(person);
      known.push(here);
      note(person, frame, image, landmarks);
      if (unseen.length > 0) await lookBack(person, landmarks);
    }
    nextSearch = frame + (active.size > 0 ? SEARCH_EVERY : SEARCH_EVERY_LOST);
  };

  const dropDoubles = () => {
    const list = [...active].sort((a, b) => b.seen - a.seen);
    list.forEach((person, i) => {
      const here = positionOf(person.last);
      if (list.slice(0, i).some((other) => distance(positionOf(other.last), here) < 0.5 * here.iod)) {
        active.delete(person);
      }
    });
  };

  let kept = begun?.frame ?? 0;
  const save = async () => {
    // What is found later is followed back at most so far.
    const from = Math.max(0, kept - LOOK_BACK);
    kept = frame;
    measure();
    await keep?.take({
      ...{ frame, cuts: [...cuts], nextSearch, recent: detector.recent },
      persons: persons.map((person) => person.save(from, frame)),
      active: [...active].map(({ id }) => id),
    });
  };
  const restore = (states: readonly TrackingState[], image: RgbaImage) => {
    const state = states.at(-1)!;
    ({ frame, nextSearch } = state);
    cuts.push(...state.cuts);
    for (const { id, first } of state.persons) {
      const person = createPerson(id, step, first);
      const own = states.flatMap((part) => part.persons.filter((one) => one.id === id));
      person.restore(own, frame, image);
      persons.push(person);
    }
    for (const id of state.active) active.add(persons[id]!);
    detector.next(image);
  };

  const pictures = frames[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<RgbaImage>> | undefined;
  const ask = () => {
    if (next) return;
    next = pictures.next();
    // Its failure is told when it is waited for.
    next.catch(() => undefined);
  };
  let fresh = true;
  try {
    for (;;) {
      ask();
      const { value: image, done } = await next!;
      if (done) break;
      next = undefined;
      throwIfCancelled(signal);
      if (fresh) {
        fresh = false;
        size = { width: image.width, height: image.height };
        step = (1.5 * Math.max(image.width, image.height)) / 32767;
        if (resume && begun) {
          restore(resume, image);
          continue;
        }
      }
      let lost = false;
      if (detector.next(image)) {
        cuts.push(frame);
        active.clear();
        unseen = [];
        nextSearch = frame;
      }
      for (const person of active) {
        const found = follow(analyser, image, person.last);
        // While the network works, which needs nothing of this.
        measure();
        ask();
        const landmarks = await found;
        if (landmarks) note(person, frame, image, landmarks);
        else {
          active.delete(person);
          lost = true;
        }
      }
      dropDoubles();
      if (lost || frame >= nextSearch) await search(image);
      if (active.size === 0) unseen = [...unseen.slice(1 - LOOK_BACK), { frame, image }];
      frame++;
      if (keep && active.size > 0 && frame - kept >= keep.everyFrames) await save();
      onFrame?.(frame);
    }
  } finally {
    await pictures.return?.();
  }
  measure();

  const most = Math.max(0, ...persons.map((person) => person.seen));
  const faces = persons
    .filter((person) => person.seen >= Math.min(MIN_SEEN, most))
    .map((person) => person.finish(frame));
  const jumps = faces.flatMap((track) => jumpCuts(track, step, frame));
  return {
    ...size,
    step,
    frames: frame,
    cuts: [...new Set([...cuts, ...jumps])].sort((a, b) => a - b),
    faces,
  };
}
