import { expect, test } from "vitest";
import { OnnxGraph, type Size } from "../../../models/build/onnx.ts";
import { paintNet } from "../../../models/lip-models/test-nets.ts";
import { wav2lipNet } from "../../../models/lip-models/wav2lip-net.ts";
import { parseManifest } from "./manifest.ts";
import { summariseOnnx } from "./onnx-summary.ts";
import { proposeManifest } from "./propose-manifest.ts";

const propose = async (bytes: Uint8Array<ArrayBuffer>) =>
  proposeManifest(await summariseOnnx(new Blob([bytes])));

/** A graph with the given inputs whose output repeats the first. */
function shaped(
  inputs: Readonly<Record<string, readonly Size[]>>,
  output: readonly Size[],
): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph("shaped");
  const names = Object.entries(inputs).map(([name, dims]) => graph.input(name, dims));
  graph.openOutput("result", names[0]!, output);
  return new Uint8Array(graph.serialise("tests"));
}

test("a Wav2Lip graph gets the manifest of its size, whatever its ports are called", async () => {
  const names: readonly [string, string, string][] = [
    ["mel_spectrogram", "video_frames", "predicted_frames"],
    ["source", "target", "output"],
    ["mel", "image", "384"],
    ["audio", "images", "y"],
  ];
  for (const given of names) {
    const { manifest, problems } = await propose(paintNet({ size: 96, names: given }));
    expect(problems).toEqual([]);
    expect(manifest).toMatchObject({
      id: "wav2lip-96",
      size: 96,
      inputs: [{ name: given[0] }, { name: given[1] }],
    });
  }
  expect((await propose(wav2lipNet(16))).manifest?.id).toBe("wav2lip-96");
  for (const size of [256, 288, 384]) {
    expect((await propose(paintNet({ size }))).manifest?.id).toBe(`wav2lip-${size}`);
  }
});

test("layout, order of the mel, element type and fixed batch are read from the graph", async () => {
  const { manifest } = await propose(
    paintNet({ layout: "NHWC", audioOrder: "columns-bands", element: "float16", batch: 4, size: 128 }),
  );
  expect(manifest).toMatchObject({
    id: "wav2lip-128",
    inputs: [
      { order: "columns-bands", dtype: "float16", dims: [4, 1, 16, 80] },
      { layout: "NHWC", dims: [4, 128, 128, 6] },
    ],
    output: { layout: "NHWC", dtype: "float16" },
    batch: { max: 4 },
  });
});

test("every proposal is a valid manifest", async () => {
  for (const net of [paintNet(), paintNet({ layout: "NHWC", batch: 2 }), paintNet({ size: 384 })]) {
    const { manifest } = await propose(net);
    expect(parseManifest(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest);
  }
});

test("models with another contract are refused with the reason", async () => {
  const cases: readonly [Uint8Array<ArrayBuffer>, string][] = [
    [shaped({ latents: ["b", 8, 32, 32], speech: ["b", 50, 384] }, ["b", 4, 32, 32]), "stranger/musetalk"],
    [
      shaped({ a: ["b", 3, 416, 320], b: ["b", 15, 416, 320], c: ["b", 29, 5] }, ["b", 3, 416, 320]),
      "stranger/dinet",
    ],
    [shaped({ image: [1, 6, 160, 160], audio: [1, 16, 32, 32] }, [1, 3, 160, 160]), "stranger/ultralight"],
    [shaped({ face: ["b", 15, 48, 96], mel: ["b", 1, 80, 16] }, ["b", 512]), "stranger/syncnet"],
    [
      shaped({ mel: ["b", 5, 1, 80, 16], face: ["b", 6, 5, 96, 96] }, ["b", 3, 5, 96, 96]),
      "stranger/training",
    ],
    [shaped({ x: ["b", 3, 224, 224] }, ["b", 1000]), "lacks/sound"],
    [
      shaped({ mel: ["b", 1, 80, 16], face: ["b", 6, 96, 96], id: ["b", 64] }, ["b", 3, 96, 96]),
      "unfit/more-inputs",
    ],
  ];
  for (const [net, reason] of cases) {
    const { manifest, problems } = await propose(net);
    expect(manifest).toBeNull();
    expect(problems.map(({ code }) => code)).toContain(reason);
  }
});
