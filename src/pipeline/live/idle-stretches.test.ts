import { expect, test } from "vitest";
import { NATURAL_STYLE } from "../../job/prompt-style.ts";
import { IdleStretches } from "./idle-stretches.ts";

const BROW = 5;
const FPS = 25;

/** Heads of so many seconds, a row per frame. */
function heads(seconds: number, speaks: (second: number) => number, seed = 7) {
  const stretches = new IdleStretches(seed, NATURAL_STYLE);
  return Array.from({ length: seconds * FPS }, (_, i) => {
    const { motions, seconds: at } = stretches.at(i / FPS, speaks(i / FPS));
    return motions.head(at);
  });
}

const speed = (rows: readonly (readonly number[])[]) =>
  Math.sqrt(
    rows.slice(1).reduce((sum, row, i) => sum + (row[0]! - rows[i]![0]!) ** 2, 0) / (rows.length - 1),
  ) * FPS;

test("a head that is heard speaking is livelier than at rest, and raises its brows", () => {
  const [resting, speaking] = [heads(36, () => 0), heads(36, () => 1)];
  expect(speed(speaking)).toBeGreaterThan(1.1 * speed(resting));
  expect(speed(resting)).toBeGreaterThan(1);
  expect(Math.max(...resting.map((row) => row[BROW]!))).toBe(0);
  expect(Math.max(...speaking.slice(FPS).map((row) => row[BROW]!))).toBeGreaterThan(0.2);
});

test("it takes to speaking and to rest without a jump", () => {
  const rows = heads(30, (second) => (second > 10 && second < 20 ? 1 : 0));
  const steps = rows.slice(1).map((row, i) => Math.abs(row[0]! - rows[i]![0]!));
  // The largest step of a head that goes on speaking is about .5 degrees a frame.
  expect(Math.max(...steps)).toBeLessThan(0.8);
});

test("one seed gives one motion", () => {
  expect(heads(5, () => 1)).toEqual(heads(5, () => 1));
  expect(heads(5, () => 1)).not.toEqual(heads(5, () => 1, 8));
});
