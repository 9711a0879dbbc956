import detectorFull from "../../models/face/face-detector-full.json";
import detectorShort from "../../models/face/face-detector-short.json";
import geometry from "../../models/face/face-geometry.json";
import meshAttention from "../../models/face/face-mesh-attention.json";
import mesh from "../../models/face/face-mesh.json";

/** Where a file of ours lies and what it must be; `sha256` in hexadecimal. */
export interface Asset {
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** ONNX models; the URLs are written out so that Vite sees them. */
const MODELS = {
  "face-detector-short": {
    url: new URL("../../models/built/face-detector-short.onnx", import.meta.url).href,
    ...detectorShort.output,
  },
  "face-detector-full": {
    url: new URL("../../models/built/face-detector-full.onnx", import.meta.url).href,
    ...detectorFull.output,
  },
  "face-mesh": {
    url: new URL("../../models/built/face-mesh.onnx", import.meta.url).href,
    ...mesh.output,
  },
  "face-mesh-attention": {
    url: new URL("../../models/built/face-mesh-attention.onnx", import.meta.url).href,
    ...meshAttention.output,
  },
} as const satisfies Record<string, Asset>;

/** Files that are no models. */
const DATA = {
  "face-geometry": {
    url: new URL("../../models/built/face-geometry.bin", import.meta.url).href,
    ...geometry.output,
  },
} as const satisfies Record<string, Asset>;

/** A model that ships with the project. */
export type ModelName = keyof typeof MODELS;
/** Any file that ships with the project and is fetched at run time. */
export type AssetName = ModelName | keyof typeof DATA;

/** Names of all models that ship with the project. */
export const MODEL_NAMES = Object.keys(MODELS) as readonly ModelName[];

/** All files by name. */
export const ASSETS: Readonly<Record<AssetName, Asset>> = { ...MODELS, ...DATA };
