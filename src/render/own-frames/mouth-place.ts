import { ridgeRegression, type LinearFit } from "../../core/ridge-regression.ts";
import type { FaceMotion } from "../video/video-motion.ts";
import { lipShapeOf, type LipShape } from "./lip-shape.ts";

/**
 * Where a mouth lies in its head, in cm of the head's frame: the middle of its lips, and how far the corner at the
 * picture's left is below the other one.
 */
export interface MouthPlace {
  readonly x: number;
  readonly y: number;
  readonly slope: number;
}

/** Where the mouth of one person lies in the frames of a video. */
export interface MouthPlaces {
  /** Where lips of a shape lie that are drawn in a frame. @param lender frame whose lips they are. */
  placeAt(frame: number, shape: Pick<LipShape, "gap" | "width">, lender: number): MouthPlace;
}

const KEYS = ["x", "y", "slope"] as const;
/** Frames that are fitted; of a long video every so-manieth. */
const FITTED = 1200;
/** Penalty of the fit in frames. */
const PENALTY = 3;
/** Sigma in seconds over which what is left of a mouth's place is smoothed, and after how many of them it ends. */
const SLOW_SECONDS = 1;
const REACH = 2.5;
/** It is half believed where it comes of so many frames. */
const SLOW_FRAMES = 10;
/** How much of its own place a lender's mouth keeps. */
const LENT = 0.5;

/** Measures a mouth's place. @param local `[468, 3]` in cm, head frame. */
export function mouthPlaceOf(local: ArrayLike<number>): MouthPlace {
  const at = (vertex: number, axis: number) => local[vertex * 3 + axis]!;
  return {
    x: (at(61, 0) + at(291, 0)) / 2,
    y: (at(13, 1) + at(14, 1)) / 2,
    slope: at(61, 1) - at(291, 1),
  };
}

const rowOf = ({ gap, width }: Pick<LipShape, "gap" | "width">) => {
  const open = Math.max(0, gap);
  return [open, open ** 2, width];
};

/**
 * Learns where a person's mouth lies by its gap and width, and what is left of that over a second: errors of the head's
 * pose, a smile. One frame's own place is half landmarks' noise and half what was said then.
 * @param fps frames a second of the video. @param mayTell whether a frame may tell of another.
 */
export function createMouthPlaces(
  motion: FaceMotion,
  fps: number,
  mayTell: (frame: number, of: number) => boolean,
): MouthPlaces {
  const measured = new Map<number, { readonly place: MouthPlace; readonly row: number[] }>();
  for (const { first, last } of motion.stretches) {
    for (let frame = first; frame <= last; frame++) {
      if (!motion.seen(frame)) continue;
      const { local } = motion.measured(frame);
      measured.set(frame, { place: mouthPlaceOf(local), row: rowOf(lipShapeOf(local)) });
    }
  }
  const stride = Math.max(1, Math.ceil(measured.size / FITTED));
  const sample = [...measured.values()].filter((_, i) => i % stride === 0);
  const rows = sample.map(({ row }) => row);
  const fits = KEYS.map((key): LinearFit =>
    ridgeRegression(
      rows,
      sample.map(({ place }) => place[key]),
      PENALTY,
    ),
  );
  const rests = new Map(
    [...measured].map(([frame, { place, row }]) => [
      frame,
      KEYS.map((key, k) => place[key] - fits[k]!.predict(row)),
    ]),
  );
  const sigma = SLOW_SECONDS * fps;
  const reach = Math.ceil(REACH * sigma);
  const slowAt = (frame: number, counts: (other: number) => boolean): number[] => {
    const { first, last } = motion.stretchAt(frame)!;
    const sums = KEYS.map(() => 0);
    let total = SLOW_FRAMES;
    for (let other = Math.max(first, frame - reach); other <= Math.min(last, frame + reach); other++) {
      const rest = rests.get(other);
      if (!rest || !counts(other)) continue;
      const weight = Math.exp(-0.5 * ((other - frame) / sigma) ** 2);
      total += weight;
      rest.forEach((value, k) => (sums[k]! += weight * value));
    }
    return sums.map((sum) => sum / total);
  };
  /** What is lent of a lender's own place. */
  const lent = new Map<number, number[]>();
  const lentBy = (lender: number) => {
    let known = lent.get(lender);
    if (!known) {
      const slow = slowAt(lender, () => true);
      known = rests.get(lender)!.map((rest, k) => LENT * (rest - slow[k]!));
      lent.set(lender, known);
    }
    return known;
  };
  return {
    placeAt(frame, shape, lender) {
      const row = rowOf(shape);
      const slow = slowAt(frame, (other) => mayTell(other, frame));
      const own = lentBy(lender);
      const [x, y, slope] = fits.map((fit, k) => fit.predict(row) + slow[k]! + own[k]!) as [
        number,
        number,
        number,
      ];
      return { x, y, slope };
    },
  };
}
