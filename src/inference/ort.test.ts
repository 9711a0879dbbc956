import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ORT_FILES } from "./ort.ts";

test.each([
  ["wasm", "ort-wasm-simd-threaded.wasm"],
  ["jspi", "ort-wasm-simd-threaded.jspi.wasm"],
  ["asyncify", "ort-wasm-simd-threaded.asyncify.wasm"],
] as const)("%s is as large as the installed package's", (build, file) => {
  const path = fileURLToPath(import.meta.resolve(`onnxruntime-web/${file}`));
  expect(ORT_FILES[build].bytes).toBe(statSync(path).size);
});
