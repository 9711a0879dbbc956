import { expect, test } from "vitest";
import { copyWindow, windowStart } from "./mel-window.ts";
import { WAV2LIP_MEL } from "../manifest/ready-manifests.ts";

const starts = (fps: number, frames: number, columns: number, frameOffset = 0) =>
  Array.from({ length: frames }, (_, i) =>
    windowStart(i / fps, 1 / fps, columns, { ...WAV2LIP_MEL, frameOffset }),
  );

test("the window of frame i starts at column int(i · 80 / fps)", () => {
  for (const [num, den] of [
    [25, 1],
    [24, 1],
    [30, 1],
    [50, 1],
    [60, 1],
    [24000, 1001],
    [30000, 1001],
    [60000, 1001],
  ] as const) {
    const frames = 40_000;
    const got = starts(num / den, frames, 1e9);
    for (let i = 0; i < frames; i++) {
      // Exact in whole numbers: i · 80 · den / num.
      const exact = Number((BigInt(i) * 80n * BigInt(den)) / BigInt(num));
      if (got[i] !== exact) expect.fail(`${num}/${den} fps, frame ${i}: ${got[i]} instead of ${exact}`);
    }
  }
});

test("after ten minutes at 23.976 frames a second the window is where the frame is", () => {
  const fps = 24000 / 1001;
  const frame = Math.floor(600 * fps);
  const start = windowStart(frame / fps, 1 / fps, 1e9, WAV2LIP_MEL);
  expect(Math.abs(start / 80 - frame / fps)).toBeLessThan(1 / 80);
  // The whole-number rate of the original would be half a second off by then.
  expect(Math.abs(frame / 23 - frame / fps)).toBeGreaterThan(0.5);
});

test("frames near the end of the sound share its last sixteen columns", () => {
  expect(starts(25, 30, 81).slice(-12)).toEqual([57, 60, 64, 65, 65, 65, 65, 65, 65, 65, 65, 65]);
  expect(starts(25, 3, 10)).toEqual([0, 0, 0]);
});

test("the frame offset moves the window by whole frames", () => {
  expect(starts(25, 5, 1000, -1)).toEqual([0, 0, 3, 6, 9]);
  expect(starts(25, 5, 1000, 1)).toEqual([3, 6, 9, 12, 16]);
});

test("columns beyond the sound are silence, in either order of the axes", () => {
  const mel = { columns: 2, bands: 80, data: new Float32Array(160).fill(1) };
  const out = new Float32Array(1 + 80 * 16);
  copyWindow(mel, 1, WAV2LIP_MEL, "bands-columns", out, 1);
  expect([...out.subarray(1, 17)]).toEqual([1, ...Array.from({ length: 15 }, () => -4)]);
  copyWindow(mel, 1, WAV2LIP_MEL, "columns-bands", out, 1);
  expect([...out.subarray(1, 81)]).toEqual(Array.from({ length: 80 }, () => 1));
  expect(out[81]).toBe(-4);
});
