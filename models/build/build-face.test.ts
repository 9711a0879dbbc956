import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { readGeometry } from "../../src/vision/landmarks/geometry.ts";
import { BUILT, buildFaceModels, convert, readManifests, readSource } from "./build-face.ts";
import { sha256, type Manifest } from "./manifest.ts";
import { readTflite } from "./tflite.ts";

const manifests = readManifests().map(({ manifest }) => manifest);
const byName = (name: string): Manifest => manifests.find((manifest) => manifest.name === name)!;

beforeAll(() => {
  buildFaceModels();
});

test.each(manifests)("$name is converted to the bytes that its manifest promises", (manifest) => {
  const bytes = convert(manifest, readSource(manifest));
  expect(bytes.length).toBe(manifest.output.bytes);
  expect(sha256(bytes)).toBe(manifest.output.sha256);
});

test("a second build writes nothing", () => {
  const times = () => manifests.map(({ output }) => statSync(join(BUILT, output.file)).mtimeMs);
  const before = times();
  expect(before).toHaveLength(5);
  expect(buildFaceModels()).toEqual([]);
  expect(times()).toEqual(before);
  expect(existsSync(join(BUILT, "face-mesh-attention.onnx.tmp"))).toBe(false);
});

test("another source, version or package is refused by name", () => {
  const mesh = byName("face-mesh-attention");
  const source = (changes: Partial<Manifest["source"]>) => () =>
    readSource({ ...mesh, source: { ...mesh.source, ...changes } });
  expect(source({ range: [0, 1000] })).toThrow(/SHA-256/);
  expect(source({ version: "0.0.1" })).toThrow(/npm ci/);
  expect(source({ package: "@mediapipe/absent" })).toThrow(/npm install/);
});

test("bytes that are no TensorFlow Lite model are refused", () => {
  expect(() => readTflite(new Uint8Array(64))).toThrow(/TFL3/);
});

test("each manifest names an Apache-2.0 source and says how pixels become its input", () => {
  for (const { source, name, normalisation } of manifests) {
    expect(source.licence, name).toBe("Apache-2.0");
    if (name !== "face-geometry") expect(normalisation, name).toContain("/");
  }
});

test("the canonical face is a symmetric head of 468 vertices in centimetres with its nose in front", () => {
  const bytes = new Uint8Array(readFileSync(join(BUILT, "face-geometry.bin")));
  const { positions, uvs, triangles, stable, stableWeights } = readGeometry(bytes);
  expect([positions.length, uvs.length, triangles.length]).toEqual([468 * 3, 468 * 2, 898 * 3]);
  expect(Math.max(...triangles, ...stable)).toBe(467);
  expect(Math.min(...uvs)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...uvs)).toBeLessThanOrEqual(1);
  expect(Math.min(...stableWeights)).toBeGreaterThan(0);
  const z = Array.from({ length: 468 }, (_, i) => positions[3 * i + 2]!);
  expect([1, 4]).toContain(z.indexOf(Math.max(...z)));
  // Middles of the eyes' corners are 6.30 cm apart.
  const eye = (a: number, b: number) => (positions[3 * a]! + positions[3 * b]!) / 2;
  expect(eye(263, 362) - eye(33, 133)).toBeCloseTo(6.3, 1);
  expect(positions[3 * 61]! + positions[3 * 291]!).toBeCloseTo(0, 2);
});
