import { expect, test } from "vitest";
import { createMonoMix } from "./downmix.ts";

const RATE_HZ = 48_000;
const level = (samples: Float32Array, from: number, to: number) => {
  const part = samples.subarray(from * RATE_HZ, to * RATE_HZ);
  return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length);
};

test.each([480, 4096, 32_768])(
  "channels that begin to cancel each other in the middle are heard within a tenth of a second, in blocks of %i samples",
  (block) => {
    const left = Float32Array.from({ length: 2 * RATE_HZ }, (_, i) =>
      Math.sin((2 * Math.PI * 200 * i) / RATE_HZ),
    );
    const right = left.map((value, i) => (i < RATE_HZ ? value : -value));
    const toMono = createMonoMix();
    const mono = new Float32Array(left.length);
    for (let at = 0; at < left.length; at += block)
      mono.set(toMono([left.slice(at, at + block), right.slice(at, at + block)]), at);
    const whole = level(left, 0, 1);
    expect(level(mono, 0, 1) / whole).toBeCloseTo(1, 3);
    expect(level(mono, 1.1, 2) / whole).toBeCloseTo(1, 3);
  },
);
