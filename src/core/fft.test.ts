import { expect, test } from "vitest";
import { createPowerSpectrum } from "./fft.ts";
import { createRandom } from "./random.ts";

/** |X|² of one bin by the definition of the transform. */
function power(samples: Float64Array, bin: number): number {
  let [re, im] = [0, 0];
  samples.forEach((sample, i) => {
    const turn = (2 * Math.PI * bin * i) / samples.length;
    re += sample * Math.cos(turn);
    im -= sample * Math.sin(turn);
  });
  return re * re + im * im;
}

test.each([2, 6, 14, 400, 512, 800, 1018])(
  "two frames of %d samples have the powers of the definition",
  (n) => {
    const random = createRandom(n);
    const frames = [0, 1].map(() => Float64Array.from({ length: n }, () => random() - 0.5)) as [
      Float64Array,
      Float64Array,
    ];
    const powers = frames.map(() => new Float64Array(n / 2 + 1)) as [Float64Array, Float64Array];
    createPowerSpectrum(n).powers(...frames, ...powers);
    frames.forEach((frame, k) => {
      powers[k]!.forEach((value, bin) => expect(value).toBeCloseTo(power(frame, bin), 8));
    });
  },
);
