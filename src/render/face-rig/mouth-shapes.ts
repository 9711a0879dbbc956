import type { MouthPose } from "../../core/mouth.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import type { Control } from "./rig.ts";

/** What the rig does at one instant: weights of controls, and operations that are not mere offsets. */
export interface FaceShape {
  readonly controls: Partial<Record<Control, number>>;
  /** Share of the way to the round mouth's width and outline. */
  readonly round: number;
  /** Share of the source's own smile that is taken away. */
  readonly unsmile: number;
  /** How far the tongue's tip is raised, 0 to 1. */
  readonly tongue: number;
}

const BILABIAL: Partial<Record<Control, number>> = { press: 0.35, rollUpper: 0.18, rollLower: 0.18 };
/** How far fully rounded lips are puckered, also while they are shut. */
const PUCKER = 0.26;
const LABIODENTAL: Partial<Record<Control, number>> = {
  jaw: 0.04,
  rollLower: 0.38,
  upper: 0.43,
  shrugLower: 0.22,
};

function blend(
  from: Partial<Record<Control, number>>,
  to: Partial<Record<Control, number>>,
  share: number,
): Partial<Record<Control, number>> {
  const out: Partial<Record<Control, number>> = {};
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)]) as Set<Control>) {
    out[name] = (from[name] ?? 0) * (1 - share) + (to[name] ?? 0) * share;
  }
  return out;
}

/**
 * The articulators as weights of the rig: continuous everywhere, zero at rest, the gap between the lips
 * grows with `aperture` and vanishes with `closure`.
 */
export function shapeOfMouth(pose: MouthPose): FaceShape {
  const closure = smoothstep(0, 0.8, pose.closure);
  const labiodental = smoothstep(0, 0.9, pose.labiodental) * (1 - closure);
  const { stretch, round, teeth } = pose;
  // Teeth show behind parted lips: a sibilant parts them even where the jaw is shut.
  const gap = clamp(Math.max(pose.aperture, 0), 0, 1);
  const parted = smoothstep(0, 0.22, gap);
  const show = parted * clamp(0.85 * stretch + 0.7 * teeth, 0, 1) * (1 - 0.9 * round);
  // People open their mouths by the jaw alone far less than by the lips: of each millimetre of the gap the chin moves a
  // third, the upper lip a quarter upwards (seven speakers of GRID). Drawn: .63 and .15, for lips without a jaw look bared.
  const spoken: Partial<Record<Control, number>> = {
    jaw: gap * (0.365 - 0.06 * stretch - 0.05 * teeth) * (1 - 0.16 * round),
    // Rounded lips reach down over the upper teeth.
    upper: 0.5 * gap * (1 - round) + show * (0.24 - 0.2 * gap) - 0.12 * round * smoothstep(0, 0.2, gap),
    lower: 0.8 * gap + show * (0.24 - 0.24 * gap),
    stretch: 0.36 * stretch + 0.08 * gap,
    smile: 0.13 * stretch,
    pucker: PUCKER * round,
    funnel: (0.1 + 0.1 * gap) * round,
  };
  const vowel = blend(spoken, LABIODENTAL, labiodental);
  // People keep their lips round through p, b and m beside rounded vowels.
  const controls = blend(vowel, { ...BILABIAL, pucker: PUCKER * round }, closure);
  const active = clamp(gap * 3 + closure + labiodental, 0, 1);
  return {
    controls,
    round: 0.4 * round * (1 - 0.3 * closure),
    unsmile: clamp(0.22 * active * (1 - stretch) + 0.4 * round, 0, 0.65),
    tongue: clamp(pose.tongue, 0, 1) * (1 - closure),
  };
}
