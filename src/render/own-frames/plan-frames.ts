import type { Articulator, MouthPose } from "../../core/mouth.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import type { OwnLook } from "./library.ts";
import type { LipShape } from "./lip-shape.ts";
import { cheapestPath } from "./cheapest-path.ts";

/** The mouth that a frame of the output is to have, and its head. */
export interface WantedMouth extends LipShape {
  /** Frame of the video that the output shows. */
  readonly place: number;
  /** Change of the gap per frame. */
  readonly opening: number;
  /** How much teeth should show, 0 to 1. */
  readonly teeth: number;
  /** Whether the lips must touch. */
  readonly shut: boolean;
  readonly yawDeg: number;
  readonly pitchDeg: number;
  readonly logScale: number;
  /** What it says. */
  readonly said: MouthPose;
  /** Its light, as an own frame's. */
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** A frame that may be an exemplar. */
export interface Candidate {
  readonly look: OwnLook;
  /** What the person's own sound says then; null where that tells nothing. */
  readonly said: MouthPose | null;
  /** Null where its lips are not shut, by the picture; else how far their line is from the usual, 0 to 1. */
  readonly shut: number | null;
  /** How odd that is beside mouths of like shape, 1 = as usual. */
  readonly odd: number;
}

/** Number of the state in which no own frame is taken, and a reference drawn instead. */
export const NO_OWN = -1;

/** Tolerances of gap: at least, and as a share of it; of other lengths; all in inter-ocular distances. */
const GAP_LEAST = 0.008;
const GAP_SHARE = 0.1;
const WIDTH = 0.04;
const UPPER = 0.04;
const LOWER = 0.045;
const OPENING = 0.06;
/** Lips that move by so much more than wanted are blurred. */
const MOVING = 0.04;
const TEETH = 0.5;
const YAW_DEG = 8;
const PITCH_DEG = 8;
const LOG_SCALE = 0.2;
const LIGHT = 0.12;
const SHARPNESS = 0.25;
/** A mouth that is less open than these shares of the wanted gap would have to be torn open: a little, wholly. */
const TORN_OPEN = [0.75, 0.3] as const;
/** Gap from which on that counts, in inter-ocular distances. */
const OPEN = 0.012;
/** From here on a worse fit of gap or width costs little more: what is left of it is warped. */
const EASED = 9;
/** Cost of a mouth that looks odd beside those of like shape, for each time the usual by which it is odder than this. */
const ODD = 6;
const NOT_ODD = 1.2;
/** Cost of lips that are not shut where they should be, and of a mouth that would have to be torn open. */
const NOT_SHUT = 40;
const TORN = 20;
/** Cost of a shut mouth whose line is as far from the usual as a shut one's can be, and how far costs nothing: it may stand through a silence. */
const LINE = 20;
const USUAL_LINE = 0.3;
/** Cost of drawing a reference instead, of changing to or from it, and of any other change that is no step along the video. */
const REFERENCE = 22;
const REFERENCE_CHANGE = 4;
const CHANGE = 0.8;
/** Cost of a change by how unlike the two frames are in gap, and of a step that leaves out or repeats one. */
const CHANGE_GAP = 6;
const STRIDE = 0.15;
/** Candidates that are compared in each step. */
const COMPARED = 40;

/** How much it counts that the frame's own sound says something else: contacts most, then what shapes the lips' inside. */
const SAID: readonly (readonly [Articulator, number])[] = [
  ["labiodental", 12],
  ["closure", 12],
  ["round", 8],
  ["teeth", 8],
  ["tongue", 8],
  ["stretch", 4],
];
/** What was never said must not be a reason to take no own frame. */
const MOST_SAID = 14;

const squared = (value: number) => value * value;
const eased = (cost: number) => (cost <= EASED ? cost : EASED + Math.sqrt(cost) - Math.sqrt(EASED));

/** How badly a frame's own mouth fits. @param sharp sharpness of the sharp frames. */
export function misfit(
  { look, said: own, shut, odd }: Candidate,
  wanted: WantedMouth,
  sharp: number,
): number {
  const gap = Math.max(0, wanted.gap);
  let cost = squared((Math.max(0, look.gap) - gap) / (GAP_LEAST + GAP_SHARE * gap));
  cost = eased(cost) + eased(squared((look.width - wanted.width) / WIDTH));
  cost += squared((look.upper - wanted.upper) / UPPER) + squared((look.lower - wanted.lower) / LOWER);
  cost += squared(clamp((look.opening - wanted.opening) / OPENING, -1, 1));
  cost += squared(clamp((Math.abs(look.opening) - Math.abs(wanted.opening)) / MOVING, 0, 2));
  cost += squared((Math.max(0, wanted.teeth - look.teeth) * wanted.teeth) / TEETH);
  cost +=
    squared((look.yawDeg - wanted.yawDeg) / YAW_DEG) + squared((look.pitchDeg - wanted.pitchDeg) / PITCH_DEG);
  cost += squared((look.logScale - wanted.logScale) / LOG_SCALE);
  cost += squared(Math.max(0, 0.95 - look.sharpness / Math.max(1e-6, sharp)) / SHARPNESS);
  for (const key of ["red", "green", "blue"] as const) cost += squared((look[key] - wanted[key]) / LIGHT);
  if (own) {
    let said = 0;
    for (const [name, weight] of SAID) said += weight * squared(own[name] - wanted.said[name]);
    cost += Math.min(MOST_SAID, said);
  }
  if (gap > OPEN) cost += TORN * smoothstep(...TORN_OPEN, look.gap / gap);
  cost += ODD * Math.max(0, odd - NOT_ODD);
  if (wanted.shut) {
    cost += shut === null ? NOT_SHUT : LINE * squared(Math.max(0, shut - USUAL_LINE) / (1 - USUAL_LINE));
  }
  return cost;
}

function change(a: OwnLook, b: OwnLook): number {
  if (a.frame === b.frame) return 0;
  const step = b.frame - a.frame;
  if (step === 1) return 0;
  const near = step > -2 && step < 4 ? STRIDE * Math.abs(step - 1) : Infinity;
  return Math.min(near, CHANGE + CHANGE_GAP * Math.min(0.2, Math.abs(a.gap - b.gap)));
}

/**
 * Chooses the frame that gives its mouth to each frame of the output: near to the wanted mouth, in runs as the video
 * has them, with few changes.
 * @param mayUse whether a frame of the video may be an exemplar of another.
 * @returns `[wanted]` index among `candidates`, or {@link NO_OWN}.
 * @see Bregler, Covell & Slaney 1997, Video Rewrite; Suwajanakorn et al. 2017, Synthesizing Obama.
 */
export function planOwnFrames(
  candidates: readonly Candidate[],
  wanted: readonly WantedMouth[],
  sharp: number,
  mayUse: (exemplar: number, frame: number) => boolean,
): Int32Array {
  /** The best ones of a step, the cheapest first; of equally cheap ones the first. */
  const near = { states: new Int32Array(COMPARED + 1), costs: new Float64Array(COMPARED + 1) };
  return cheapestPath(
    wanted.length,
    (step) => {
      const here = wanted[step]!;
      let count = 0;
      candidates.forEach((candidate, index) => {
        if (!mayUse(candidate.look.frame, here.place)) return;
        const cost = misfit(candidate, here, sharp);
        if (count === COMPARED && !(cost < near.costs[count - 1]!)) return;
        let at = count < COMPARED ? count++ : count - 1;
        for (; at > 0 && near.costs[at - 1]! > cost; at--) {
          near.costs[at] = near.costs[at - 1]!;
          near.states[at] = near.states[at - 1]!;
        }
        near.costs[at] = cost;
        near.states[at] = index;
      });
      near.states[count] = NO_OWN;
      near.costs[count] = REFERENCE;
      return {
        states: near.states.slice(0, count + 1),
        costs: Float32Array.from(near.costs.subarray(0, count + 1)),
      };
    },
    (from, to) => {
      if (from === NO_OWN || to === NO_OWN) return from === to ? 0 : REFERENCE_CHANGE;
      return change(candidates[from]!.look, candidates[to]!.look);
    },
  );
}
