/** How a mouth moves with a voice. */
export interface MouthFigures {
  /** Best correlation of the gap between the lips with the loudness, and by how much the lips are later, in seconds. */
  readonly r: number;
  readonly lag: number;
  /** Mean gap while nobody speaks and in the louder half of speech, in distances between the eyes. */
  readonly shut?: number;
  readonly open: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function correlation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [mean(a), mean(b)];
  let [both, own, other] = [0, 0, 0];
  a.forEach((value, i) => {
    both += (value - x) * (b[i]! - y);
    own += (value - x) ** 2;
    other += (b[i]! - y) ** 2;
  });
  return own > 0 && other > 0 ? both / Math.sqrt(own * other) : 0;
}

/** Loudness is a syllable's, not a period's: the mean of three frames. */
const smooth = (line: readonly number[]) => line.map((_, i) => mean(line.slice(Math.max(0, i - 1), i + 2)));

const MOST_LAG = 6;

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
  let best = { r: -1, lag: 0 };
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
    if (r > best.r) best = { r, lag: lag / fps };
  }
  const around = Math.round(0.16 * fps);
  const quiet = (i: number) => loudness.slice(Math.max(0, i - around), i + around + 1).every((v) => v < 0.15);
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
