import { expect, test } from "vitest";
import { createResampler } from "./resample.ts";

function convert(samples: Float32Array, from: number, to: number, block = samples.length): Float32Array {
  const resampler = createResampler(from, to);
  const parts: Float32Array[] = [];
  for (let at = 0; at < samples.length; at += block)
    parts.push(resampler.push(samples.subarray(at, at + block)));
  parts.push(resampler.finish());
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

const sine = (hz: number, rate: number, seconds = 0.5) =>
  Float32Array.from({ length: Math.round(rate * seconds) }, (_, i) =>
    Math.sin((2 * Math.PI * hz * i) / rate),
  );

const RATES: [number, number][] = [
  [8000, 16_000],
  [11_025, 16_000],
  [44_100, 16_000],
  [44_100, 48_000],
  [48_000, 16_000],
  [96_000, 16_000],
  [192_000, 48_000],
];

test.each(RATES)("a 1 kHz tone keeps amplitude and phase from %i to %i Hz", (from, to) => {
  const out = convert(sine(1000, from), from, to);
  const want = sine(1000, to);
  let worst = 0;
  // The first and last 5 ms see the silence around the tone.
  for (let i = Math.ceil(to * 0.005); i < out.length - Math.ceil(to * 0.005); i++) {
    worst = Math.max(worst, Math.abs(out[i]! - want[i]!));
  }
  // Kaiser window of about 90 dB: 1e-4 is 80 dB below full scale.
  expect(worst).toBeLessThan(1e-4);
});

test.each(RATES)("the length is exact and no block size matters from %i to %i Hz", (from, to) => {
  const input = sine(300, from, 0.1);
  const whole = convert(input, from, to);
  expect(whole.length).toBe(Math.round((input.length * to) / from));
  expect(convert(input, from, to, 77)).toEqual(whole);
});

test("what lies above the new Nyquist frequency is removed", () => {
  const out = convert(sine(11_000, 44_100), 44_100, 16_000);
  const middle = out.subarray(400, out.length - 400);
  expect(Math.max(...middle.map(Math.abs))).toBeLessThan(1e-3);
});
