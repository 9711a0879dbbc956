import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  antialiasNet,
  channelsLastResizeNet,
  copyNet,
  farNormNet,
  oddChannelsNet,
  twoActivationsNet,
} from "../../models/lip-models/fault-nets.ts";
import type { RgbaImage } from "../../src/core/image.ts";
import { sampleFace } from "../../src/inference/check/sample-face.ts";
import { sampleVoice } from "../../src/inference/check/sample-voice.ts";
import { forgetVerdicts } from "../../src/inference/check/verdicts.ts";
import { outputsDifference } from "../../src/inference/check/checked-model.ts";
import { findGpu } from "../../src/inference/gpu.ts";
import { createRuntime, type Runtime } from "../../src/inference/runtime.ts";
import { cropFace } from "../../src/lip-models/frames/face-crop.ts";
import { generatorTrial } from "../../src/lip-models/generator-trial.ts";
import { summariseOnnx } from "../../src/lip-models/manifest/onnx-summary.ts";
import { proposeManifest } from "../../src/lip-models/manifest/propose-manifest.ts";
import { createLipModelSession } from "../../src/lip-models/lip-model-session.ts";

const gpu = await findGpu();
const SIZE = 48;

const runtimes = new Map<"webgpu" | "wasm", Promise<Runtime>>();
function on(backend: "webgpu" | "wasm"): Promise<Runtime> {
  const runtime = runtimes.get(backend) ?? createRuntime({ backend, threads: 1 });
  runtimes.set(backend, runtime);
  return runtime;
}
afterAll(async () => {
  for (const runtime of runtimes.values()) await (await runtime).dispose();
});
beforeEach(forgetVerdicts);

const square = (image: RgbaImage, side: number) =>
  cropFace(image, { centreX: 96, centreY: 100, width: side, height: side, angle: 0 }, SIZE);

/** Paints one real frame through a session on a backend, as a job does. */
async function generate(net: Uint8Array<ArrayBuffer>, backend: "webgpu" | "wasm", batch = 3) {
  const runtime = await on(backend);
  const session = createLipModelSession(() => Promise.resolve(runtime));
  const file = new Blob([net]);
  await session.openModel({ file, manifest: null, licenceAccepted: true });
  await session.analyseWithModel([sampleVoice()]);
  const sample = await sampleFace();
  const orders = Array.from({ length: batch }, (_, i) => ({
    face: square(sample, 150),
    reference: square(sample, 110),
    voice: 0,
    column: 20 + 8 * i,
  }));
  const faces = await session.inferFaces(orders);
  const notes = (await session.lipModelNotes()).map(({ code }) => code);
  return { faces, reference: orders[0]!.reference, notes, session, file };
}

const apart = (a: readonly RgbaImage[], b: readonly RgbaImage[]) =>
  Math.max(...a.flatMap(({ data }, i) => Array.from(data, (value, at) => Math.abs(value - b[i]!.data[at]!))));

describe.skipIf(gpu === undefined)(`on WebGPU${gpu === undefined ? " (skipped: no adapter)" : ""}`, () => {
  test.each([
    ["a six-channel face, kernel 7", copyNet()],
    ["kernel 3, weights in a Constant node", copyNet({ kernel: 3, weights: "constant" })],
    ["operators of version 9", copyNet({ opset: 9 })],
    ["convolutions of 9 and 15 channels", oddChannelsNet()],
  ] as const)("mended: %s; it stays on the device and generates what wasm generates", async (_, net) => {
    const device = await generate(net, "webgpu");
    const wasm = await generate(net, "wasm");
    expect(device.notes).toEqual([]);
    expect(apart(device.faces, wasm.faces)).toBeLessThanOrEqual(1);
  });

  test("the copying net shows its reference, in the colours that went in", async () => {
    const { faces, reference } = await generate(copyNet(), "webgpu", 1);
    const brighter = reference.data.map((value, i) => (i % 4 === 3 ? 0 : faces[0]!.data[i]! - value));
    // All of the picture is brighter by one amount, the mel's.
    const middle = brighter.filter((_, i) => i % 4 !== 3 && reference.data[i]! < 120);
    expect(Math.max(...middle) - Math.min(...middle)).toBeLessThanOrEqual(2);
  });

  test.each([
    ["refused at the first run", antialiasNet(), "model/device-refused"],
    ["an empty lower part", channelsLastResizeNet(), "model/device-differs"],
    ["a normalisation far from zero", farNormNet(), "model/device-differs"],
    ["a Relu that is left out before a Sigmoid", twoActivationsNet(), "model/device-differs"],
    ...(gpu?.adapter.features.has("shader-f16")
      ? []
      : [
          [
            "half precision on a device without it",
            copyNet({ weights: "cast" }),
            "model/device-refused",
          ] as const,
        ]),
  ] as const)(
    "%s: it runs on the processor, told, and generates what wasm generates",
    async (_, net, code) => {
      const device = await generate(net, "webgpu");
      const wasm = await generate(net, "wasm");
      expect(device.notes).toEqual([code]);
      expect(wasm.notes).toEqual([]);
      expect(apart(device.faces, wasm.faces)).toBe(0);
    },
  );

  test("an inspection says where the model runs, and its self-test passes there", async () => {
    const runtime = await on("webgpu");
    const inspect = (net: Uint8Array<ArrayBuffer>) =>
      createLipModelSession(() => Promise.resolve(runtime)).inspectModel(new Blob([net]), null);
    const right = await inspect(copyNet());
    expect(right.selfTest?.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(right.warnings).toEqual([]);
    const refused = await inspect(antialiasNet());
    expect(refused.selfTest?.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(refused.warnings.map(({ code }) => code)).toEqual(["model/device-refused"]);
  });

  test("a model is compared once; the answer outlives the session", async () => {
    const runtime = await on("webgpu");
    const asked = vi.spyOn(runtime, "processor");
    for (const calls of [1, 1]) {
      const session = createLipModelSession(() => Promise.resolve(runtime));
      await session.openModel({ file: new Blob([copyNet()]), manifest: null, licenceAccepted: true });
      expect(asked).toHaveBeenCalledTimes(calls);
    }
    asked.mockRestore();
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names).toContain("dudak-device-checks");
  });

  test("the trial's frame shows the fault where nothing is mended", async () => {
    const net = copyNet();
    const { manifest } = proposeManifest(await summariseOnnx(new Blob([net])));
    const trial = await generatorTrial(manifest!, 2, false);
    const runtimeOnWasm = await on("wasm");
    const right = await trial.run(await runtimeOnWasm.loadFile(new Blob([net]), "net"), "processor");
    // What the provider does: channels 3 to 5 are read as 0 to 2.
    const wrong = await runtimeOnWasm.loadFile(new Blob([copyNet({ misread: true })]), "net");
    expect(outputsDifference(right, await trial.run(wrong, "processor"))).toBeGreaterThan(
      20 * trial.tolerance,
    );
  });
});

test("the self-test fails a model that does not show its reference", async () => {
  const session = createLipModelSession(() => on("wasm"));
  const { selfTest } = await session.inspectModel(new Blob([copyNet({ misread: true })]), null);
  expect(selfTest?.checks.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual([
    "shows the reference",
  ]);
});
