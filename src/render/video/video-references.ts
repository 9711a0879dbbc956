import type { FaceTrack } from "../../core/face-track.ts";
import { yawOf } from "../face-rig/head-fit.ts";
import { percentile } from "../raster/plane.ts";
import { CANONICAL_IOD_CM } from "../face-rig/rig.ts";
import { INNER_LOWER, INNER_UPPER } from "../face-rig/topology.ts";
import type { LookModel } from "./covered-face.ts";
import type { FaceMotion, FaceState } from "./video-motion.ts";

/** The frames whose texture is used, and which of them each frame of the video takes. */
export interface ReferencePlan {
  /** Frames of the video, the best one first. */
  readonly frames: readonly number[];
  /** `[video frames]` index into `frames`. */
  readonly choice: Uint8Array;
  /** Other frames, in which the person's own teeth may show best. */
  readonly teeth: readonly number[];
}

const MAX_REFERENCES = 5;
const MAX_CANDIDATES = 48;
const SAMPLED_FRAMES = 400;
/** A further reference must bring frames this much nearer on average. */
const WORTH = 0.035;
/** From this gap on (inter-ocular distances) the edges of lips and teeth can be told apart, and the lips be closed. */
const PARTED_IOD = 0.035;
/** Share of the lips' line with teeth above which lips are not shut. */
const SOME_TEETH = 0.1;
/** Share of the frames that must have shut lips for their thickness to count alone. */
const ENOUGH = 0.05;
/** Cost of a change of reference, in the units of `unlike`. */
const SWITCH = 0.5;

interface Measures {
  readonly frame: number;
  readonly gap: number;
  readonly thickness: number;
  readonly width: number;
  readonly sharpness: number;
  readonly covered: number;
  /** Share of the lips' line on which teeth show. */
  readonly teeth: number;
  readonly yawDeg: number;
  readonly pitchDeg: number;
  readonly logScale: number;
}

function pitchOf({ rotation }: FaceState["head"]): number {
  return (Math.atan2(rotation[5]!, rotation[8]!) * 180) / Math.PI;
}

function measure(motion: FaceMotion, track: FaceTrack, looks: LookModel, frame: number): Measures {
  const { local, head } = motion.measured(frame);
  const y = (vertex: number) => local[vertex * 3 + 1]! / CANONICAL_IOD_CM;
  const gaps = INNER_UPPER.map((upper, i) => y(INNER_LOWER[i]!) - y(upper));
  return {
    frame,
    gap: Math.max(0, ...gaps),
    thickness: y(13) - y(0) + (y(17) - y(14)),
    width: Math.abs(local[308 * 3]! - local[78 * 3]!) / CANONICAL_IOD_CM,
    sharpness: track.sharpness[frame]!,
    covered: looks.coveredShare(frame),
    teeth: track.teeth[frame]! / 255,
    yawDeg: yawOf(head),
    pitchDeg: pitchOf(head),
    logScale: Math.log(head.scale),
  };
}

/** How badly a reference's pose fits a frame. */
function unlike(reference: Measures, frame: Measures): number {
  const smaller = Math.max(0, frame.logScale - reference.logScale);
  return (
    0.02 * Math.abs(reference.yawDeg - frame.yawDeg) +
    0.008 * Math.abs(reference.pitchDeg - frame.pitchDeg) +
    0.8 * smaller +
    0.15 * Math.abs(frame.logScale - reference.logScale)
  );
}

/**
 * Chooses relaxed, sharp, uncovered frames with shut lips as references, as many as the head's poses ask for, and
 * assigns one to every frame so that changes are rare.
 * @see decisions/0004-video-mouth-from-references.md; the assignment is a shortest path over the frames (Viterbi).
 */
export function planReferences(
  motion: FaceMotion,
  track: FaceTrack,
  looks: LookModel,
  frames: number,
): ReferencePlan {
  const usable: number[] = [];
  for (let frame = 0; frame < frames; frame++) if (motion.seen(frame)) usable.push(frame);
  const stride = Math.max(1, Math.floor(usable.length / SAMPLED_FRAMES));
  const sample = usable.filter((_, i) => i % stride === 0).map((f) => measure(motion, track, looks, f));
  const of = (key: "thickness" | "width" | "sharpness" | "yawDeg", share: number, among = sample) =>
    percentile(
      among.map((m) => m[key]),
      share,
    );
  // Opening thickens the lips' contours: only shut lips tell how thick relaxed ones are.
  const shut = sample.filter((m) => m.gap < PARTED_IOD && m.teeth < SOME_TEETH);
  const [thick, wide, sharp, turned] = [
    of("thickness", 0.6, shut.length > ENOUGH * sample.length ? shut : sample),
    of("width", 0.5),
    of("sharpness", 0.95),
    of("yawDeg", 0.5),
  ];
  const qualityCost = (m: Measures) =>
    m.gap +
    1.2 * Math.max(0, thick - m.thickness) +
    0.3 * Math.abs(m.width - wide) +
    0.35 * Math.max(0, 0.95 - m.sharpness / Math.max(1e-6, sharp)) +
    0.004 * Math.abs(m.yawDeg - turned) +
    0.006 * Math.max(0, Math.abs(m.yawDeg) - 15) +
    2.5 * m.covered +
    (m.gap < PARTED_IOD ? 0.5 : 0.35) * m.teeth;
  const ranked = [...sample].sort((a, b) => qualityCost(a) - qualityCost(b));
  // Some of the best overall, and the best of each 10° of yaw.
  const candidates: Measures[] = [];
  const perPose = new Map<number, number>();
  for (const m of ranked) {
    const pose = Math.round(m.yawDeg / 10) * 100 + Math.round(m.logScale / 0.3);
    const known = perPose.get(pose) ?? 0;
    if (known >= 4 || Math.abs(m.yawDeg) > 50) continue;
    perPose.set(pose, known + 1);
    candidates.push(m);
    if (candidates.length >= MAX_CANDIDATES) break;
  }
  if (candidates.length === 0 && ranked.length > 0) candidates.push(ranked[0]!);

  const chosen: Measures[] = [];
  const nearest = sample.map(() => Infinity);
  const totalWith = (candidate: Measures) =>
    sample.reduce(
      (sum, m, i) => sum + Math.min(nearest[i]!, unlike(candidate, m) + qualityCost(candidate)),
      0,
    ) / Math.max(1, sample.length);
  let before = Infinity;
  while (chosen.length < MAX_REFERENCES) {
    let best: Measures | undefined;
    let least = before - WORTH;
    for (const candidate of candidates) {
      const total = totalWith(candidate);
      if (total < least) [best, least] = [candidate, total];
    }
    if (!best) break;
    chosen.push(best);
    sample.forEach((m, i) => (nearest[i] = Math.min(nearest[i]!, unlike(best, m) + qualityCost(best))));
    before = least;
  }
  return {
    frames: chosen.map((m) => m.frame),
    choice: assign(motion, track, looks, frames, chosen, qualityCost),
    teeth: findTeethFrames(
      sample.filter((m) => !chosen.includes(m)),
      sharp,
      turned,
    ),
  };
}

/** Gaps (inter-ocular distances) between which teeth show well. */
const TEETH_FROM_IOD = 0.06;
const TEETH_TO_IOD = 0.4;
const MAX_TEETH_FRAMES = 4;
/** Frames nearer to each other than this show the same. */
const APART_FRAMES = 3;

/** Sharp, uncovered frames with open lips, the best first. */
function findTeethFrames(sample: readonly Measures[], sharp: number, turned: number): number[] {
  const worth = (m: Measures) =>
    2 * Math.min(m.gap, 0.2) +
    0.3 * m.teeth -
    0.3 * Math.max(0, 0.95 - m.sharpness / Math.max(1e-6, sharp)) -
    0.01 * Math.abs(m.yawDeg - turned);
  const found: number[] = [];
  const usable = sample.filter(
    (m) => m.gap > TEETH_FROM_IOD && m.gap < TEETH_TO_IOD && m.covered < 0.05 && Math.abs(m.yawDeg) < 25,
  );
  for (const { frame } of usable.sort((a, b) => worth(b) - worth(a))) {
    if (found.every((other) => Math.abs(other - frame) >= APART_FRAMES)) found.push(frame);
    if (found.length === MAX_TEETH_FRAMES) break;
  }
  return found;
}

function assign(
  motion: FaceMotion,
  track: FaceTrack,
  looks: LookModel,
  frames: number,
  chosen: readonly Measures[],
  qualityCost: (m: Measures) => number,
): Uint8Array {
  const choice = new Uint8Array(frames);
  if (chosen.length < 2) return choice;
  for (const { first, last } of motion.stretches) {
    const length = last - first + 1;
    const from = new Uint8Array(length * chosen.length);
    let totals = new Float64Array(chosen.length);
    for (let i = 0; i < length; i++) {
      const here = motion.seen(first + i) ? measure(motion, track, looks, first + i) : undefined;
      const cheapest = totals.indexOf(Math.min(...totals));
      const next = new Float64Array(chosen.length);
      chosen.forEach((reference, r) => {
        const stay = i === 0 || totals[r]! <= totals[cheapest]! + SWITCH;
        from[i * chosen.length + r] = stay ? r : cheapest;
        const cost = here ? unlike(reference, here) + qualityCost(reference) : 0;
        next[r] = (stay ? totals[r]! : totals[cheapest]! + SWITCH) + cost;
      });
      totals = next;
    }
    let r = totals.indexOf(Math.min(...totals));
    for (let i = length - 1; i >= 0; i--) {
      choice[first + i] = r;
      r = from[i * chosen.length + r]!;
    }
  }
  return choice;
}
