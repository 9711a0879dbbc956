import { EngineError } from "../src/job/errors.ts";
import type { Backend } from "../src/job/job.ts";
import { createFaceAnalyser, type FaceAnalyser } from "../src/vision/landmarks/face-analyser.ts";
import type { MatteReader } from "../src/vision/matte/person-matte.ts";
import { release } from "../src/core/browser/release-buffer.ts";
import { probeBackend } from "../src/inference/choose-backend.ts";
import { observeLoading } from "../src/inference/load-progress.ts";
import { createRuntime, type Runtime } from "../src/inference/runtime.ts";
import type { InferenceApi } from "../src/worker-rpc/inference-api.ts";
import type { LiveAnalysisApi } from "../src/worker-rpc/live-api.ts";
import type { LipModelApi } from "../src/worker-rpc/lip-model-api.ts";
import { serve, servePort, transfer } from "../src/worker-rpc/rpc.ts";
import type { FaceNetworksApi, FaceServingApi } from "../src/worker-rpc/video-api.ts";
import { createSpeechModel, type MeasurableSpeechModel } from "../src/speech/model/speech-model.ts";

interface Networks {
  readonly runtime: Runtime;
  readonly faces: FaceAnalyser;
  readonly speech: MeasurableSpeechModel;
}

let networks: Promise<Networks> | undefined;
let lost: EngineError | undefined;

/** The files of {@link start}. */
const NETWORKS = ["face-detector-short", "face-mesh-attention", "face-geometry", "mouth"] as const;

async function start(asked: Backend | undefined): Promise<Networks> {
  const runtime = await createRuntime({ backend: asked, onLost: (error) => (lost = error) });
  const faces = await createFaceAnalyser(runtime);
  const speech = await createSpeechModel(runtime);
  return { runtime, faces, speech };
}

async function running(): Promise<Networks> {
  if (lost) throw lost;
  if (!networks)
    throw new EngineError("internal/bug", "The inference worker was used before it was started.");
  return networks;
}

let lipModels: Promise<LipModelApi> | undefined;

/** Loaded when someone brings a model of their own. */
function lipModel(): Promise<LipModelApi> {
  lipModels ??= import("../src/lip-models/lip-model-session.ts").then(({ createLipModelSession }) =>
    createLipModelSession(async () => (await running()).runtime),
  );
  lipModels.catch(() => (lipModels = undefined));
  return lipModels;
}

let mattes: Promise<MatteReader> | undefined;

/** Loaded when a head is to move in a picture. */
function matteReader(): Promise<MatteReader> {
  mattes ??= import("../src/vision/matte/person-matte.ts").then(async ({ createMatteReader }) =>
    createMatteReader((await running()).runtime),
  );
  mattes.catch(() => (mattes = undefined));
  return mattes;
}

let analyses: Promise<LiveAnalysisApi> | undefined;

/** loaded when a voice is analysed while it is spoken. */
function live(): Promise<LiveAnalysisApi> {
  analyses ??= import("../src/pipeline/live/serve-analyses.ts").then(({ createLiveAnalyses }) =>
    createLiveAnalyses(async () => (await running()).speech),
  );
  analyses.catch(() => (analyses = undefined));
  return analyses;
}

const api = {
  openAnalysis: async (...given) => (await live()).openAnalysis(...given),
  analyseMore: async (...given) => (await live()).analyseMore(...given),
  endAnalysis: async (...given) => (await live()).endAnalysis(...given),
  closeAnalysis: async (...given) => (await live()).closeAnalysis(...given),
  analysePort: async (...given) => (await live()).analysePort(...given),
  inspectModel: async (...given) => (await lipModel()).inspectModel(...given),
  openModel: async (...given) => (await lipModel()).openModel(...given),
  lipModelNotes: async () => (await lipModel()).lipModelNotes(),
  analyseWithModel: async (...given) => (await lipModel()).analyseWithModel(...given),
  inferFaces: async (...given) => (await lipModel()).inferFaces(...given),
  choose: async () => (await probeBackend()).backend,
  async init(backend, onLoad) {
    // After a loss only a new worker is sound; whoever owns this one starts it.
    if (lost) throw lost;
    const observed = onLoad && (await observeLoading(backend, NETWORKS, networks !== undefined, onLoad));
    networks ??= start(backend).catch((error: unknown) => {
      networks = undefined;
      throw error;
    });
    const { runtime } = await networks.finally(() => observed?.end());
    await observed?.complete();
    return {
      backend: runtime.backend,
      adapter: runtime.adapter,
      threads: runtime.threads,
      warnings: runtime.notes,
    };
  },
  async analyse(image) {
    const { faces } = await running();
    return faces.analyse(image);
  },
  readMatte: async (image) => (await matteReader()).read(image),
  async mouthOf(pcm, signal, onProgress) {
    const { speech } = await running();
    try {
      return await speech.mouthOf(pcm, { signal, onProgress });
    } finally {
      release(pcm);
    }
  },
  async serveFaces(port) {
    const { faces } = await running();
    const networks: FaceNetworksApi = {
      async run(network, feeds) {
        const outputs = await faces.run(network, feeds);
        return transfer(
          outputs,
          Object.values(outputs).map(({ data }) => data.buffer),
        );
      },
    };
    await servePort(networks, port);
  },
} satisfies InferenceApi & FaceServingApi & LiveAnalysisApi;

serve(api);
