import { expect, test } from "vitest";
import { paintNet } from "../../../models/lip-models/test-nets.ts";
import { wav2lipNet } from "../../../models/lip-models/wav2lip-net.ts";
import { summariseOnnx } from "./onnx-summary.ts";

test("a graph of Wav2Lip's 96-pixel generator is read with its 36 million weights", async () => {
  const summary = await summariseOnnx(new Blob([wav2lipNet()]));
  expect(summary.parameters / 1e6).toBeCloseTo(36.3, 1);
  expect(summary.opset).toBe(17);
  expect(summary.inputs).toEqual([
    { name: "mel_spectrogram", dtype: "float32", dims: ["batch", 1, 80, 16] },
    { name: "video_frames", dtype: "float32", dims: ["batch", 6, 96, 96] },
  ]);
  expect(summary.outputs).toEqual([
    { name: "predicted_frames", dtype: "float32", dims: ["batch", 3, 96, 96] },
  ]);
  expect(summary.operators["ConvTranspose"]).toBe(6);
  expect(summary.weightBytes["float32"]! / 4).toBe(
    summary.parameters - countOf(summary.weightBytes, "int64"),
  );
});

const countOf = (bytes: Readonly<Record<string, number>>, type: string) => (bytes[type] ?? 0) / 8;

test("half-precision and 8-bit weights are told apart", async () => {
  const half = await summariseOnnx(new Blob([paintNet({ element: "float16" })]));
  expect(half.inputs[0]!.dtype).toBe("float16");
  expect(half.weightBytes["float16"]).toBeGreaterThan(0);
  expect(half.weightBytes["float32"]).toBeUndefined();
  const quantised = await summariseOnnx(new Blob([paintNet({ quantised: true })]));
  expect(quantised.operators["DequantizeLinear"]).toBe(2);
  expect(quantised.weightBytes["int8"]).toBe(10);
});

test("a file that is no ONNX model is refused with what to do", async () => {
  for (const bytes of ["PK\u0003\u0004 a checkpoint", "<!doctype html><p>404", "", "\u0000\u0000\u0000"]) {
    await expect(summariseOnnx(new Blob([bytes]))).rejects.toMatchObject({ code: "model/unsupported" });
  }
});

test("a download that broke off is told from another kind of file", async () => {
  const whole = paintNet();
  await expect(summariseOnnx(new Blob([whole.slice(0, whole.length - 40)]))).rejects.toMatchObject({
    code: expect.stringMatching(/^model\/(integrity|unsupported)$/) as string,
  });
});
