import { expect, test } from "vitest";
import { levelled } from "./loud-frames.ts";
import { MEL_BANDS } from "./log-mel.ts";
import { runningStatistics } from "./running-statistics.ts";
import typical from "./typical-speech.json";

const rows = (frames: number, level: number) =>
  Array.from({ length: frames }, (_, i) => levelled(new Float32Array(MEL_BANDS).fill(level + (i % 2))));
const average = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

test("silence before the first word is not taken for the voice", () => {
  const { mean, deviation } = runningStatistics(rows(50, -15));
  expect(average(mean)).toBeGreaterThan(-14);
  expect(average(deviation)).toBeGreaterThan(0.7 * average(typical.deviation));
});

test("a voice's level counts as soon as it begins, whatever its recording's", () => {
  for (const level of [-7, -5, -2]) {
    const { mean } = runningStatistics([...rows(100, -16), ...rows(20, level)]);
    expect(Math.abs(average(mean) - (level + average(typical.mean)))).toBeLessThan(1.6);
  }
});

test("what lasted long outweighs what is typical", () => {
  const { mean, deviation } = runningStatistics(rows(2000, -6));
  expect(average(mean)).toBeCloseTo(-5.5, 0);
  expect(average(deviation)).toBeLessThan(1);
});
