import { expect, test } from "vitest";
import { createRandom } from "../../core/random.ts";
import type { Plane } from "./frame-planes.ts";
import { createPlaneScaler } from "./plane-scaler.ts";
import { resizeTaps } from "../image/resize-image.ts";

function noise(width: number, height: number): Plane {
  const random = createRandom(7);
  return { width, height, data: Uint8Array.from({ length: width * height }, () => random() * 256) };
}

/** The same filter in floating point. */
function reference(source: Plane, width: number, height: number): Float64Array {
  const [across, down] = [resizeTaps(source.width, width), resizeTaps(source.height, height)];
  const out = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let j = 0; j < down.count; j++) {
        for (let i = 0; i < across.count; i++) {
          const at = (down.first[y]! + j) * source.width + across.first[x]! + i;
          sum += source.data[at]! * down.weights[y * down.count + j]! * across.weights[x * across.count + i]!;
        }
      }
      out[y * width + x] = Math.min(255, Math.max(0, sum / 2 ** 28));
    }
  }
  return out;
}

test.each([
  [64, 64, 60, 60],
  [361, 203, 97, 55],
  [192, 108, 85, 48],
  [31, 17, 64, 44],
  [5, 3, 9, 2],
  [3, 3, 1, 1],
  [1, 1, 4, 4],
])("%d × %d becomes %d × %d as in floating point", (fromWidth, fromHeight, width, height) => {
  const source = noise(fromWidth, fromHeight);
  const scaler = createPlaneScaler(source, width, height);
  const expected = reference(source, width, height);
  for (let round = 0; round < 2; round++) {
    const scaled = scaler(source);
    expect([scaled.width, scaled.height, scaled.data.length]).toEqual([width, height, width * height]);
    // Half a step of rounding at the end, and 1/128 between the two filters, several times over.
    scaled.data.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(0.53));
  }
});

test("a flat plane keeps its exact value", () => {
  for (const value of [0, 16, 127, 255]) {
    const source = { width: 50, height: 30, data: new Uint8Array(1500).fill(value) };
    expect(new Set(createPlaneScaler(source, 33, 21)(source).data)).toEqual(new Set([value]));
  }
});

test("a plane of the wanted size is passed on", () => {
  const source = noise(8, 8);
  expect(createPlaneScaler(source, 8, 8)(source)).toBe(source);
});
