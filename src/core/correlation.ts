/** Pearson's correlation of two series over their common length; 0 where either does not vary. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const count = Math.min(a.length, b.length);
  let [meanA, meanB] = [0, 0];
  for (let i = 0; i < count; i++) {
    meanA += a[i]! / count;
    meanB += b[i]! / count;
  }
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    both += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  // What is left of a constant by rounding is no variation.
  const least = 1e-9 * count;
  return ofA > least && ofB > least ? both / Math.sqrt(ofA * ofB) : 0;
}
