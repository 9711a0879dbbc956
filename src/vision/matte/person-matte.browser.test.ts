import { afterAll, beforeAll, expect, test } from "vitest";
import portraitUrl from "../../../tests/fixtures/portrait.jpg?url";
import { decodePicture } from "../../../tests/browser/shared-media.ts";
import { createRuntime, type Runtime } from "../../inference/runtime.ts";
import { createMatteReader } from "./person-matte.ts";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createRuntime({ backend: "wasm", threads: 1 });
});
afterAll(() => runtime.dispose());

test("a portrait's face and shoulders are a person, the corners above are none", async () => {
  const image = await decodePicture(portraitUrl);
  const { width, height, data } = await (await createMatteReader(runtime)).read(image);
  const at = (x: number, y: number) => data[Math.floor(y * height) * width + Math.floor(x * width)]!;
  expect(at(0.5, 0.45)).toBeGreaterThan(250);
  expect(at(0.5, 0.95)).toBeGreaterThan(250);
  expect(at(0.03, 0.03)).toBeLessThan(5);
  expect(at(0.97, 0.03)).toBeLessThan(5);
  const people = data.reduce((sum, value) => sum + value, 0) / 255 / data.length;
  expect(people).toBeGreaterThan(0.2);
  expect(people).toBeLessThan(0.8);
});
