import { expect, test } from "vitest";
import { INNER_LOWER, INNER_UPPER } from "../face-rig/topology.ts";
import { outlineOf } from "../mouth/mouth-outline.ts";
import { mixCanvases } from "./video-blend.ts";

test("two mouths mix in the skin around, not between the lips", () => {
  const size = { width: 60, height: 40 };
  const points = new Float64Array(468 * 2);
  INNER_UPPER.forEach((v, i) => points.set([10 + 4 * i, 15], v * 2));
  INNER_LOWER.forEach((v, i) => points.set([10 + 4 * i, 25], v * 2));
  const start = (word: number) => ({ ...size, words: new Uint32Array(60 * 40).fill(word) });
  const [one, two] = [start(0xff000000), start(0xff808080)];
  const box = { x: 0, y: 0, ...size };
  mixCanvases(one, two, box, 0.75, outlineOf(points));
  const at = (x: number, y: number) => one.words[y * 60 + x]! & 255;
  expect(at(30, 20)).toBe(0);
  expect(at(30, 5)).toBe(32);
  expect(at(5, 20)).toBe(32);
  const whole = start(0xff000000);
  mixCanvases(whole, two, box, 0.75, null);
  expect(new Set(whole.words)).toEqual(new Set([0xff202020]));
});
