/** A candidate of a detector: `[16]`, left, top, right, bottom and six key points x, y, in any one unit. */
export interface Candidate {
  readonly values: Float32Array<ArrayBuffer>;
  readonly score: number;
}

/** Intersection over union of two candidates' boxes. */
export function overlap(a: Candidate, b: Candidate): number {
  const [al, at, ar, ab] = a.values as unknown as [number, number, number, number];
  const [bl, bt, br, bb] = b.values as unknown as [number, number, number, number];
  const width = Math.min(ar, br) - Math.max(al, bl);
  const height = Math.min(ab, bb) - Math.max(at, bt);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / ((ar - al) * (ab - at) + (br - bl) * (bb - bt) - both);
}

/**
 * Merges candidates that overlap the best one by more than `threshold` into their mean, weighted by score; the
 * best one's score stays. The result is in order of score.
 * @see Bazarevsky et al. 2019 (BlazeFace), section 3.4.
 */
export function mergeOverlapping(candidates: readonly Candidate[], threshold = 0.3): Candidate[] {
  let rest = [...candidates].sort((a, b) => b.score - a.score);
  const merged: Candidate[] = [];
  while (rest.length > 0) {
    const best = rest[0]!;
    const values = new Float32Array(best.values.length);
    const others: Candidate[] = [];
    let weight = 0;
    for (const candidate of rest) {
      if (candidate !== best && overlap(best, candidate) <= threshold) {
        others.push(candidate);
        continue;
      }
      weight += candidate.score;
      for (let i = 0; i < values.length; i++) values[i]! += candidate.values[i]! * candidate.score;
    }
    for (let i = 0; i < values.length; i++) values[i]! /= weight;
    merged.push({ values, score: best.score });
    rest = others;
  }
  return merged;
}
