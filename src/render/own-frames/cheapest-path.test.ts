import { expect, test } from "vitest";
import { cheapestPath } from "./cheapest-path.ts";

const stepsOf = (costs: readonly (readonly number[])[]) => (step: number) => ({
  states: Int32Array.from(costs[step]!, (_, i) => i),
  costs: Float32Array.from(costs[step]!),
});

test("a path stays where changing costs more than it gains, and changes where it does not", () => {
  const costs = [
    [0, 5],
    [2, 1],
    [0, 5],
    [9, 0],
    [9, 0],
  ];
  const move = (from: number, to: number) => (from === to ? 0 : 3);
  expect([...cheapestPath(5, stepsOf(costs), move)]).toEqual([0, 0, 0, 1, 1]);
});

test("it costs no more than any other path of a small problem", () => {
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const costs = Array.from({ length: 6 }, () => Array.from({ length: 3 }, random));
  const moves = Array.from({ length: 3 }, () => Array.from({ length: 3 }, random));
  const total = (path: readonly number[]) =>
    path.reduce((sum, state, i) => sum + costs[i]![state]! + (i > 0 ? moves[path[i - 1]!]![state]! : 0), 0);
  const found = total([...cheapestPath(6, stepsOf(costs), (a, b) => moves[a]![b]!)]);
  for (let code = 0; code < 3 ** 6; code++) {
    const other = Array.from({ length: 6 }, (_, i) => Math.floor(code / 3 ** i) % 3);
    expect(found).toBeLessThanOrEqual(total(other) + 1e-6);
  }
});

test("nothing asked, nothing answered", () => {
  expect(cheapestPath(0, stepsOf([]), () => 0)).toHaveLength(0);
});
