import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readRig } from "../../../tests/fixtures/painted-face.ts";
import { REST_POSE } from "../../core/mouth.ts";
import { shapeOfMouth } from "./mouth-shapes.ts";
import { CANONICAL_IOD_CM, loadRig } from "./rig.ts";

const rigBytes = readFileSync(new URL("../../../models/rig/rig.bin", import.meta.url));
const geometryBytes = readFileSync(new URL("../../../models/built/face-geometry.bin", import.meta.url));

test("the rig holds the canonical face and moves its parts the right way", () => {
  const { vertices, triangles, deltas, upperTeeth, tongue } = readRig();
  expect(vertices.length).toBe(468 * 3);
  expect(triangles.length).toBe(898 * 3);
  const eye = (a: number, b: number) => (vertices[a * 3]! + vertices[b * 3]!) / 2;
  expect(Math.abs(eye(33, 133) - eye(263, 362))).toBeCloseTo(CANONICAL_IOD_CM, 2);
  // y runs down: the jaw lowers chin and lower lip, and leaves upper lip and brows.
  const down = (name: keyof typeof deltas, v: number) => deltas[name][v * 3 + 1]! / CANONICAL_IOD_CM;
  expect(down("jaw", 14)).toBeGreaterThan(0.4);
  expect(down("jaw", 152)).toBeGreaterThan(0.3);
  expect(Math.abs(down("jaw", 13))).toBeLessThan(0.08);
  expect(Math.abs(down("jaw", 105))).toBeLessThan(0.01);
  expect(down("upper", 13)).toBeLessThan(-0.08);
  expect(down("browUp", 105)).toBeLessThan(-0.05);
  // Smiling and puckering move the two corners apart and together, equally on both sides.
  expect(deltas.smile[61 * 3]!).toBeLessThan(0);
  expect(deltas.smile[291 * 3]!).toBeCloseTo(-deltas.smile[61 * 3]!, 2);
  expect(deltas.pucker[61 * 3]!).toBeGreaterThan(0);
  // Teeth lie behind the lips, the tongue follows the jaw.
  expect(upperTeeth.positions.some((z, i) => i % 3 === 2 && z < vertices[13 * 3 + 2]!)).toBe(false);
  expect(tongue.jaw!.some((y, i) => i % 3 === 1 && y > 0.5)).toBe(true);
});

test("broken files of the rig end with model/integrity", () => {
  const refused = expect.objectContaining({ code: "model/integrity" });
  expect(() => loadRig(rigBytes.subarray(0, 20_000), geometryBytes)).toThrow(refused);
  expect(() => loadRig(new Uint8Array(4), geometryBytes)).toThrow(refused);
  expect(() => loadRig(rigBytes, geometryBytes.subarray(0, 3000))).toThrow(refused);
  expect(() => loadRig(geometryBytes, rigBytes)).toThrow(refused);
});

test("the mouth at rest asks nothing of the rig", () => {
  const { controls, round, unsmile, tongue } = shapeOfMouth(REST_POSE);
  expect(Object.values(controls).every((weight) => weight === 0)).toBe(true);
  expect([round, unsmile, tongue]).toEqual([0, 0, 0]);
});

test("weights stay within what the rig was made for, in all corners of the articulators", () => {
  const names = Object.keys(REST_POSE) as (keyof typeof REST_POSE)[];
  for (let corner = 0; corner < 2 ** names.length; corner++) {
    const pose = Object.fromEntries(names.map((name, k) => [name, (corner >> k) & 1])) as typeof REST_POSE;
    const { controls, round, unsmile } = shapeOfMouth(pose);
    for (const weight of [...Object.values(controls), round, unsmile]) {
      expect(Math.abs(weight)).toBeLessThanOrEqual(1);
      expect(Number.isFinite(weight)).toBe(true);
    }
  }
});
