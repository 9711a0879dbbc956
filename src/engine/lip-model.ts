import { EngineError } from "../job/errors.ts";
import type { Backend } from "../job/job.ts";
import type { Warning } from "../job/warnings.ts";
import type { LipModelData, LipModelScene, PaintFaces } from "../worker-rpc/plugin-api.ts";
import { callback } from "../worker-rpc/rpc.ts";
import { toBlob } from "./media-input.ts";
import type { Workers } from "./workers.ts";

/** A lip-sync model for one job, in the place of the engine's own. */
export interface LipModelChoice {
  /** The .onnx file, or where it is; fetched only because it is named here. */
  readonly file?: Blob | URL | string;
  /** Id of a model in the model store, instead of `file`. */
  readonly installed?: string;
  /** A manifest, or the id of one that comes with the engine; absent, one is proposed from the file. */
  readonly manifest?: object | string;
  /** Accepts the licence that the manifest shows. */
  readonly acceptLicence?: boolean;
}

/**
 * A model as callers may name it.
 * @throws EngineError `input/fetch`, `model/load` for an id that is not installed, `model/unsupported` for an unknown manifest.
 */
export async function resolveLipModel(model: Blob | URL | LipModelChoice): Promise<LipModelData> {
  if (model instanceof Blob || model instanceof URL) return resolveLipModel({ file: model });
  const { file, installed, manifest, acceptLicence = false } = model;
  if (installed !== undefined) {
    const { createModelStore } = await import("../lip-models/model-store.ts");
    const stored = await (await createModelStore()).open(installed);
    return { ...stored, licenceAccepted: acceptLicence || stored.licenceAccepted };
  }
  if (file === undefined) {
    throw new EngineError("input/missing", "lipModel names neither a file nor an installed model.");
  }
  return {
    file: await toBlob(file, "lipModel.file"),
    manifest:
      typeof manifest === "string"
        ? (await import("../lip-models/ready-manifests.ts")).readyManifest(manifest)
        : (manifest ?? null),
    licenceAccepted: acceptLicence,
  };
}

/** A model that is open and will hear and paint for one job. */
export interface JobLipModel {
  /** Id of its manifest. */
  readonly id: string;
  readonly warnings: readonly Warning[];
  /** What is to be told at the end about where it ran. */
  notes(): Promise<readonly Warning[]>;
  /** Computes features of the voices and says what the renderer needs; the samples are copied. */
  hear(voices: readonly Float32Array[]): Promise<LipModelScene>;
  /** To be handed to the rendering worker. */
  readonly paint: PaintFaces;
}

/**
 * Opens a model in the inference worker of a backend, which must have been started.
 * @throws EngineError `model/…`, `device/…`.
 */
export async function openLipModel(
  model: LipModelData,
  workers: Workers,
  backend: Backend | undefined,
): Promise<JobLipModel> {
  const networks = () => workers.inference(backend);
  const { manifest, batch, warnings } = await networks().openModel(model);
  return {
    id: (manifest as { id: string }).id,
    warnings,
    notes: () => networks().lipModelNotes(),
    hear: async (voices) => ({
      manifest,
      batch,
      columns: await networks().hearWithModel(voices),
    }),
    paint: callback((orders) => networks().paintFaces(orders)),
  };
}
