/// <reference types="@webgpu/types" />
import { EngineError } from "../job/errors.ts";
import { finding } from "../job/findings.ts";
import { tellFinding } from "../job/sentences/english.ts";
import type { RgbaImage } from "../core/image.ts";
import { warning, type Warning } from "../job/warnings.ts";
import type { CheckedModel } from "../inference/check/checked-model.ts";
import type { Model } from "../inference/model.ts";
import type { Runtime } from "../inference/runtime.ts";
import { generatorOf, type FaceGenerator } from "./face-generator.ts";
import { generatorTrial } from "./generator-trial.ts";
import { parseManifest, type LipFramesManifest } from "./manifest/manifest.ts";
import { fitBatch, MAX_MODEL_BYTES, tooLarge, type DeviceLimits } from "./device-fit.ts";
import { melSpectrogram, type MelSpectrogram } from "./frames/mel.ts";
import { summariseOnnx, type OnnxSummary } from "./manifest/onnx-summary.ts";
import { proposeManifest, type Proposal } from "./manifest/propose-manifest.ts";
import { selfTest } from "./self-test.ts";
import { sha256OfBlob } from "../core/sha256.ts";
import type { LipModelApi } from "../worker-rpc/lip-model-api.ts";

interface Opened {
  readonly runtime: Runtime;
  readonly key: string;
  readonly generator: FaceGenerator;
  /** Why it runs on the processor although the runtime is on WebGPU. */
  readonly note: () => Warning | undefined;
}

/** What the machine offers to a model on the runtime's backend. */
function limitsOf(runtime: Runtime): DeviceLimits {
  const { deviceMemory } = globalThis.navigator as { deviceMemory?: number };
  const limits = runtime.device?.limits;
  return {
    deviceBytes: deviceMemory === undefined ? undefined : deviceMemory * 1024 ** 3,
    largestBufferBytes: limits && Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize),
    halfPrecision: runtime.device?.features.has("shader-f16"),
  };
}

/** The manifest as given, or the engine's own proposal. */
function choose(summary: OnnxSummary, manifest: unknown, fileName: string): Proposal {
  const proposal = proposeManifest(summary, fileName);
  if (manifest === null || manifest === undefined) return proposal;
  const given = parseManifest(manifest);
  if (given.role !== "lip-frames") {
    return {
      manifest: null,
      understood: proposal.understood,
      problems: [finding("unfit/role", { manifest: given.id, role: given.role })],
    };
  }
  return { manifest: given, understood: proposal.understood, problems: [] };
}

async function checkFile(manifest: LipFramesManifest, file: Blob): Promise<string> {
  const sha256 = await sha256OfBlob(file);
  const expected = manifest.file?.sha256;
  if (expected !== undefined && expected !== sha256) {
    throw new EngineError(
      "model/integrity",
      `The model file is not the one that the manifest ${manifest.id} describes (SHA-256 ${sha256.slice(0, 12)}…, expected ${expected.slice(0, 12)}…). Download it again or use the manifest of this file.`,
    );
  }
  return sha256;
}

function checkLicence({ licence, name }: LipFramesManifest, accepted: boolean): void {
  if (!licence.acceptanceRequired || accepted) return;
  throw new EngineError(
    "model/licence",
    `${name}: ${licence.text} Accept the licence (${licence.name}) to use this model: --accept-model-licence on the command line, acceptLicence in JavaScript.`,
  );
}

const nameOf = (file: Blob) => (file instanceof File && file.name ? file.name : "model.onnx");

/** Opens a model on a runtime; on WebGPU only if it is right there, else on the processor. */
async function openOn(
  runtime: Runtime,
  file: Blob,
  manifest: LipFramesManifest,
  summary: OnnxSummary,
  sha256: string,
): Promise<Pick<Opened, "generator" | "note">> {
  const fit = (place: Runtime) => fitBatch(summary, manifest, place.backend, limitsOf(place));
  const on = async (place: Runtime, note: Warning | undefined) => {
    const batch = fit(place);
    const model = await place.loadFile(file, manifest.name);
    return { generator: await generatorOrRelease(model, manifest, batch), note: () => note };
  };
  if (runtime.backend === "wasm") return on(runtime, undefined);
  let batch: number;
  try {
    batch = fit(runtime);
  } catch (error) {
    if (!(error instanceof EngineError) || !error.code.startsWith("device/")) throw error;
    // Neither its largest tensor nor half precision may be beyond the processor.
    const { adapter } = runtime;
    return on(await runtime.processor(), warning("model/device-refused", { model: manifest.name, adapter }));
  }
  const half = (summary.weightBytes["float16"] ?? 0) > 0;
  const model: CheckedModel = await runtime.loadChecked({
    label: manifest.name,
    hash: `${sha256} ${manifest.size} ${batch}`,
    trial: await generatorTrial(manifest, batch, half),
    openOnDevice: () => runtime.loadFile(file, manifest.name),
    async openOnProcessor() {
      const processor = await runtime.processor();
      fit(processor);
      return processor.loadFile(file, manifest.name);
    },
  });
  const best = model.on === "device" ? batch : fit(await runtime.processor());
  return { generator: await generatorOrRelease(model, manifest, best), note: () => model.note };
}

async function generatorOrRelease(
  model: Model,
  manifest: LipFramesManifest,
  batch: number,
): Promise<FaceGenerator> {
  try {
    return generatorOf(model, manifest, batch);
  } catch (error) {
    await model.release();
    throw error;
  }
}

/**
 * Runs models that users bring beside the engine's own, on the same runtime.
 * @param runtime gives the runtime in use; a model of an earlier one is opened anew.
 */
export function createLipModelSession(runtime: () => Promise<Runtime>): LipModelApi {
  let opened: Opened | undefined;
  let mels: MelSpectrogram[] = [];

  async function open(
    file: Blob,
    manifest: LipFramesManifest,
    summary: OnnxSummary,
    sha256: string,
  ): Promise<FaceGenerator> {
    const current = await runtime();
    const key = `${sha256} ${JSON.stringify(manifest)}`;
    if (opened?.key === key && opened.runtime === current) return opened.generator;
    if (opened?.runtime === current) await opened.generator.release();
    opened = undefined;
    if (!manifest.providers.includes(current.backend)) {
      throw new EngineError(
        "device/backend",
        `${manifest.name} runs on ${manifest.providers.join(" or ")} and this job on ${current.backend}. Choose the other backend.`,
      );
    }
    opened = { runtime: current, key, ...(await openOn(current, file, manifest, summary, sha256)) };
    return opened.generator;
  }

  function generatorInUse(): FaceGenerator {
    if (!opened)
      throw new EngineError("internal/bug", "A model was used before it was opened. Please report this.");
    return opened.generator;
  }

  const notes = (): Warning[] => {
    const note = opened?.note();
    return note === undefined ? [] : [note];
  };

  return {
    async inspectModel(file, given) {
      if (file.size > MAX_MODEL_BYTES) throw tooLarge(file.size);
      const summary = await summariseOnnx(file);
      const { manifest, understood, problems } = choose(summary, given, nameOf(file));
      const sha256 = await sha256OfBlob(file);
      if (!manifest) return { manifest, understood, problems, sha256, warnings: [] };
      const generator = await open(file, manifest, summary, sha256);
      const selfTested = await selfTest(generator);
      return { manifest, understood, problems, sha256, selfTest: selfTested, warnings: notes() };
    },

    async openModel({ file, manifest: given, licenceAccepted }) {
      if (file.size > MAX_MODEL_BYTES) throw tooLarge(file.size);
      const summary = await summariseOnnx(file);
      const { manifest, problems } = choose(summary, given, nameOf(file));
      if (!manifest) {
        const why = problems.map((problem) => tellFinding(problem).message).join(" ");
        throw new EngineError("model/unsupported", `${nameOf(file)} cannot be used. ${why}`);
      }
      checkLicence(manifest, licenceAccepted);
      const sha256 = await checkFile(manifest, file);
      const generator = await open(file, manifest, summary, sha256);
      const { licence, name } = manifest;
      return {
        manifest,
        batch: generator.batch,
        warnings:
          licence.commercialUse === "yes"
            ? []
            : [warning("model/licence", { model: name, licence: licence.name, terms: licence.text })],
      };
    },

    lipModelNotes: () => Promise.resolve(notes()),

    async analyseWithModel(voices) {
      const { manifest } = generatorInUse();
      mels = voices.map((pcm) => melSpectrogram(pcm, manifest.audio));
      return mels.map((mel) => mel.columns);
    },

    async inferFaces(orders) {
      const generator = generatorInUse();
      const generated = new Array<RgbaImage>(orders.length);
      for (const [voice, mel] of mels.entries()) {
        const own = orders.flatMap((order, index) => (order.voice === voice ? [{ order, index }] : []));
        const faces = await generator.generate(
          mel,
          own.map(({ order: { face, reference, column } }) => ({
            face,
            reference: reference ?? face,
            column,
          })),
        );
        for (const [i, { index }] of own.entries()) generated[index] = faces[i]!;
      }
      return generated;
    },
  };
}
