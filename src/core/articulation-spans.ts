import { ARTICULATORS, MOUTH_RATE_HZ, type Articulator, type MouthTrack } from "./mouth.ts";

/**
 * What a mouth can be seen to do, in the order in which the classes win over each other's doubt:
 * - `shut`: lips together, as in p, b, m
 * - `lip-teeth`: lower lip against the upper teeth, as in f, v
 * - `round`: lips rounded, as in o, u
 * - `teeth`: teeth together behind parted lips, as in s, z
 * - `spread`: corners drawn apart, as in i, e
 * - `open`: jaw down, as in a
 *
 * These are classes of articulation, not phones: the network follows what the mouth does, not which sound was meant.
 */
export const ARTICULATION_CLASSES = ["shut", "lip-teeth", "round", "teeth", "spread", "open"] as const;

/** The name of one class. */
export type ArticulationClass = (typeof ARTICULATION_CLASSES)[number];

/** A stretch of a voice during which the mouth does one thing. */
export interface ArticulationSpan {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly kind: ArticulationClass;
}

/** The articulator that makes a class, and the value from which on it does; contacts come first and always win. */
const RULES: Readonly<Record<ArticulationClass, readonly [Articulator, number]>> = {
  shut: ["closure", 0.5],
  "lip-teeth": ["labiodental", 0.5],
  round: ["round", 0.27],
  teeth: ["teeth", 0.36],
  spread: ["stretch", 0.38],
  open: ["aperture", 0.43],
};
const CONTACTS = 2;
/** Shorter stretches are transitions. */
const SHORTEST = 3;
/** Gaps of one class that are bridged, in frames. */
const BRIDGED = 2;

const COLUMNS = ARTICULATION_CLASSES.map((kind) => {
  const [articulator, from] = RULES[kind];
  return { column: ARTICULATORS.indexOf(articulator), from };
});

/** Index of the class of a frame; −1 at rest and in between. */
function classOf(articulation: Float32Array, frame: number): number {
  let best = -1;
  let strength = 1;
  for (const [kind, { column, from }] of COLUMNS.entries()) {
    const value = articulation[frame * ARTICULATORS.length + column]! / from;
    if (value < strength) continue;
    if (kind < CONTACTS) return kind;
    best = kind;
    strength = value;
  }
  return best;
}

/**
 * What the mouth does over time, from the motion that will move it. Rest and transitions belong to no span.
 * @returns spans in order, without overlap, at least 30 ms long.
 */
export function articulationSpans({ frames, articulation }: MouthTrack): readonly ArticulationSpan[] {
  const runs: { kind: number; start: number; end: number }[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const kind = classOf(articulation, frame);
    const last = runs.at(-1);
    if (kind < 0) continue;
    if (last?.kind === kind && frame - last.end <= BRIDGED) last.end = frame + 1;
    else runs.push({ kind, start: frame, end: frame + 1 });
  }
  return runs
    .filter(({ start, end }) => end - start >= SHORTEST)
    .map(({ kind, start, end }) => ({
      startSeconds: start / MOUTH_RATE_HZ,
      endSeconds: end / MOUTH_RATE_HZ,
      kind: ARTICULATION_CLASSES[kind]!,
    }));
}
