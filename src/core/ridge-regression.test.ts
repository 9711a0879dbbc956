import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "./random.ts";
import { ridgeRegression } from "./ridge-regression.ts";

/** Rows of independent numbers. */
function numbers(rows: number, columns: number, seed: number): number[][] {
  const random = createRandom(seed);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => 4 * random() - 2));
}

test("what rows say exactly is found again, whatever their scale and centre", () => {
  const rows = numbers(60, 3, 1).map(([a, b, c]) => [a!, 1000 * b! + 5, 0.01 * c!]);
  const value = (row: readonly number[]) => 7 + 2 * row[0]! - 0.003 * row[1]! + 40 * row[2]!;
  const fit = ridgeRegression(rows, rows.map(value), 1e-6);
  for (const row of rows.slice(0, 5)) expect(fit.predict(row)).toBeCloseTo(value(row), 1);
});

test("a penalty draws to the mean, columns that say the same share, and one that never varies says nothing", () => {
  const rows = numbers(40, 1, 2).map(([a]) => [a!, a!, 3]);
  const values = rows.map(([a]) => 5 * a!);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const fit = (penalty: number) => ridgeRegression(rows, values, penalty);
  expect(fit(0.01).predict([1, 1, 3])).toBeCloseTo(5, 1);
  expect(fit(1e9).predict([1, 1, 3])).toBeCloseTo(mean, 3);
  const middle = fit(0.01).predict([0, 0, 3]);
  expect(fit(0.01).predict([1, 0, 3]) - middle).toBeCloseTo(fit(0.01).predict([0, 1, 3]) - middle, 6);
  expect(Number.isFinite(fit(0.01).predict([1, 1, 4]))).toBe(true);
});

test("any rows give a finite fit whose squared error is no more than the mean's", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 0, max: 99 }),
      (count, columns, seed) => {
        const rows = numbers(count, columns, seed);
        const values = numbers(count, 1, seed + 1).map(([value]) => value!);
        const mean = values.reduce((sum, value) => sum + value, 0) / count;
        const fit = ridgeRegression(rows, values, 1);
        const error = (of: (i: number) => number) =>
          values.reduce((sum, value, i) => sum + (value - of(i)) ** 2, 0);
        expect(error((i) => fit.predict(rows[i]!))).toBeLessThanOrEqual(error(() => mean) + 1e-9);
      },
    ),
  );
});
