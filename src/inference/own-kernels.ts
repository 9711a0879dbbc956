import type { ModelName } from "./model-registry.ts";

/** Models that our own kernels run on the processor, twice as fast as onnxruntime; see decision 18. */
export const OWN_KERNELS: ReadonlySet<ModelName> = new Set(["face-mesh-attention"]);
