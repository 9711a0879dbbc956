import { REST_POSE, type MouthPose } from "../../core/mouth.ts";
import { clamp } from "../../core/scalar.ts";
import { CANONICAL_IOD_CM } from "../face-rig/rig.ts";

/** The shape of lips in the head's own frame, whatever the head's pose; all in inter-ocular distances. */
export interface LipShape {
  /** Mean gap between the inner lips over the middle of the mouth; below 0 where landmarks cross. */
  readonly gap: number;
  /** Distance between the outer corners. */
  readonly width: number;
  /** Height of each lip in its middle. */
  readonly upper: number;
  readonly lower: number;
}

/** Pairs of the inner lips over the middle of the mouth. */
const PAIRS = [
  [13, 14],
  [82, 87],
  [312, 317],
] as const;

/** Measures lips. @param local `[468, 3]` in cm, head frame. */
export function lipShapeOf(local: ArrayLike<number>): LipShape {
  const y = (vertex: number) => local[vertex * 3 + 1]!;
  const gap = PAIRS.reduce((sum, [upper, lower]) => sum + y(lower) - y(upper), 0) / PAIRS.length;
  const width = Math.hypot(...[0, 1, 2].map((k) => local[291 * 3 + k]! - local[61 * 3 + k]!));
  return {
    gap: gap / CANONICAL_IOD_CM,
    width: width / CANONICAL_IOD_CM,
    upper: (y(13) - y(0)) / CANONICAL_IOD_CM,
    lower: (y(17) - y(14)) / CANONICAL_IOD_CM,
  };
}

/** Which plain mouth pose (aperture, stretch or round alone) gives one face lips of a gap and a width. */
export interface LipShapeTable {
  /** The pose whose lips come nearest. @param gap, width in inter-ocular distances. */
  poseOf(gap: number, width: number): MouthPose;
  /** Gap of the face's lips at an aperture of 1, neither stretched nor rounded. */
  readonly fullGap: number;
}

/** Steps of the aperture from 0 to 1, and of the spread from rounded (-1) to stretched (1). */
const APERTURES = 11;
const SPREADS = 9;
/** Each step is divided into so many when a pose is looked up. */
const FINER = 4;
/** Differences of gap and width that count as much as each other, in inter-ocular distances. */
const GAP_STEP = 0.01;
const WIDTH_STEP = 0.03;
/** Reluctance to stretch or round where gap and width hardly tell. */
const PLAIN = 0.15;

const spreadPose = (aperture: number, spread: number): MouthPose => ({
  ...REST_POSE,
  aperture,
  stretch: Math.max(0, spread),
  round: Math.max(0, -spread),
});

/** Tabulates a face. @param shapeOf the lips that a pose gives it. */
export function createLipShapeTable(shapeOf: (pose: MouthPose) => LipShape): LipShapeTable {
  const table = Array.from({ length: SPREADS }, (_, s) =>
    Array.from({ length: APERTURES }, (_, a) =>
      shapeOf(spreadPose(a / (APERTURES - 1), (2 * s) / (SPREADS - 1) - 1)),
    ),
  );
  const fine = (count: number) => (count - 1) * FINER + 1;
  /** Gaps and widths between the steps, by spread and aperture. */
  const [gaps, widths] = (["gap", "width"] as const).map((key) =>
    Float64Array.from({ length: fine(SPREADS) * fine(APERTURES) }, (_, at) => {
      const [i, j] = [Math.floor(at / fine(APERTURES)), at % fine(APERTURES)];
      const s = Math.min(SPREADS - 2, Math.floor(i / FINER));
      const a = Math.min(APERTURES - 2, Math.floor(j / FINER));
      const [fs, fa] = [i / FINER - s, j / FINER - a];
      const low = table[s]![a]![key] * (1 - fa) + table[s]![a + 1]![key] * fa;
      const high = table[s + 1]![a]![key] * (1 - fa) + table[s + 1]![a + 1]![key] * fa;
      return low * (1 - fs) + high * fs;
    }),
  ) as [Float64Array, Float64Array];
  return {
    fullGap: table[(SPREADS - 1) / 2]![APERTURES - 1]!.gap,
    poseOf(gap, width) {
      let least = Infinity;
      let aperture = 0;
      let spread = 0;
      for (let i = 0, at = 0; i < fine(SPREADS); i++) {
        const tried = (2 * i) / (fine(SPREADS) - 1) - 1;
        for (let j = 0; j < fine(APERTURES); j++, at++) {
          const cost =
            ((gaps[at]! - gap) / GAP_STEP) ** 2 +
            ((widths[at]! - width) / WIDTH_STEP) ** 2 +
            (PLAIN * tried) ** 2;
          if (!(cost < least)) continue;
          least = cost;
          aperture = j / (fine(APERTURES) - 1);
          spread = tried;
        }
      }
      return spreadPose(clamp(aperture, 0, 1), spread);
    },
  };
}
