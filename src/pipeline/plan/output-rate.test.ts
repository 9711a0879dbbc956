import { expect, test } from "vitest";
import { outputRate } from "./output-rate.ts";

test("more than 60 frames a second become a whole part of them, and never more than 60", () => {
  expect(outputRate(120)).toBe(60);
  expect(outputRate(90)).toBe(45);
  expect(outputRate(240)).toBe(60);
  // What containers round: a little above twice, three times, four times 60.
  for (const rate of [60.4, 120.9, 121, 181.3, 242, 59.94 * 2.02]) {
    expect(outputRate(rate), String(rate)).toBeLessThanOrEqual(60);
    expect(outputRate(rate), String(rate)).toBeGreaterThan(30);
  }
});

test("fewer than 23 become the least multiple that a mouth needs, and stills 25", () => {
  expect(outputRate(12.5)).toBe(25);
  expect(outputRate(10)).toBe(30);
  expect(outputRate(15)).toBe(30);
  for (const rate of [0, 1, 4.9, Number.NaN, -3]) expect(outputRate(rate)).toBe(25);
  for (const rate of [23, 23.976, 25, 29.97, 50, 60]) expect(outputRate(rate)).toBe(rate);
});
