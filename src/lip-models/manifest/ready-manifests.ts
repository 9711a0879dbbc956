import wav2lip256 from "../../../models/lip-models/wav2lip-256.json";
import wav2lip288 from "../../../models/lip-models/wav2lip-288.json";
import wav2lip384 from "../../../models/lip-models/wav2lip-384.json";
import wav2lip96Htk from "../../../models/lip-models/wav2lip-96-htk.json";
import wav2lip96Nhwc from "../../../models/lip-models/wav2lip-96-nhwc.json";
import wav2lip96ReferenceFirst from "../../../models/lip-models/wav2lip-96-reference-first.json";
import wav2lip96Rgb from "../../../models/lip-models/wav2lip-96-rgb.json";
import wav2lip96 from "../../../models/lip-models/wav2lip-96.json";
import { EngineError } from "../../job/errors.ts";
import { parseManifest, type LipFramesManifest, type MelFeatures } from "./manifest.ts";

function lipFrames(value: unknown): LipFramesManifest {
  const manifest = parseManifest(value);
  if (manifest.role !== "lip-frames") {
    throw new EngineError("internal/bug", `The manifest ${manifest.id} describes another kind of model.`);
  }
  return manifest;
}

/** Manifests that come with the engine; each fits any file of its shapes. */
export const READY_MANIFESTS: readonly LipFramesManifest[] = [
  wav2lip96,
  wav2lip96Rgb,
  wav2lip96ReferenceFirst,
  wav2lip96Nhwc,
  wav2lip96Htk,
  wav2lip256,
  wav2lip288,
  wav2lip384,
].map(lipFrames);

/** The mel features that the Wav2Lip family was trained on. */
export const WAV2LIP_MEL: MelFeatures = READY_MANIFESTS[0]!.audio;

/**
 * A manifest that comes with the engine, by its id.
 * @throws EngineError `model/unsupported` that lists the ids.
 */
export function readyManifest(id: string): LipFramesManifest {
  const found = READY_MANIFESTS.find((manifest) => manifest.id === id);
  if (found) return found;
  const ids = READY_MANIFESTS.map((manifest) => manifest.id).join(", ");
  throw new EngineError("model/unsupported", `There is no ready manifest "${id}"; known are ${ids}.`);
}
