import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compiledKernels } from "../../../tools/kernels/compile-kernels.ts";
import { createRandom } from "../random.ts";
import { sha256Hex } from "../sha256.ts";
import { doublingKernelsOn } from "../../render/raster/doubling-kernels.ts";
import { i420KernelsOn, writeI420Constants } from "../../media/planes/i420-kernels.ts";
import { scalingKernelsOn } from "../../media/planes/plane-scaler.ts";
import { writeYuvConstants, yuvKernelsOn } from "../../media/planes/yuv-kernels.ts";

const [FIRST, SECOND, THIRD, FOURTH, OUT] = [4096, 70_000, 140_000, 210_000, 300_000] as const;

/** Half a megabyte of noise. */
function noise(): WebAssembly.Memory {
  const memory = new WebAssembly.Memory({ initial: 8 });
  const bytes = new Uint8Array(memory.buffer);
  const random = createRandom(1);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 256 * random();
  return memory;
}

const hashOf = async (memory: WebAssembly.Memory) => (await sha256Hex(memory.buffer)).slice(0, 24);

test("what is compiled is what the source says", async () => {
  expect(readFileSync(new URL("./compiled.ts", import.meta.url), "utf8")).toBe(await compiledKernels());
});

// The hashes are those of the kernels before, which TypeScript assembled instruction by instruction.
test("rows become pixels with the bits of the kernels before", async () => {
  const memory = noise();
  writeYuvConstants(memory, 0, {
    y: 9539,
    redV: 14_686,
    greenU: -1747,
    greenV: -4366,
    blueU: 17_305,
    add: [-2_028_335, 632_064, -2_363_567],
  });
  const kernels = yuvKernelsOn(memory);
  for (const width of [1, 15, 16, 17, 361, 1280]) {
    kernels.fullRow(FIRST, SECOND + 3, THIRD + 5, 0, OUT + width, width);
    kernels.halfRow(FIRST, SECOND, THIRD, 0, OUT + 60_000 + width, width);
  }
  expect(await hashOf(memory)).toBe("3a6f1671e8174ada57dd7a59");
});

test("pixels become planes with the bits of the kernels before", async () => {
  const memory = noise();
  writeI420Constants(memory, 0, {
    luma: [5983, 20_127, 2032],
    black: 16,
    u: [-6599, -22_185, 28_784],
    v: [28_784, -26_145, -2639],
  });
  const kernels = i420KernelsOn(memory);
  for (const width of [2, 6, 16, 18, 34, 480]) {
    kernels.lumaRow(FIRST, OUT + width, 0, width);
    kernels.chromaRow(SECOND, THIRD, OUT + 20_000 + width, OUT + 40_000 + width, 0, width);
  }
  expect(await hashOf(memory)).toBe("8c6375675d2a92f92813d3e8");
});

test("pictures are doubled with the bits of the kernels before", async () => {
  const memory = noise();
  const kernels = doublingKernelsOn(memory);
  for (const pixels of [1, 3, 4, 9, 250]) {
    kernels.widen(FIRST, OUT + pixels, pixels);
    kernels.between(FIRST, SECOND, THIRD, FOURTH, OUT + 20_000 + pixels, 8 * pixels);
  }
  expect(await hashOf(memory)).toBe("c013e2d53e05c84d4bd0cfd0");
});

test("planes are scaled with the bits of the kernels before", async () => {
  const memory = noise();
  const random = createRandom(2);
  const weights = new Int16Array(memory.buffer, 0, 2048);
  for (let i = 0; i < weights.length; i++) weights[i] = 9000 * random() - 2000;
  const starts = new Int32Array(memory.buffer, OUT + 100_000, 64);
  for (let i = 0; i < starts.length; i++) starts[i] = OUT + 6 * i;
  const kernels = scalingKernelsOn(memory);
  for (const count of [2, 6, 14]) {
    kernels.mixRows(FIRST, 640, 0, count, OUT, 640);
    kernels.filterRow(starts.byteOffset, 0, 8 * Math.ceil(count / 8), OUT + 20_000 + 100 * count, 53);
  }
  expect(await hashOf(memory)).toBe("67bb0076bc83afc89e7ce4ec");
});
