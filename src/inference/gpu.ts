/// <reference types="@webgpu/types" />

/** Adapters that compute on the CPU; wasm is faster there. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|lavapipe|basic render|warp\b/i;

/** What was learned about the machine's GPU. */
export interface GpuFacts {
  readonly adapter: GPUAdapter;
  /** Name to show the user. */
  readonly name: string;
  /** Whether it is an emulation on the CPU. */
  readonly software: boolean;
}

/** The machine's preferred WebGPU adapter, undefined without one or when the browser refuses. */
export async function findGpu(): Promise<GpuFacts | undefined> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  if (gpu === undefined) return undefined;
  let adapter: GPUAdapter | null;
  try {
    adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  } catch {
    return undefined;
  }
  if (adapter === null) return undefined;
  const { info } = adapter;
  const name =
    [info.description || info.device, info.vendor, info.architecture]
      .filter((part, index, all) => part !== "" && all.indexOf(part) === index)
      .join(" ") || "unnamed adapter";
  return { adapter, name, software: info.isFallbackAdapter || SOFTWARE.test(name) };
}

/** Limits that onnxruntime's kernels use up to what the adapter offers. */
const RAISED_LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBuffersPerShaderStage",
] as const satisfies readonly (keyof GPUSupportedLimits)[];

const USEFUL_FEATURES = ["shader-f16", "subgroups"] as const satisfies readonly GPUFeatureName[];

/** A device with everything of the adapter that onnxruntime can use. */
export function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  return adapter.requestDevice({
    requiredFeatures: USEFUL_FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(RAISED_LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });
}
