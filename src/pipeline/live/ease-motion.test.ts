import { expect, test } from "vitest";
import { Follower, type Motion } from "./ease-motion.ts";

const EASE = 0.6;
const STEP = 0.04;
const wave: Motion = (seconds) => [Math.sin(seconds), 2 * Math.cos(seconds)];
const high: Motion = () => [5, -5];

/** Largest change between two neighbouring frames. */
function largestStep(values: readonly (readonly number[])[]): number {
  return Math.max(
    ...values.slice(1).flatMap((value, i) => value.map((v, k) => Math.abs(v - values[i]![k]!))),
  );
}

test("the first motion is given exactly", () => {
  const follower = new Follower(EASE);
  for (let t = 0; t < 1; t += STEP) expect(follower.at(wave, t, 1, t)).toEqual(wave(t));
});

test("another motion is taken up without a jump and given exactly once the change has faded", () => {
  const follower = new Follower(EASE);
  const shown = [];
  for (let t = 0; t < 1; t += STEP) shown.push(follower.at(wave, t, 1, t));
  for (let t = 1; t < 3; t += STEP) shown.push(follower.at(high, t, 1, t));
  // A fade of 7 over 0.6 s moves at most 1.5 × 7 / 0.6 a second: 0.7 a frame; a jump would be 4 or more.
  expect(largestStep(shown)).toBeLessThan(0.8);
  expect(follower.at(high, 3, 1, 3)).toEqual([5, -5]);
});

test("a change in the middle of a change does not jump either, whatever the motions' own units", () => {
  const follower = new Follower(EASE);
  const inFrames: Motion = (frame) => wave(frame / 25);
  const shown = [];
  for (let t = 0; t < 1; t += STEP) shown.push(follower.at(wave, t, 1, t));
  for (let t = 1; t < 1.3; t += STEP) shown.push(follower.at(high, t, 1, t));
  for (let t = 1.3; t < 3; t += STEP) shown.push(follower.at(inFrames, (t - 1.3) * 25, 25, t));
  expect(largestStep(shown)).toBeLessThan(0.8);
  expect(follower.at(inFrames, 50, 25, 3.3)).toEqual(inFrames(50));
});

test("after a long time out of sight it goes on from what was last seen", () => {
  const follower = new Follower(EASE);
  const last = follower.at((seconds) => [seconds], 1, 1, 1);
  const [next] = follower.at(() => [0], 0, 1, 100);
  // The old motion is continued for at most 0.2 s.
  expect(Math.abs(next! - last[0]!)).toBeLessThanOrEqual(0.2 + 1e-9);
});
