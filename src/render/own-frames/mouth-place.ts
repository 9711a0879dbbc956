import { ridgeRegression, type LinearFit } from "../../core/ridge-regression.ts";
import type { FaceMotion } from "../video/video-motion.ts";
import { lipShapeOf, type LipShape } from "./lip-shape.ts";

/**
 * Where a mouth lies in its head, in cm of the head's frame: the middle of its lips, how far the corner at the picture's
 * left is below the other one, and the chin.
 */
export interface MouthPlace {
  readonly x: number;
  readonly y: number;
  readonly slope: number;
  readonly chin: number;
}

/** Where the mouth of one person lies in the frames of a video. */
export interface MouthPlaces {
  /** Where lips of a shape lie that are drawn in a frame. @param lender frame whose lips they are. */
  placeAt(frame: number, shape: Pick<LipShape, "gap" | "width">, lender: number): MouthPlace;
}

const KEYS = ["x", "y", "slope", "chin"] as const;
/** Vertices above the mouth: outer corners of the eyes, bridge and tip of the nose. */
const UPPER = [33, 263, 168, 6, 1, 4, 5] as const;
/** Frames that are fitted; of a long video every so-manieth. */
const FITTED = 1200;
/** Penalty of the fit in frames. */
const PENALTY = 3;
/** Sigma in seconds over which the upper face is smoothed where a mouth is drawn: below, its landmarks tremble. */
const UPPER_SECONDS = 0.08;
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
    chin: at(152, 1),
  };
}

const rowOf = ({ gap, width }: Pick<LipShape, "gap" | "width">) => {
  const open = Math.max(0, gap);
  return [open, open ** 2, width];
};

const fitsOf = (rows: readonly number[][], values: readonly number[][]): LinearFit[] =>
  values[0]!.map((_, k) =>
    ridgeRegression(
      rows,
      values.map((row) => row[k]!),
      PENALTY,
    ),
  );

/**
 * Learns where a person's mouth lies by its gap and width and by the upper face, which tells errors of the head's pose,
 * and what is left of that over a second: a smile. One frame's own place is half landmarks' noise and half what was
 * said then.
 * @param fps frames a second of the video. @param mayTell whether a frame may tell of another.
 */
export function createMouthPlaces(
  motion: FaceMotion,
  fps: number,
  mayTell: (frame: number, of: number) => boolean,
): MouthPlaces {
  interface Seen {
    readonly frame: number;
    readonly place: number[];
    readonly shape: number[];
    /** The upper face, without what goes with the mouth's own shape. */
    upper: number[];
  }
  const seen = new Map<number, Seen>();
  for (const { first, last } of motion.stretches) {
    for (let frame = first; frame <= last; frame++) {
      if (!motion.seen(frame)) continue;
      const { local } = motion.measured(frame);
      const place = mouthPlaceOf(local);
      seen.set(frame, {
        frame,
        place: KEYS.map((key) => place[key]),
        shape: rowOf(lipShapeOf(local)),
        upper: UPPER.flatMap((v) => [local[v * 3]!, local[v * 3 + 1]!]),
      });
    }
  }
  const stride = Math.max(1, Math.ceil(seen.size / FITTED));
  const sample = [...seen.values()].filter((_, i) => i % stride === 0);
  const shapes = sample.map(({ shape }) => shape);
  const going = fitsOf(
    shapes,
    sample.map(({ upper }) => upper),
  );
  for (const one of seen.values()) {
    one.upper = one.upper.map((value, k) => value - going[k]!.predict(one.shape));
  }
  const rowFor = (one: Seen) => [...one.shape, ...one.upper];
  const fit = (frames: readonly Seen[]) =>
    fitsOf(
      frames.map(rowFor),
      frames.map(({ place }) => place),
    );
  const fits = fit(sample);
  const rests = new Map(
    [...seen].map(([frame, one]) => {
      const row = rowFor(one);
      return [frame, one.place.map((value, k) => value - fits[k]!.predict(row))];
    }),
  );
  /** Fits of the frames that may tell of one. */
  const fitsFor = (frame: number) => {
    const telling = sample.filter((one) => mayTell(one.frame, frame));
    return telling.length === sample.length || telling.length === 0 ? fits : fit(telling);
  };
  /** A mean over the frames around one, by their nearness; `none` frames of zeros join in. */
  const around = (
    frame: number,
    sigma: number,
    none: number,
    valueOf: (frame: number) => readonly number[] | undefined,
  ): number[] => {
    const { first, last } = motion.stretchAt(frame)!;
    const reach = Math.ceil(REACH * sigma);
    const sums: number[] = [];
    let total = none;
    for (let other = Math.max(first, frame - reach); other <= Math.min(last, frame + reach); other++) {
      const values = valueOf(other);
      if (!values) continue;
      const weight = Math.exp(-0.5 * ((other - frame) / sigma) ** 2);
      total += weight;
      values.forEach((value, k) => (sums[k] = (sums[k] ?? 0) + weight * value));
    }
    return sums.map((sum) => sum / total);
  };
  const slowAt = (frame: number, counts: (other: number) => boolean): number[] => {
    const slow = around(frame, SLOW_SECONDS * fps, SLOW_FRAMES, (other) =>
      counts(other) ? rests.get(other) : undefined,
    );
    return KEYS.map((_, k) => slow[k] ?? 0);
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
  interface Here {
    readonly frame: number;
    readonly fits: readonly LinearFit[];
    readonly upper: readonly number[];
    readonly slow: readonly number[];
  }
  let last: Here | undefined;
  /** What a frame itself tells; its layers ask one after the other. */
  const here = (frame: number): Here => {
    if (last?.frame === frame) return last;
    const upper = around(frame, UPPER_SECONDS * fps, 0, (other) => seen.get(other)?.upper);
    return (last = {
      frame,
      fits: fitsFor(frame),
      upper: going.map((_, k) => upper[k] ?? 0),
      slow: slowAt(frame, (other) => mayTell(other, frame)),
    });
  };
  return {
    placeAt(frame, shape, lender) {
      const at = here(frame);
      const row = [...rowOf(shape), ...at.upper];
      const own = lentBy(lender);
      const [x, y, slope, chin] = at.fits.map((one, k) => one.predict(row) + at.slow[k]! + own[k]!) as [
        number,
        number,
        number,
        number,
      ];
      return { x, y, slope, chin };
    },
  };
}
