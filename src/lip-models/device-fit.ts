import { EngineError } from "../job/errors.ts";
import type { Backend } from "../job/job.ts";
import type { LipFramesManifest } from "./manifest/manifest.ts";
import type { OnnxSummary } from "./manifest/onnx-summary.ts";

/** What the machine offers to a model, in bytes where no other unit is named. */
export interface DeviceLimits {
  /** Memory of the machine, where the browser tells. */
  readonly deviceBytes: number | undefined;
  /** Largest buffer that the GPU binds; undefined on wasm. */
  readonly largestBufferBytes: number | undefined;
  /** Whether shaders compute in half precision; undefined on wasm, which widens. */
  readonly halfPrecision: boolean | undefined;
}

/** No file above this is opened: a browser's typed arrays and onnxruntime's 4 GB address space do not hold more. */
export const MAX_MODEL_BYTES = 2 * 1024 ** 3;
/** WebAssembly ends at 4 GB; some of it is the engine itself. */
const WASM_BYTES = 3.2 * 1024 ** 3;
/** Taken when the browser does not tell the machine's memory. */
const CAUTIOUS_BYTES = 2 * 1024 ** 3;
/** Feature maps of full size that are alive at once in generators of this family, in channels of float32. */
const LIVE_CHANNELS = 320;
const MAX_SIZE_TEXT = "2 GB";

const giga = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GB`;

/** Copies of the weights that live at once while onnxruntime opens a model: as parsed, as tensors, as rearranged. */
const WEIGHT_COPIES = { wasm: 3, webgpu: 2 } as const;

/**
 * Peak memory in bytes that opening and running a model takes: the file here and in onnxruntime's memory, copies of its
 * weights (16-bit ones widened where the processor computes), and feature maps for a batch. Measured on wasm with the
 * 36 million weights of Wav2Lip (`npm run bench -- --plugin`): 1.02 GB for the whole tab, of which 0.82 GB are these.
 */
export function estimateMemory(
  summary: OnnxSummary,
  manifest: LipFramesManifest,
  batch: number,
  backend: Backend,
): number {
  const weights = Object.values(summary.weightBytes).reduce((sum, bytes) => sum + bytes, 0);
  const widened = backend === "wasm" ? weights + (summary.weightBytes["float16"] ?? 0) : weights;
  const maps = batch * manifest.size ** 2 * LIVE_CHANNELS * 4;
  return summary.fileBytes * 2 + widened * WEIGHT_COPIES[backend] + maps;
}

/**
 * The largest batch that fits, at most the manifest's.
 * @throws EngineError `device/memory` when not even one frame fits, `device/backend` when the graphics device lacks
 * half precision and the model needs it; both before anything is loaded.
 */
export function fitBatch(
  summary: OnnxSummary,
  manifest: LipFramesManifest,
  backend: Backend,
  limits: DeviceLimits,
): number {
  if (summary.fileBytes > MAX_MODEL_BYTES) throw tooLarge(summary.fileBytes);
  if (limits.largestBufferBytes !== undefined && summary.largestWeightBytes > limits.largestBufferBytes) {
    throw new EngineError(
      "device/memory",
      `One tensor of the model has ${giga(summary.largestWeightBytes)}, and this graphics device binds ${giga(limits.largestBufferBytes)} at most. Choose the WebAssembly backend.`,
    );
  }
  if (limits.halfPrecision === false && (summary.weightBytes["float16"] ?? 0) > 0) {
    throw new EngineError(
      "device/backend",
      "The model is a half-precision export, which this graphics device does not compute. Choose the WebAssembly backend or a float32 export.",
    );
  }
  const budget = Math.min(
    WASM_BYTES,
    limits.deviceBytes === undefined ? CAUTIOUS_BYTES : limits.deviceBytes / 2,
  );
  const fixed = typeof manifest.inputs[1].dims[0] === "number";
  for (let batch = manifest.batch.max; batch >= 1; batch = fixed ? 0 : Math.floor(batch / 2)) {
    if (estimateMemory(summary, manifest, batch, backend) <= budget) return batch;
  }
  const least = estimateMemory(summary, manifest, fixed ? manifest.batch.max : 1, backend);
  throw new EngineError(
    "device/memory",
    `The model needs about ${giga(least)} and this device offers about ${giga(budget)}. Use a half-precision or 8-bit export, a smaller variant, or a machine with more memory.`,
  );
}

/** The refusal of a file that no browser can open. */
export function tooLarge(bytes: number): EngineError {
  return new EngineError(
    "model/unsupported",
    `The model has ${giga(bytes)}; a browser opens files up to ${MAX_SIZE_TEXT}. Use a half-precision or 8-bit export or a smaller variant.`,
  );
}
