import { expect, test } from "vitest";
import { createImage, type RgbaImage } from "../../../src/core/image.ts";
import { correlation } from "../../../src/core/correlation.ts";
import {
  jitter,
  lagSeconds,
  laplacianVariance,
  correlationBeyond,
  meanDistance,
  patchShift,
  psnrOutside,
  ringGradient,
} from "./eval-video-measures.ts";

const wave = (seconds: number) => Math.sin(2 * Math.PI * 2.3 * seconds) + 0.4 * Math.sin(9 * seconds);
const truth = Float64Array.from({ length: 400 }, (_, i) => wave(i / 100));

test("a lag is found to a hundredth of a second, whichever its sign", () => {
  for (const lag of [-0.12, 0, 0.08]) {
    const seen = Float64Array.from({ length: 100 }, (_, i) => 0.1 * wave(i / 25 - lag) + 0.02);
    expect(lagSeconds(truth, seen, 25)).toBeCloseTo(lag, 2);
  }
});

test("correlation is 1 for a scaled series, −1 for its opposite and 0 for a still one", () => {
  const opposite = truth.map((value) => 3 - value);
  expect(
    correlation(
      truth,
      truth.map((value) => 2 * value + 1),
    ),
  ).toBeCloseTo(1, 9);
  expect(correlation(truth, opposite)).toBeCloseTo(-1, 9);
  expect(correlation(truth, new Float64Array(400))).toBe(0);
});

test("what two series share with a third does not count as theirs", () => {
  const own = (seed: number) => truth.map((_, i) => Math.sin(seed * i));
  const [a, b] = [
    own(0.31).map((value, i) => value + 3 * truth[i]!),
    own(0.53).map((value, i) => value + 3 * truth[i]!),
  ];
  expect(correlation(a, b)).toBeGreaterThan(0.8);
  expect(Math.abs(correlationBeyond(a, b, truth))).toBeLessThan(0.1);
});

test("even motion has no jitter, a jump of one has", () => {
  expect(jitter([0, 1, 2, 3, 4])).toBe(0);
  expect(jitter([0, 0, 1, 0, 0])).toBeCloseTo(Math.sqrt(6 / 3), 9);
});

/** A picture of stripes `period` pixels wide and `height` grey levels high. */
function stripes(period: number, contrast: number): RgbaImage {
  const image = createImage(40, 40);
  for (let i = 0; i < 1600; i++) {
    const value = 100 + (Math.floor((i % 40) / period) % 2) * contrast;
    image.data.set([value, value, value, 255], i * 4);
  }
  return image;
}

test("finer and stronger stripes are sharper and steeper", () => {
  const box = { x: 0, y: 0, width: 40, height: 40 };
  const none = { x: 0, y: 0, width: 0, height: 0 };
  expect(laplacianVariance(stripes(2, 50), box)).toBeGreaterThan(laplacianVariance(stripes(8, 50), box));
  expect(ringGradient(stripes(4, 80), box, none)).toBeCloseTo(2 * ringGradient(stripes(4, 40), box, none), 6);
});

test("a change inside the box does not count, one outside does", () => {
  const [a, b] = [stripes(4, 50), stripes(4, 50)];
  b.data.set([0, 0, 0, 255], (20 * 40 + 20) * 4);
  expect(psnrOutside(a, b, { x: 15, y: 15, width: 10, height: 10 })).toBe(Infinity);
  expect(psnrOutside(a, b, { x: 0, y: 0, width: 10, height: 10 })).toBeLessThan(50);
});

test("a patch's shift is found to two hundredths of a pixel", () => {
  const waves = (dx: number, dy: number) => {
    const image = createImage(60, 50);
    for (let i = 0; i < 3000; i++) {
      const [x, y] = [(i % 60) - dx, Math.floor(i / 60) - dy];
      const value = Math.round(120 + 50 * Math.sin(0.3 * x + 0.1 * y) + 40 * Math.cos(0.25 * y - 0.1 * x));
      image.data.set([value, value, value, 255], i * 4);
    }
    return image;
  };
  for (const [dx, dy] of [
    [0, 0],
    [0.3, -0.6],
    [-2.4, 1.1],
  ] as const) {
    const [x, y] = patchShift(waves(0, 0), waves(dx, dy), { x: 15, y: 12, width: 30, height: 25 });
    expect(Math.hypot(x - dx, y - dy)).toBeLessThan(0.02);
  }
});

test("points are compared where it is asked for", () => {
  expect(meanDistance([0, 0, 1, 1, 9, 9], [3, 4, 1, 2, 0, 0], [0, 1])).toBe(3);
});
