import { expect, test } from "vitest";
import { release } from "./release-buffer.ts";

test("a released array is empty", () => {
  const samples = new Float32Array(8);
  // Node 20 has no such method of its own.
  Object.assign(samples.buffer, {
    transfer: () => structuredClone(new ArrayBuffer(0), { transfer: [samples.buffer] }),
  });
  release(samples);
  expect(samples).toHaveLength(0);
});

test("where memory cannot be given back the array stays until it is collected", () => {
  const samples = new Float32Array(8);
  Object.assign(samples.buffer, { transfer: undefined });
  release(samples);
  expect(samples).toHaveLength(8);
});
