import { EngineError } from "../job/errors.ts";
import type { LipModelSpec } from "../job/job-spec.ts";
import type { Backend } from "../job/job.ts";
import { tellFinding, tellWarning } from "../job/sentences/english.ts";
import type { Warning } from "../job/warnings.ts";
import type {
  InferFaces,
  LipModelData,
  LipModelInspection,
  LipModelScene,
} from "../worker-rpc/lip-model-api.ts";
import type * as Told from "./engine-types.ts";
import { proxy } from "../worker-rpc/rpc.ts";
import type { Workers } from "./workers/workers.ts";

/**
 * The model that a request names, its file at hand.
 * @throws EngineError `model/load` for an id that is not installed, `model/unsupported` for an unknown manifest,
 * `input/missing` when it names nothing.
 */
export async function resolveLipModel(model: LipModelSpec<Blob>): Promise<LipModelData> {
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
    file,
    manifest:
      typeof manifest === "string"
        ? (await import("../lip-models/manifest/ready-manifests.ts")).readyManifest(manifest)
        : (manifest ?? null),
    licenceAccepted: acceptLicence,
  };
}

/** An inspection with the sentences of what was found. */
export function tellInspection({ selfTest, ...found }: LipModelInspection): Told.LipModelInspection {
  return {
    ...found,
    understood: found.understood.map(tellFinding),
    problems: found.problems.map(tellFinding),
    warnings: found.warnings.map(tellWarning),
    ...(selfTest
      ? {
          selfTest: {
            ...selfTest,
            checks: selfTest.checks.map((check) => ({ ...check, detail: tellFinding(check.detail) })),
            hints: selfTest.hints.map(tellFinding),
          },
        }
      : {}),
  };
}

/** A model that is open and analyses voices and draws for one job. */
export interface JobLipModel {
  /** Id of its manifest. */
  readonly id: string;
  readonly warnings: readonly Warning[];
  /** What is to be told at the end about where it ran. */
  notes(): Promise<readonly Warning[]>;
  /** Computes features of the voices and says what the renderer needs; the samples are copied. */
  analyse(voices: readonly Float32Array[]): Promise<LipModelScene>;
  /** To be handed to the rendering worker. */
  readonly inferFaces: InferFaces;
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
    analyse: async (voices) => ({
      manifest,
      batch,
      columns: await networks().analyseWithModel(voices),
    }),
    inferFaces: proxy((orders) => networks().inferFaces(orders)),
  };
}
