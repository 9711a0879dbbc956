import { LOOK_UPPER, LOOK_VERTICES, type FaceTrack } from "../../core/face-track.ts";
import { yawOf } from "../face-rig/head-fit.ts";
import { percentile } from "../raster/plane.ts";
import { lipShapeOf, type LipShape } from "./lip-shape.ts";
import type { LookModel } from "../video/covered-face.ts";
import type { FaceMotion, FaceState } from "../video/video-motion.ts";

/** What a frame's own mouth and head are like. */
export interface OwnLook extends LipShape {
  readonly frame: number;
  /** Change of the gap per frame. */
  readonly opening: number;
  /** Share of the lips' line on which teeth show, 0 to 1. */
  readonly teeth: number;
  readonly sharpness: number;
  /** Share of the lower face that something covers, 0 to 1. */
  readonly covered: number;
  readonly yawDeg: number;
  readonly pitchDeg: number;
  readonly logScale: number;
  /** Natural logarithms of the face's mean red, green and blue above the mouth: its light. */
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** Memory in bytes that all exemplars together may take. */
const LENT_BYTES = 48 * 1024 * 1024;
const MOST_FRAMES = 320;
const LEAST_FRAMES = 24;
/** Frames that are compared with each other; of a long video every so-manieth. */
const COMPARED = 2400;
/** A frame farther turned, more covered or less sharp (relative to the sharp ones) is no exemplar. */
const MOST_YAW_DEG = 40;
const MOST_COVERED = 0.06;
const LEAST_SHARPNESS = 0.55;
/** Differences that make two mouths equally unlike. */
const UNLIKE = {
  gap: 0.02,
  width: 0.04,
  upper: 0.025,
  lower: 0.035,
  opening: 0.05,
  teeth: 0.35,
  yawDeg: 7,
  pitchDeg: 7,
  logScale: 0.12,
  red: 0.12,
  green: 0.12,
  blue: 0.12,
} as const satisfies Partial<Record<keyof OwnLook, number>>;
const KEYS = Object.keys(UNLIKE) as (keyof typeof UNLIKE)[];
const ROUNDS = 12;

/** Degrees by which a head is raised. */
export function pitchOf({ rotation }: FaceState["head"]): number {
  return (Math.atan2(rotation[5]!, rotation[8]!) * 180) / Math.PI;
}

/** The light of a face in a frame: natural logarithms of its mean colour above the mouth. */
export function lightOf(track: FaceTrack, frame: number): Pick<OwnLook, "red" | "green" | "blue"> {
  const row = frame * LOOK_VERTICES.length * 3;
  const mean = (channel: number) => {
    let sum = 0;
    for (let v = 0; v < LOOK_UPPER; v++) sum += track.look[row + v * 3 + channel]!;
    return Math.log(1 + sum / LOOK_UPPER);
  };
  return { red: mean(0), green: mean(1), blue: mean(2) };
}

/** Measures a frame in which the face is seen. */
export function ownLook(motion: FaceMotion, track: FaceTrack, looks: LookModel, frame: number): OwnLook {
  const { first, last } = motion.stretchAt(frame)!;
  const gapAt = (f: number) =>
    f >= first && f <= last && motion.seen(f) ? lipShapeOf(motion.measured(f).local).gap : NaN;
  const [before, after] = [gapAt(frame - 1), gapAt(frame + 1)];
  const { local, head } = motion.measured(frame);
  const shape = lipShapeOf(local);
  const from = Number.isNaN(before) ? shape.gap : before;
  const to = Number.isNaN(after) ? shape.gap : after;
  const spans = Number(!Number.isNaN(before)) + Number(!Number.isNaN(after));
  return {
    ...shape,
    frame,
    opening: (to - from) / Math.max(1, spans),
    teeth: track.teeth[frame]! / 255,
    sharpness: track.sharpness[frame]!,
    covered: looks.coveredShare(frame),
    yawDeg: yawOf(head),
    pitchDeg: pitchOf(head),
    logScale: Math.log(head.scale),
    ...lightOf(track, frame),
  };
}

const SCALES = Float64Array.from(KEYS, (key) => UNLIKE[key]);

/**
 * Whether the squared difference of two looks, 1 where one of them is as unlike as {@link UNLIKE}, is at least so much.
 * @param a `[KEYS]`, and `b`.
 */
function areApart(a: Float64Array, b: Float64Array, least: number): boolean {
  let sum = 0;
  for (let i = 0; i < SCALES.length; i++) {
    sum += ((a[i]! - b[i]!) / SCALES[i]!) ** 2;
    if (sum >= least) return true;
  }
  return sum >= least;
}

/** Places of the first rows of a list that are farther from each other than `apart`, at most `most` and one. */
function spreadOut(rows: readonly Float64Array[], apart: number, most: number): number[] {
  const kept: number[] = [];
  for (const [place, row] of rows.entries()) {
    if (kept.every((other) => areApart(row, rows[other]!, apart))) kept.push(place);
    if (kept.length > most) break;
  }
  return kept;
}

/**
 * Chooses the frames of a whole video whose lower faces other frames take: sharp, uncovered, and as unlike each other
 * as their number allows, so that all mouths and poses that the video shows are among them.
 * @param pieceBytes memory that one exemplar takes.
 * @returns in rising order; empty where no frame is fit.
 */
export function planLibrary(
  motion: FaceMotion,
  track: FaceTrack,
  looks: LookModel,
  frames: number,
  pieceBytes: number,
): OwnLook[] {
  const seen: number[] = [];
  for (let frame = 0; frame < frames; frame++) if (motion.seen(frame)) seen.push(frame);
  const stride = Math.max(1, Math.ceil(seen.length / COMPARED));
  const sample = seen.filter((_, i) => i % stride === 0).map((f) => ownLook(motion, track, looks, f));
  const sharp = percentile(
    sample.map(({ sharpness }) => sharpness),
    0.9,
  );
  const usable = sample.filter(
    (look) =>
      Math.abs(look.yawDeg) < MOST_YAW_DEG &&
      look.covered < MOST_COVERED &&
      look.sharpness > LEAST_SHARPNESS * sharp,
  );
  const most = Math.min(
    MOST_FRAMES,
    Math.max(LEAST_FRAMES, Math.floor(LENT_BYTES / Math.max(1, pieceBytes))),
  );
  usable.sort((a, b) => b.sharpness - a.sharpness || a.frame - b.frame);
  let kept = usable;
  if (usable.length > most) {
    const rows = usable.map((look) => Float64Array.from(KEYS, (key) => look[key]));
    let [near, far] = [0, 64];
    for (let round = 0; round < ROUNDS; round++) {
      const middle = (near + far) / 2;
      const spread = spreadOut(rows, middle, most);
      if (spread.length > most) near = middle;
      else [far, kept] = [middle, spread.map((place) => usable[place]!)];
    }
  }
  return kept.slice(0, most).sort((a, b) => a.frame - b.frame);
}
