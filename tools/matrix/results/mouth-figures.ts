import { correlation } from "../../../src/core/correlation.ts";

/** How a mouth moves with a voice. */
export interface MouthFigures {
  /** Best correlation of the gap between the lips with the loudness, and by how much the lips are later, in seconds. */
  readonly r: number;
  readonly lag: number;
  /** Mean gap while nobody speaks or breathes in to speak, and in the louder half of speech, in distances between the eyes. */
  readonly shut?: number;
  readonly open: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Loudness is a syllable's, not a period's: the mean of three frames. */
const smooth = (line: readonly number[]) => line.map((_, i) => mean(line.slice(Math.max(0, i - 1), i + 2)));

const MOST_LAG = 6;
/** Of lags that fit about as well the smallest counts: a mouth stays open for longer than a frame. */
const ALIKE = 0.03;
/** Lips come to rest so long after the voice, and part for a breath no sooner before it. */
const [CLOSING_SECONDS, BREATH_SECONDS] = [0.16, 0.8] as const;

/**
 * @param gaps gap between the lips of each frame; null where no face is seen.
 * @param loudness of each frame, 0 to 1.
 */
export function mouthFigures(
  gaps: readonly (number | null)[],
  loudness: readonly number[],
  fps: number,
): MouthFigures | undefined {
  const frames = Math.min(gaps.length, loudness.length);
  if (gaps.filter((gap) => gap !== null).length < frames / 2) return undefined;
  const level = smooth(loudness);
  const fits: { r: number; lag: number }[] = [];
  for (let lag = -MOST_LAG; lag <= MOST_LAG; lag++) {
    const pairs: [number, number][] = [];
    for (let i = 0; i < frames; i++) {
      const gap = gaps[i + lag];
      if (gap !== null && gap !== undefined) pairs.push([gap, level[i]!]);
    }
    const r = correlation(
      pairs.map(([gap]) => gap),
      pairs.map(([, value]) => value),
    );
    fits.push({ r, lag: lag / fps });
  }
  const most = Math.max(...fits.map(({ r }) => r));
  const best = fits
    .filter(({ r }) => r >= most - ALIKE)
    .reduce((nearest, fit) => (Math.abs(fit.lag) < Math.abs(nearest.lag) ? fit : nearest));
  const [behind, ahead] = [CLOSING_SECONDS, BREATH_SECONDS].map((seconds) => Math.round(seconds * fps)) as [
    number,
    number,
  ];
  const quiet = (i: number) => loudness.slice(Math.max(0, i - behind), i + ahead + 1).every((v) => v < 0.15);
  const voiced = loudness.filter((value) => value > 0.4).toSorted((a, b) => a - b);
  const half = voiced[Math.floor(voiced.length / 2)] ?? Infinity;
  const of = (choose: (i: number) => boolean) =>
    gaps.flatMap((gap, i) => (gap !== null && i < frames && choose(i) ? [gap] : []));
  const [shut, open] = [of(quiet), of((i) => loudness[i]! >= half)];
  return {
    ...best,
    open: open.length > 0 ? mean(open) : 0,
    ...(shut.length >= 3 ? { shut: mean(shut) } : {}),
  };
}
