import { expect, test } from "vitest";
import type { SpeechClock } from "../../worker-rpc/live-view-api.ts";
import { positionOf } from "./heard-position.ts";

/** How often the page tells where the voice is. */
const TOLD_MS = 50;
const HALF_A_FRAME = 0.02;

test.each([100, -100])("a sound device whose clock is off by %i ppm is followed for ten minutes", (ppm) => {
  let now = 1e12;
  const heardAt = (ms: number) => ((ms - 1e12) / 1000) * (1 + ppm / 1e6);
  let told: SpeechClock | null = null;
  const tell = () => {
    // The page is late now and then; what it tells was true when it looked.
    told = {
      utterance: 1,
      justInTime: true,
      epochMs: now,
      position: heardAt(now),
      running: true,
      until: Infinity,
    };
  };
  tell();
  const position = positionOf(
    () => told!,
    () => now,
  );
  let [worst, before, fell] = [0, 0, 0];
  for (let ms = 0; ms < 600_000; ms += 7) {
    now = 1e12 + ms;
    if (ms % (7 * Math.round(TOLD_MS / 7)) === 0) tell();
    const shown = position();
    worst = Math.max(worst, Math.abs(shown - heardAt(now)));
    fell = Math.max(fell, before - shown);
    before = shown;
  }
  expect(fell).toBe(0);
  expect(worst).toBeLessThan(HALF_A_FRAME / 100);
  // Without being told it would be off by more than a frame.
  expect(Math.abs(heardAt(now) - (now - 1e12) / 1000)).toBeGreaterThan(2 * HALF_A_FRAME);
});

test("it stands still while the sound does, and goes no further than there is sound", () => {
  let now = 0;
  let clock: SpeechClock = {
    utterance: 1,
    justInTime: false,
    epochMs: 0,
    position: 1,
    running: true,
    until: 1.2,
  };
  const position = positionOf(
    () => clock,
    () => now,
  );
  now = 100;
  expect(position()).toBeCloseTo(1.1, 9);
  now = 5000;
  expect(position()).toBe(1.2);
  clock = { ...clock, epochMs: 5000, position: 1.2, running: false, until: 9 };
  now = 9000;
  expect(position()).toBe(1.2);
  clock = { ...clock, epochMs: 9000, running: true };
  now = 9040;
  expect(position()).toBeCloseTo(1.24, 9);
});
