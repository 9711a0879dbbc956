import { expect, test } from "vitest";
import { paintNet } from "../../models/lip-models/test-nets.ts";
import { estimateMemory, fitBatch, MAX_MODEL_BYTES, type DeviceLimits } from "./device-fit.ts";
import { summariseOnnx, type OnnxSummary } from "./manifest/onnx-summary.ts";
import { readyManifest } from "./manifest/ready-manifests.ts";

const GIGA = 1024 ** 3;
const small: OnnxSummary = await summariseOnnx(new Blob([paintNet({ size: 96 })]));
const sized = (bytes: number, type = "float32"): OnnxSummary => ({
  ...small,
  fileBytes: bytes,
  weightBytes: { [type]: bytes },
  largestWeightBytes: bytes / 10,
});
const wasm = (gigabytes: number | undefined): DeviceLimits => ({
  deviceBytes: gigabytes === undefined ? undefined : gigabytes * GIGA,
  largestBufferBytes: undefined,
  halfPrecision: undefined,
});
const original = readyManifest("wav2lip-96");
const large = readyManifest("wav2lip-384");

test("the original fits an ordinary machine with its whole batch", () => {
  expect(fitBatch(sized(145e6), original, "wasm", wasm(8))).toBe(8);
});

test("the batch shrinks before a model is refused", () => {
  const limits = wasm(2);
  const batch = fitBatch(sized(208e6), original, "wasm", limits);
  expect(batch).toBeLessThan(8);
  expect(batch).toBeGreaterThanOrEqual(1);
  expect(estimateMemory(sized(208e6), original, batch, "wasm")).toBeLessThanOrEqual(GIGA);
});

test("a model that does not fit is refused before it is loaded", () => {
  const refused = expect.objectContaining({ code: "device/memory" }) as Error;
  expect(() => fitBatch(sized(690e6), large, "wasm", wasm(2))).toThrow(refused);
  expect(() => fitBatch(sized(690e6), large, "wasm", wasm(undefined))).toThrow(refused);
  expect(() => fitBatch(sized(1.5e9), large, "wasm", wasm(64))).toThrow(refused);
  const gpu = { deviceBytes: 16 * GIGA, largestBufferBytes: 50e6, halfPrecision: true };
  expect(() => fitBatch(sized(690e6), large, "webgpu", gpu)).toThrow(refused);
});

test("a file above 2 GB is refused on any machine", () => {
  expect(() => fitBatch(sized(MAX_MODEL_BYTES + 1), large, "wasm", wasm(64))).toThrow(
    expect.objectContaining({ code: "model/unsupported" }),
  );
});

test("a half-precision export is refused where the graphics device lacks it, and not on wasm", () => {
  const half = sized(70e6, "float16");
  const gpu = { deviceBytes: 16 * GIGA, largestBufferBytes: GIGA, halfPrecision: false };
  expect(() => fitBatch(half, original, "webgpu", gpu)).toThrow(
    expect.objectContaining({ code: "device/backend" }),
  );
  expect(fitBatch(half, original, "wasm", wasm(8))).toBe(8);
});
