import { beforeAll, describe, expect, test, vi } from "vitest";
import { createImage } from "../core/image.ts";
import { wholeImage } from "../vision/detect/detector.ts";
import { meshFeeds } from "../vision/landmarks/landmarker.ts";
import { createSpeechModel } from "../speech/model/speech-model.ts";
import { createFaceAnalyser } from "../vision/landmarks/face-analyser.ts";
import { sampleFace } from "./check/sample-face.ts";
import { sampleVoice } from "./check/sample-voice.ts";
import { forgetVerdicts } from "./check/verdicts.ts";
import { EngineError } from "../job/errors.ts";
import { createRandom } from "../core/random.ts";
import { findGpu } from "./gpu.ts";
import { loadAsset } from "./load-asset.ts";
import { MODEL_NAMES } from "./model-registry.ts";
import type { Model, Tensor } from "./model.ts";
import { createRuntime, type Runtime } from "./runtime.ts";

const gpu = await findGpu();

/** Repeatable input for each of a model's ports; a size that may vary becomes 48. */
function feeds(model: Model, seed = 1): Record<string, Tensor> {
  const random = createRandom(seed);
  return Object.fromEntries(
    model.inputs.map(({ name, dims }) => {
      const fixed = dims.map((size) => (size < 0 ? 48 : size));
      const length = fixed.reduce((product, size) => product * size, 1);
      return [name, { data: Float32Array.from({ length }, random), dims: fixed }];
    }),
  );
}

/** Largest difference of two results, relative to the largest value, or absolute where all are below 1. */
function difference(a: Record<string, Tensor>, b: Record<string, Tensor>): number {
  expect(Object.keys(a)).toEqual(Object.keys(b));
  return Math.max(
    ...Object.entries(a).map(([name, { data }]) => {
      const scale = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      return data.reduce((most, value, i) => Math.max(most, Math.abs(value - b[name]!.data[i]!)), 0) / scale;
    }),
  );
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "none",
    (error: unknown) => (error instanceof EngineError ? error.code : `foreign: ${String(error)}`),
  );

describe("on wasm", () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await createRuntime({ backend: "wasm" });
  });

  test("the runtime says where it runs", () => {
    expect(runtime).toMatchObject({ backend: "wasm", device: undefined });
    expect(runtime.adapter).toMatch(new RegExp(`^WebAssembly, ${runtime.threads} `));
  });

  test.each(MODEL_NAMES)("%s gives the same bits in each run and each session", async (name) => {
    const [one, two] = [await runtime.load(name), await runtime.load(name)];
    const first = await one.run(feeds(one));
    const again = await one.run(feeds(one));
    const other = await two.run(feeds(two));
    for (const key of Object.keys(first)) {
      expect(again[key]!.data).toEqual(first[key]!.data);
      expect(other[key]!.data).toEqual(first[key]!.data);
    }
    await one.release();
    await two.release();
  });

  test("our own kernels find a face's points where onnxruntime finds them", async () => {
    const file = new Blob([await loadAsset("face-mesh-attention")]);
    const [own, theirs] = [await runtime.load("face-mesh-attention"), await runtime.loadFile(file, "mesh")];
    expect(own.inputs).toEqual(theirs.inputs);
    expect(own.outputs).toEqual(theirs.outputs);
    const face = await sampleFace();
    const given = meshFeeds(face, wholeImage(face));
    const [found, expected] = [await own.run(given), await theirs.run(given)];
    expect(expected["presence"]!.data[0]).toBeGreaterThan(0.9);
    // Measured: 8e-7 of the crop's side.
    expect(difference(expected, found)).toBeLessThan(1e-5);
    expect(await codeOf(own.run({ image: { data: new Float32Array(12), dims: [1, 3, 2, 2] } }))).toBe(
      "internal/bug",
    );
    await theirs.release();
  });

  test("overlapping loads and runs of several models wait for each other", async () => {
    const names = ["person-matte", "face-detector-short", "face-mesh-attention"] as const;
    const models = await Promise.all(names.map((name) => runtime.load(name)));
    const alone: Record<string, Tensor>[] = [];
    for (const model of models) alone.push(await model.run(feeds(model)));
    const together = await Promise.all([...models, ...models].map((model) => model.run(feeds(model))));
    together.forEach((result, i) => {
      expect(difference(result, alone[i % models.length]!)).toBe(0);
    });
  });

  test("a file that is no model is refused, and the next one works", async () => {
    expect(await codeOf(runtime.loadFile(new Blob([new Uint8Array(1000).fill(7)]), "nonsense.onnx"))).toBe(
      "model/unsupported",
    );
    const model = await runtime.load("face-detector-short");
    expect((await model.run(feeds(model)))["scores"]!.dims).toEqual([896]);
  });

  test("feeds of a wrong shape fail with a code, and the model still works", async () => {
    const model = await runtime.load("face-detector-short");
    const wrong = { image: { data: new Float32Array(12), dims: [1, 3, 2, 2] } };
    expect(await codeOf(model.run(wrong))).toBe("internal/bug");
    expect(await codeOf(model.run(feeds(model)))).toBe("none");
  });
});

describe.skipIf(gpu === undefined)(`on WebGPU${gpu === undefined ? " (skipped: no adapter)" : ""}`, () => {
  test("the matte runs wholly on the GPU and agrees with wasm within one part in 2000", async () => {
    const device = await createRuntime({ backend: "webgpu", gpuOnly: true });
    const wasm = await createRuntime({ backend: "wasm" });
    // The other networks are compared by the trial below.
    const [on, reference] = [await device.load("person-matte"), await wasm.load("person-matte")];
    // float32 on both; sums in another order. Measured: 2e-6 on an emulated adapter; real ones round differently.
    const off = difference(await reference.run(feeds(reference)), await on.run(feeds(on)));
    expect(off).toBeLessThan(5e-4);
    await device.dispose();
  });

  test("our networks are tried with a real face and a real voice, run wholly on the device, and nothing is told", async () => {
    await forgetVerdicts();
    const device = await createRuntime({ backend: "webgpu", gpuOnly: true });
    const faces = await createFaceAnalyser(device);
    const speech = await createSpeechModel(device);
    expect(device.notes).toEqual([]);
    const face = await sampleFace();
    expect((await faces.analyse(face))[0]!.landmarks.presence).toBeGreaterThan(0.9);
    expect((await speech.mouthOf(sampleVoice())).frames).toBeGreaterThan(100);
    // The full-range detector is opened when a picture needs it.
    await faces.detect(createImage(64, 64));
    expect(device.notes).toEqual([]);
    const asked = vi.spyOn(device, "processor");
    await createSpeechModel(device);
    expect(asked).not.toHaveBeenCalled();
    await device.dispose();
  }, 600_000);

  test("a lost device fails the job with device/lost, is told once, and wasm still works in this thread", async () => {
    const told: string[] = [];
    const runtime = await createRuntime({ backend: "webgpu", onLost: ({ code }) => told.push(code) });
    const model = await runtime.load("face-detector-short");
    // More than are done before the device goes; one of them is under way then.
    const runs = Array.from({ length: 50 }, () => codeOf(model.run(feeds(model))));
    await new Promise((resolve) => setTimeout(resolve, 20));
    runtime.device!.destroy();
    const codes = await Promise.all(runs);
    expect(codes.at(-1)).toBe("device/lost");
    expect(codes.filter((code) => code !== "none" && code !== "device/lost")).toEqual([]);
    expect(await codeOf(model.run(feeds(model)))).toBe("device/lost");
    expect(await codeOf(runtime.load("face-mesh-attention"))).toBe("device/lost");
    expect(told).toEqual(["device/lost"]);
    await runtime.dispose();
    expect(await codeOf(createRuntime({ backend: "webgpu" }))).toBe("device/lost");
    const next = await (await createRuntime({ backend: "wasm" })).load("face-detector-short");
    expect(await codeOf(next.run(feeds(next)))).toBe("none");
  });
});
