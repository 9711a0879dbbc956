import { expect, test } from "vitest";
import { createRandom } from "../../core/random.ts";
import { smooth, wander, type Wandering } from "./wander.ts";

const deviation = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);

test("noise has the deviation that is asked for, however soft it is", () => {
  for (const wandering of [
    { sigma: 1.5, seconds: 0.7, softness: 0.35 },
    { sigma: 0.5, seconds: 0.1, softness: 0.14 },
    { sigma: 2, seconds: 0.05, softness: 0.5 },
  ] satisfies Wandering[]) {
    // An hour holds thousands of independent values: within a twentieth.
    const found = deviation(wander(createRandom(3, 1), 360_000, wandering)) / wandering.sigma;
    expect(found).toBeGreaterThan(0.95);
    expect(found).toBeLessThan(1.05);
  }
});

test("softness takes what is quick", () => {
  const speed = (softness: number) => {
    const line = wander(createRandom(5, 1), 20_000, { sigma: 1, seconds: 0.3, softness });
    return deviation(line.slice(1).map((v, i) => v - line[i]!));
  };
  expect(speed(0.4)).toBeLessThan(0.5 * speed(0.05));
});

test("smoothing keeps a constant and comes without delay", () => {
  expect(Math.max(...smooth(new Float32Array(50).fill(3), 0.2))).toBeCloseTo(3, 4);
  const peak = new Float32Array(101);
  peak[50] = 1;
  const soft = smooth(peak, 0.1);
  expect(soft.indexOf(Math.max(...soft))).toBe(50);
  expect(soft[40]!).toBeCloseTo(soft[60]!, 5);
});
