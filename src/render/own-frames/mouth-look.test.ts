import { expect, test } from "vitest";
import type { RgbaImage } from "../../core/image.ts";
import { INNER_LOWER, INNER_UPPER, OUTER_LOWER, OUTER_UPPER } from "../face-rig/topology.ts";
import { oddities, readMouthLook, type LookingMouth } from "./mouth-look.ts";

const SIZE = 64;
/** Skin, and a mouth: red lips around a dark opening, in some light. */
function mouthPicture(light: number, grain = 0, stain?: (x: number, y: number) => boolean): RgbaImage {
  const data = new Uint8ClampedArray(SIZE * SIZE * 4).fill(255);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const lips = y >= 20 && y < 44;
      const inside = y >= 28 && y < 36;
      const colour = inside ? [50, 30, 30] : lips ? [170, 80, 80] : [190, 150, 130];
      const shown = stain?.(x, y) ? [40, 40, 120] : colour;
      const noise = grain === 0 ? 0 : ((x * 7 + y * 13 + grain * 31) % 23) - 11;
      shown.forEach((value, k) => (data[(y * SIZE + x) * 4 + k] = (value + noise) * light));
    }
  }
  return { width: SIZE, height: SIZE, data };
}

const points = new Float64Array(468 * 2);
for (const [ring, y] of [
  [OUTER_UPPER, 20],
  [INNER_UPPER, 28],
  [INNER_LOWER, 36],
  [OUTER_LOWER, 44],
] as const) {
  ring.forEach((vertex, i) => points.set([8 + i * 4.8, y], vertex * 2));
}
const lightOf = (light: number) => ({
  red: Math.log(190 * light),
  green: Math.log(150 * light),
  blue: Math.log(130 * light),
});
const seen = (
  frame: number,
  light: number,
  grain = 0,
  stain?: (x: number, y: number) => boolean,
  gap = 0.1,
): LookingMouth => ({
  look: { frame, gap, width: 0.8, upper: 0.1, lower: 0.1, ...lightOf(light) },
  mouth: readMouthLook(mouthPicture(light, grain, stain), points, lightOf(light)),
});

test("a mouth looks the same in brighter and darker light", () => {
  const [bright, dark] = [seen(0, 1), seen(1, 0.6)];
  bright.mouth.forEach((value, i) => expect(Math.abs(value - dark.mouth[i]!)).toBeLessThan(0.02));
});

const stain = (x: number, y: number) => x > 30 && y > 18 && y < 30;
const clean = Array.from({ length: 20 }, (_, i) => seen(10 * i, 1 - 0.01 * i, i + 1));

test("of mouths of one shape the stained one is the odd one, however many frames on end show the stain", () => {
  const stained = [300, 301, 302].map((frame) => seen(frame, 0.9, frame, stain));
  const odd = [...oddities([...clean, ...stained])];
  expect(Math.max(...odd.slice(0, 20))).toBeLessThan(1.5);
  expect(Math.min(...odd.slice(20))).toBeGreaterThan(3);
});

test("a mouth of another shape than all others, or among few, is not odd", () => {
  const wide = seen(300, 0.9, 50, stain, 0.25);
  expect(oddities([...clean, wide]).at(-1)).toBe(1);
  expect([...oddities([seen(0, 1), seen(50, 1, 0, stain)])]).toEqual([1, 1]);
});
