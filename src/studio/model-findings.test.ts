import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { OnnxGraph, type Size } from "../../models/build/onnx.ts";
import { paintNet } from "../../models/lip-models/test-nets.ts";
import { summariseOnnx } from "../lip-models/manifest/onnx-summary.ts";
import { proposeManifest } from "../lip-models/manifest/propose-manifest.ts";
import { findingInTurkish } from "./model-findings.ts";

async function sentencesOf(graph: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const { understood, problems } = proposeManifest(await summariseOnnx(new Blob([graph])));
  return [...understood, ...problems];
}

function shaped(inputs: Readonly<Record<string, readonly Size[]>>, output: readonly Size[]) {
  const graph = new OnnxGraph("shaped");
  const names = Object.entries(inputs).map(([name, dims]) => graph.input(name, dims));
  graph.openOutput("result", names[0]!, output);
  return new Uint8Array(graph.serialise("tests"));
}

test("what is found out about a model is said in Turkish, its figures kept", async () => {
  const graphs = [
    paintNet({ size: 96 }),
    paintNet({ size: 128, layout: "NHWC", batch: 4 }),
    shaped({ mel: [1, 1, 80, 16], face: [1, 6, 96, 96], mood: [1, 8] }, [1, 3, 128, 128]),
    shaped({ picture: [1, 3, 64, 64] }, [1, 3, 64, 64]),
    shaped({ frames: [1, 6, 5, 96, 96] }, [1, 3, 5, 96, 96]),
  ];
  const sentences = (await Promise.all(graphs.map(sentencesOf))).flat();
  expect(sentences.length).toBeGreaterThan(20);
  expect(sentences.filter((sentence) => findingInTurkish(sentence) === undefined)).toEqual([]);
  expect(findingInTurkish("It takes 4 frames at a time.")).toBe("Bir seferde aldığı kare sayısı: 4.");
});

test("so are the findings of its trial, as they stand in the source", async () => {
  const source = await readFile(new URL("../lip-models/self-test.ts", import.meta.url), "utf8");
  const found = [...source.matchAll(/["`]((?:[A-Z]|\$\{)[^"`\n]*\.)["`]/g)].map(([, text]) =>
    text!.replaceAll(/\$\{[^}]*\}/g, "1"),
  );
  expect(found.length).toBeGreaterThan(6);
  expect(found.filter((sentence) => findingInTurkish(sentence) === undefined)).toEqual([]);
});
