/** Of several values. */
export interface Spread {
  readonly best: number;
  readonly median: number;
  readonly worst: number;
}

/** Best, median and worst of some values. */
export const spread = (values: readonly number[]): Spread => {
  const sorted = [...values].sort((a, b) => a - b);
  return { best: sorted[0]!, median: sorted[Math.floor(sorted.length / 2)]!, worst: sorted.at(-1)! };
};
