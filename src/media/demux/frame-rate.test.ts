import { expect, test } from "vitest";
import { frameRateOf } from "./frame-rate.ts";

const even = (rate: number, count = 100) => Array.from({ length: count }, (_, i) => i / rate);

test.each([24_000 / 1001, 24, 25, 30_000 / 1001, 50, 60_000 / 1001, 15, 12.5, 1, 240])(
  "%f frames a second are told by their instants, and so they are when a container rounds them to milliseconds",
  (rate) => {
    expect(frameRateOf(even(rate))).toBeCloseTo(rate, 9);
    const rounded = even(rate, 400).map((start) => Math.round(start * 1000) / 1000);
    expect(frameRateOf(rounded) / rate).toBeCloseTo(1, 3);
  },
);

test("a pause, a doubled frame and a camera's uneven clock do not change the rate", () => {
  expect(frameRateOf([...even(25, 25), ...even(25, 25).map((start) => 3 + start)])).toBeCloseTo(25, 9);
  expect(frameRateOf([...even(25, 40), 1.56 + 1 / 90_000, 1.6, 1.64])).toBeCloseTo(25, 2);
  const uneven = even(30).map((start, i) => start + 0.002 * Math.sin(i * 2.1));
  expect(frameRateOf(uneven)).toBeCloseTo(30, 0);
});

test("one frame tells no rate, whatever the file's unit of time", () => {
  expect(frameRateOf([0])).toBe(25);
  expect(frameRateOf([])).toBe(25);
  expect(frameRateOf([0, 1 / 12_800])).toBe(25);
});
