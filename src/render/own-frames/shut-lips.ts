import { CANONICAL_IOD_CM } from "../face-rig/rig.ts";
import { percentile } from "../raster/plane.ts";
import type { Exemplar } from "./exemplar.ts";
import type { OwnLook } from "./library.ts";

/** Lips nearer than this are shut, in inter-ocular distances; in a small face landmarks do not tell less than so many pixels. */
export const SHUT_IOD = 0.014;
const SHUT_PX = 0.8;
/** Share of the lips' line from which on teeth show on it. */
const NO_TEETH = 0.16;
/** Share of the narrowest gaps by which the look of a shut mouth's line is learned. */
const SURELY_SHUT = 0.4;
/** Spreads beyond the median from which on a line is no shut one's, and the least spread as a share of the median. */
const SPREADS = 4;
const LEAST_SPREAD = 0.12;
/** Share of the usual darkness of the line below which it is no line. */
const FAINT = 0.75;
/** What is less bright than this between the lips is no streak. */
const BRIGHT = 0.1;
const shutGap = ({ logScale }: OwnLook) =>
  Math.max(SHUT_IOD, SHUT_PX / (CANONICAL_IOD_CM * Math.exp(logScale)));

/**
 * Which of the exemplars show shut lips: narrow by their landmarks, and of one look with the narrowest.
 * @returns of each how far its line is from the usual one, 0 to 1 = no farther would be shut.
 */
export function findShut<Some extends Pick<Exemplar, "look" | "line">>(
  exemplars: readonly Some[],
): ReadonlyMap<Some, number> {
  const narrow = exemplars
    .filter(({ look }) => look.gap < shutGap(look) && look.teeth < NO_TEETH)
    .sort((a, b) => a.look.gap - b.look.gap || a.look.frame - b.look.frame);
  const sure = narrow.slice(0, Math.max(1, Math.ceil(SURELY_SHUT * narrow.length)));
  if (narrow.length === 0) return new Map();
  const usual = (key: "dark" | "bright") => {
    const values = sure.map(({ line }) => line[key]);
    const middle = percentile(values, 0.5);
    const spread = percentile(
      values.map((value) => Math.abs(value - middle)),
      0.5,
    );
    return { middle, most: middle + SPREADS * Math.max(spread, LEAST_SPREAD * middle) };
  };
  const [dark, bright] = [usual("dark"), usual("bright")];
  const mostBright = Math.max(BRIGHT, bright.most);
  const beyond = (value: number, middle: number, most: number) =>
    Math.max(0, value - middle) / Math.max(1e-6, most - middle);
  return new Map(
    narrow
      // A line much fainter than usual is smeared by motion or by the codec.
      .filter(({ line }) => line.dark > FAINT * dark.middle)
      .map((exemplar) => {
        const { line } = exemplar;
        const unlike = Math.max(
          beyond(line.dark, dark.middle, dark.most),
          beyond(line.bright, bright.middle, mostBright),
        );
        return [exemplar, unlike] as const;
      })
      .filter(([, unlike]) => unlike <= 1),
  );
}
