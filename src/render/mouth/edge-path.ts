import { clamp } from "../../core/scalar.ts";

/** Moving average over `2 · radius + 1` values, ends repeated. */
export function smoothLine(values: Float64Array, radius: number): Float64Array {
  return values.map((_, i) => {
    let sum = 0;
    for (let k = -radius; k <= radius; k++) sum += values[clamp(i + k, 0, values.length - 1)]!;
    return sum / (2 * radius + 1);
  });
}

/**
 * Cheapest path through `cost` (`[columns, choices]`), jumps of d choices costing `smooth · d²`.
 * @returns for each column its choice.
 * @see Viterbi 1967.
 */
export function cheapestPath(
  cost: Float64Array,
  columns: number,
  choices: number,
  smooth: number,
): Int32Array {
  const total = cost.slice();
  const from = new Int32Array(columns * choices);
  for (let i = 1; i < columns; i++) {
    for (let j = 0; j < choices; j++) {
      let best = Infinity;
      for (let k = 0; k < choices; k++) {
        const value = total[(i - 1) * choices + k]! + smooth * (j - k) * (j - k);
        if (value < best) {
          best = value;
          from[i * choices + j] = k;
        }
      }
      total[i * choices + j]! += best;
    }
  }
  const path = new Int32Array(columns);
  let last = 0;
  for (let j = 1; j < choices; j++) {
    if (total[(columns - 1) * choices + j]! < total[(columns - 1) * choices + last]!) last = j;
  }
  for (let i = columns - 1; i >= 0; i--) {
    path[i] = last;
    last = from[i * choices + last]!;
  }
  return path;
}
