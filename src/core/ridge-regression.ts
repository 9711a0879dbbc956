/** A value that is the weighted sum of a row, and a constant. */
export interface LinearFit {
  /** @param row `[columns]`. */
  predict(row: ArrayLike<number>): number;
}

/** Deviations below this count as this: a column that hardly varies tells nothing. */
const LEAST_DEVIATION = 1e-3;

/**
 * Solves `a x = b` in place of `b`, with `a` `[size, size]` symmetric and positive definite; `a` becomes its factor.
 * @see Cholesky's decomposition.
 */
function solve(a: Float64Array, b: Float64Array): Float64Array {
  const size = b.length;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * size + k]! * a[j * size + k]!;
      a[i * size + j] = i === j ? Math.sqrt(sum) : sum / a[j * size + j]!;
    }
  }
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) b[i]! -= a[i * size + k]! * b[k]!;
    b[i]! /= a[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) b[i]! -= a[k * size + i]! * b[k]!;
    b[i]! /= a[i * size + i]!;
  }
  return b;
}

/**
 * Fits values by rows: least squares over standardised columns, with a penalty on the squares of their weights, so that
 * columns that resemble each other share and few rows say little (ridge regression, Hoerl and Kennard 1970).
 * @param rows at least one, `[columns]` each. @param values one a row. @param penalty above 0, in rows.
 */
export function ridgeRegression(
  rows: readonly ArrayLike<number>[],
  values: readonly number[],
  penalty: number,
): LinearFit {
  const columns = rows[0]!.length;
  const count = rows.length;
  const mean = new Float64Array(columns);
  for (const row of rows) for (let k = 0; k < columns; k++) mean[k]! += row[k]! / count;
  const deviation = new Float64Array(columns);
  for (const row of rows)
    for (let k = 0; k < columns; k++) deviation[k]! += (row[k]! - mean[k]!) ** 2 / count;
  for (let k = 0; k < columns; k++) deviation[k] = Math.sqrt(deviation[k]!) + LEAST_DEVIATION;
  const middle = values.reduce((sum, value) => sum + value, 0) / count;
  const normal = new Float64Array(columns * columns);
  const right = new Float64Array(columns);
  const scaled = new Float64Array(columns);
  rows.forEach((row, at) => {
    for (let k = 0; k < columns; k++) scaled[k] = (row[k]! - mean[k]!) / deviation[k]!;
    const value = values[at]! - middle;
    for (let i = 0; i < columns; i++) {
      const of = scaled[i]!;
      right[i]! += of * value;
      for (let j = 0; j <= i; j++) normal[i * columns + j]! += of * scaled[j]!;
    }
  });
  for (let k = 0; k < columns; k++) normal[k * columns + k]! += penalty;
  const weights = solve(normal, right);
  return {
    predict(row) {
      let sum = middle;
      for (let k = 0; k < columns; k++) sum += (weights[k]! * (row[k]! - mean[k]!)) / deviation[k]!;
      return sum;
    },
  };
}
