import { expect, test } from "vitest";
import { apertureAt, lipsPath, wavePath } from "./lip-line.ts";

const numbers = (path: string) => (path.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);

test("a mouth that stays shut draws lips of constant thickness", () => {
  const ys = numbers(lipsPath(new Float32Array(200), { total: 2, start: 0 })).filter((_, i) => i % 2 === 1);
  expect(new Set(ys)).toEqual(new Set([47, 51]));
});

test("lips part only where the voice stands on the timeline", () => {
  const points = numbers(lipsPath(new Float32Array(100).fill(1), { total: 2, start: 1 }));
  const open = points.filter((_, i) => i % 2 === 0 && points[i + 1]! < 40);
  expect(Math.min(...open)).toBeGreaterThan(470);
});

test("a waveform has bars only within the voice, scaled to its loudest", () => {
  const envelope = new Float32Array(100).fill(0.1);
  const path = wavePath(envelope, { total: 2, start: 1 });
  const xs = [...path.matchAll(/M(\d+\.\d)/g)].map((match) => Number(match[1]));
  expect(xs[0]).toBeGreaterThanOrEqual(499);
  expect(path).toContain(" 4.0h");
});

test("the opening outside the voice is a shut mouth", () => {
  expect(apertureAt(new Float32Array([0.5]), 3)).toBe(0);
  expect(apertureAt(null, 0)).toBe(0);
});
