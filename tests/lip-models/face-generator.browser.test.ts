import docs from "../../docs/model-manifest.md?raw";
import { OnnxGraph } from "../../models/build/onnx.ts";
import { afterAll, describe, expect, test } from "vitest";
import { PAINTED_COLUMNS, paintNet, type PaintNetOptions } from "../../models/lip-models/test-nets.ts";
import { wav2lipNet } from "../../models/lip-models/wav2lip-net.ts";
import { createImage, type RgbaImage } from "../../src/core/image.ts";
import type { Backend } from "../../src/job/job.ts";
import { createRuntime, type Runtime } from "../../src/inference/runtime.ts";
import { openFaceGenerator, type FaceGenerator } from "../../src/lip-models/face-generator.ts";
import { parseManifest, type LipFramesManifest } from "../../src/lip-models/manifest/manifest.ts";
import type { MelSpectrogram } from "../../src/lip-models/frames/mel.ts";
import { summariseOnnx } from "../../src/lip-models/manifest/onnx-summary.ts";
import { proposeManifest } from "../../src/lip-models/manifest/propose-manifest.ts";
import { selfTest } from "../../src/lip-models/self-test.ts";

const runtimes = new Map<Backend, Promise<Runtime>>();
function runtimeOf(backend: Backend): Promise<Runtime> {
  const runtime = runtimes.get(backend) ?? createRuntime({ backend, threads: 1 });
  runtimes.set(backend, runtime);
  return runtime;
}
afterAll(async () => {
  for (const runtime of runtimes.values()) await (await runtime).dispose();
});

async function open(
  net: Uint8Array<ArrayBuffer>,
  backend: Backend,
  change: (manifest: LipFramesManifest) => LipFramesManifest = (manifest) => manifest,
): Promise<FaceGenerator> {
  const { manifest, problems } = proposeManifest(await summariseOnnx(new Blob([net])));
  if (!manifest) throw new Error(problems.map(({ code }) => code).join());
  return openFaceGenerator(await runtimeOf(backend), new Blob([net]), change(manifest), 4);
}

/** A sound whose column `i` has the level `i % 17 / 2 - 4` in every band. */
const steps: MelSpectrogram = {
  columns: 200,
  bands: 80,
  data: Float32Array.from({ length: 200 * 80 }, (_, i) => (Math.floor(i / 80) % 17) / 2 - 4),
};

/** The level that a bar of the generated pattern shows, as a column modulo 17. */
const shownColumn = (level: number) => Math.round((level / 255) * 16);

function flat(size: number, colour: readonly [number, number, number]): RgbaImage {
  const image = createImage(size, size);
  for (let i = 0; i < size * size; i++) image.data.set([...colour, 255], i * 4);
  return image;
}

const pixel = ({ width, data }: RgbaImage, u: number, v: number) => {
  const at = (Math.floor(v * width) * width + Math.floor(u * width)) * 4;
  return [data[at]!, data[at + 1]!, data[at + 2]!] as const;
};

/** Checks that every part of the pattern stands where and in the colour in which the manifest says. */
async function checkPattern(generator: FaceGenerator): Promise<RgbaImage[]> {
  const { size, output } = generator.manifest;
  const face = flat(size, [200, 100, 50]);
  const reference = flat(size, [10, 220, 130]);
  const columns = [0, 5, 40, 77, 133, 184];
  const generated = await generator.generate(
    steps,
    columns.map((column) => ({ face, reference, column })),
  );
  const channels = output.colour === "BGR" ? [2, 1, 0] : [0, 1, 2];
  for (const [i, picture] of generated.entries()) {
    expect(near(pixel(picture, 0.3, 0.2), [200, 100, 50])).toBeLessThanOrEqual(2);
    expect(near(pixel(picture, 0.3, 0.95), [10, 220, 130])).toBeLessThanOrEqual(2);
    for (const [bar, offset] of PAINTED_COLUMNS.entries()) {
      const colour = pixel(picture, (bar + 0.5) / 3, 0.7);
      expect(shownColumn(colour[channels[bar]!]!)).toBe((columns[i]! + offset) % 17);
      expect(colour[channels[(bar + 1) % 3]!]).toBeLessThanOrEqual(1);
    }
  }
  return generated;
}

const near = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

const VARIANTS: readonly [string, PaintNetOptions, ((manifest: LipFramesManifest) => LipFramesManifest)?][] =
  [
    ["the usual layout", {}],
    ["channels last", { layout: "NHWC" }],
    ["columns before bands", { audioOrder: "columns-bands" }],
    ["a fixed batch of four", { batch: 4 }],
    ["half precision throughout", { element: "float16" }],
    ["8-bit weights and sums", { quantised: true }],
    [
      "RGB",
      {},
      (manifest) => ({
        ...manifest,
        inputs: [manifest.inputs[0], { ...manifest.inputs[1], colour: "RGB" }],
        output: { ...manifest.output, colour: "RGB" },
      }),
    ],
    [
      "the reference first",
      { first: "reference" },
      (manifest) => ({
        ...manifest,
        inputs: [manifest.inputs[0], { ...manifest.inputs[1], channels: ["reference", "masked"] }],
      }),
    ],
    [
      "values from −1 to 1",
      { range: [-1, 1] },
      (manifest) => ({
        ...manifest,
        inputs: [manifest.inputs[0], { ...manifest.inputs[1], range: [-1, 1] }],
        output: { ...manifest.output, range: [-1, 1] },
      }),
    ],
  ];

describe.each(["wasm", "webgpu"] as const)("on %s", (backend) => {
  test.for(VARIANTS)(
    "an export with %s shows the right columns, colours and rows",
    async (variant, { skip }) => {
      const [, options, change] = variant;
      const { device } = await runtimeOf(backend);
      skip(
        options.element === "float16" && device?.features.has("shader-f16") === false,
        "this graphics device has no half precision; such files are refused, which device-fit.test.ts checks",
      );
      const generator = await open(paintNet(options), backend, change);
      await checkPattern(generator);
      await generator.release();
    },
  );
});

test("WebGPU and wasm agree within 2 of 255 on a whole Wav2Lip graph", async () => {
  const net = wav2lipNet(16);
  const pictures: RgbaImage[][] = [];
  for (const backend of ["wasm", "webgpu"] as const) {
    const generator = await open(net, backend);
    const face = flat(96, [200, 140, 110]);
    pictures.push(
      await generator.generate(steps, [
        { face, reference: face, column: 3 },
        { face, reference: face, column: 90 },
      ]),
    );
    await generator.release();
  }
  const [a, b] = pictures as [RgbaImage[], RgbaImage[]];
  let spread = 0;
  for (const [i, picture] of a.entries()) {
    const values = picture.data.filter((_, at) => at % 4 !== 3);
    spread = Math.max(spread, Math.max(...values) - Math.min(...values));
    expect(near([...picture.data], [...b[i]!.data])).toBeLessThanOrEqual(2);
  }
  // Random weights must not have driven the sigmoid flat, or the comparison would say nothing.
  expect(spread).toBeGreaterThan(20);
});

test("a batch generates the same as its frames one by one", async () => {
  const generator = await open(wav2lipNet(16), "wasm");
  const face = flat(96, [200, 140, 110]);
  const orders = [1, 20, 50, 90, 120].map((column) => ({ face, reference: face, column }));
  const together = await generator.generate(steps, orders);
  for (const [i, order] of orders.entries()) {
    const [alone] = await generator.generate(steps, [order]);
    expect(near([...alone!.data], [...together[i]!.data])).toBeLessThanOrEqual(1);
  }
  await generator.release();
});

test("the self-test passes a model that moves with the sound and says how fast it is", async () => {
  const generator = await open(paintNet({ size: 64 }), "wasm");
  const result = await selfTest(generator);
  expect(result.checks.filter((check) => !check.passed)).toEqual([]);
  expect(result.passed).toBe(true);
  expect(result.hints).toEqual([]);
  expect(result.msPerFrame).toBeGreaterThan(0);
  await generator.release();
});

test("the self-test names what is wrong: a deaf model, a wrong range, exchanged pictures", async () => {
  const failed = async (generator: FaceGenerator) => {
    const { checks, hints } = await selfTest(generator);
    await generator.release();
    return { failed: checks.filter((check) => !check.passed).map((check) => check.name), hints };
  };
  const wide = await open(paintNet({ range: [0, 255] }), "wasm");
  expect((await failed(wide)).failed).toContain("range");
  const deaf = await open(paintNet(), "wasm", (manifest) => ({
    ...manifest,
    audio: { ...manifest.audio, normalise: { minDb: -100, maxAbs: 1e-6 } },
  }));
  expect((await failed(deaf)).failed).toEqual(["moves with the sound"]);
  const exchanged = await open(paintNet({ first: "reference" }), "wasm");
  expect((await failed(exchanged)).hints.map(({ code }) => code)).toContain("hint/reference-first");
});

test("a manifest of another size is refused with the shapes of both", async () => {
  const { manifest } = proposeManifest(await summariseOnnx(new Blob([paintNet({ size: 64 })])));
  await expect(
    openFaceGenerator(await runtimeOf("wasm"), new Blob([paintNet({ size: 32 })]), manifest!, 1),
  ).rejects.toMatchObject({ code: "model/unsupported" });
});

test("a model of the documentation's other family runs with the manifest that stands there", async () => {
  const graph = new OnnxGraph("home");
  const speech = graph.input("speech", ["N", 1, 20, 64]);
  const face = graph.input("face", ["N", 128, 128, 3]);
  const loudness = graph.node("ReduceMean", [speech], { axes: [1, 2, 3], keepdims: 1 });
  const dimmed = graph.node("Mul", [graph.node("Add", [face, loudness]), graph.floats([0.5], [1, 1, 1, 1])]);
  graph.openOutput("generated", dimmed, ["N", 128, 128, 3]);
  const manifest = parseManifest(JSON.parse(/```json\n([\s\S]*?)\n```/.exec(docs)![1]!));
  if (manifest.role !== "lip-frames") throw new Error("the example has another role");
  const net = new Blob([graph.serialise("tests")]);
  const generator = await openFaceGenerator(await runtimeOf("wasm"), net, manifest, 4);
  const { checks, passed } = await selfTest(generator);
  expect(checks.filter((check) => !check.passed)).toEqual([]);
  expect(passed).toBe(true);
  await generator.release();
});
