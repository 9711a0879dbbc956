import { output as detectorFull } from "../../models/face/face-detector-full.json";
import { output as detectorShort } from "../../models/face/face-detector-short.json";
import { output as geometry } from "../../models/face/face-geometry.json";
import { output as meshAttention } from "../../models/face/face-mesh-attention.json";
import { output as matte } from "../../models/face/person-matte.json";
import { bytes as rigBytes, sha256 as rigSha256 } from "../../models/rig/manifest.json";
import { bytes as sampleBytes, sha256 as sampleSha256 } from "../../models/sample/face.json";
import { output as mouth } from "../../models/speech/manifest.json";

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
    ...detectorShort,
  },
  "face-detector-full": {
    url: new URL("../../models/built/face-detector-full.onnx", import.meta.url).href,
    ...detectorFull,
  },
  "face-mesh-attention": {
    url: new URL("../../models/built/face-mesh-attention.onnx", import.meta.url).href,
    ...meshAttention,
  },
  "person-matte": {
    url: new URL("../../models/built/person-matte.onnx", import.meta.url).href,
    ...matte,
  },
  mouth: { url: new URL("../../models/speech/mouth.onnx", import.meta.url).href, ...mouth },
} as const satisfies Record<string, Asset>;

/** Files that are no models. */
const DATA = {
  "face-geometry": {
    url: new URL("../../models/built/face-geometry.bin", import.meta.url).href,
    ...geometry,
  },
  "sample-face": {
    url: new URL("../../models/sample/face.jpg", import.meta.url).href,
    bytes: sampleBytes,
    sha256: sampleSha256,
  },
  rig: { url: new URL("../../models/rig/rig.bin", import.meta.url).href, bytes: rigBytes, sha256: rigSha256 },
} as const satisfies Record<string, Asset>;

/** A model that ships with the project. */
export type ModelName = keyof typeof MODELS;
/** Any file that ships with the project and is fetched at run time. */
export type AssetName = ModelName | keyof typeof DATA;

/** Names of all models that ship with the project. */
export const MODEL_NAMES = Object.keys(MODELS) as readonly ModelName[];

/** All files by name. */
export const ASSETS: Readonly<Record<AssetName, Asset>> = { ...MODELS, ...DATA };
