import { expect, test } from "vitest";
import { chooseBackend } from "./choose-backend.ts";
import { wasmThreads } from "./wasm-threads.ts";

const real = { name: "nvidia ampere", software: false };
const emulated = { name: "google swiftshader", software: true };
const facts = { isolated: true, cores: 8 };

test("a real adapter is used, an emulated one is not", () => {
  expect(chooseBackend({ ...facts, gpu: real })).toMatchObject({
    backend: "webgpu",
    adapter: "nvidia ampere",
  });
  expect(chooseBackend({ ...facts, gpu: emulated })).toMatchObject({ backend: "wasm", threads: 4 });
  expect(chooseBackend({ ...facts, gpu: undefined })).toMatchObject({ backend: "wasm", threads: 4 });
});

test("the user's wish overrides the choice, except for WebGPU without an adapter", () => {
  expect(chooseBackend({ ...facts, gpu: real }, "wasm").backend).toBe("wasm");
  expect(chooseBackend({ ...facts, gpu: emulated }, "webgpu").backend).toBe("webgpu");
  expect(chooseBackend({ ...facts, gpu: undefined }, "webgpu").backend).toBe("wasm");
});

test("threads are half of the cores, at most four, and one without isolation", () => {
  expect([1, 2, 3, 4, 6, 8, 32].map((cores) => wasmThreads(true, cores))).toEqual([1, 1, 2, 2, 3, 4, 4]);
  expect(wasmThreads(false, 16)).toBe(1);
});
