import type { Checkpoint } from "../core/checkpoint.ts";
import { throwIfCancelled } from "../core/errors.ts";
import type {
  Backend,
  DialogueFormState,
  ImageFormState,
  JobProgress,
  JobResult,
  OutputFormat,
  VideoFormState,
} from "../core/job.ts";
import type { BackendReport } from "../protocol/inference-api.ts";
import type { LipModelData, LipModelInspection } from "../protocol/plugin-api.ts";
import { callback } from "../protocol/rpc.ts";
import { drawSeed } from "./draw-seed.ts";
import { analysePicture, hearVoice, type PictureFacts, type VoiceFacts } from "./inspect.ts";
import { createJobKeeper } from "./job-keeper.ts";
import { DEFAULT_MAX_SECONDS, type JobContext } from "./job-start.ts";
import type { LiveFormState, LiveOptions, LiveSession } from "./live-types.ts";
import { runPictureJob } from "./picture-job.ts";
import { createProgressMeter, VIDEO_WEIGHTS } from "./progress-meter.ts";
import { runVideoJob } from "./video-job.ts";
import { createRecovery } from "./recovery.ts";
import { createWorkers, type Workers } from "./workers.ts";

/** A job for the engine, its media as blobs. */
export type EngineRequest = (
  | { readonly model: "lipsync-image"; readonly formState: ImageFormState<Blob> }
  | { readonly model: "lipsync-image-multi"; readonly formState: DialogueFormState<Blob> }
  | { readonly model: "lipsync-video"; readonly formState: VideoFormState<Blob> }
) & {
  readonly format?: OutputFormat;
  readonly backend?: Backend;
  /** Frames per second of a talking picture; 25 unless told otherwise. */
  readonly fps?: number;
  /** Overrides the choice of video encoder. */
  readonly encoder?: "webcodecs" | "ffmpeg";
  /** Also report a SHA-256 over the frames before encoding. */
  readonly hashFrames?: boolean;
  /** Whether the result's metadata say that it is AI-made; true unless told otherwise. */
  readonly aiMark?: boolean;
  /** Longest accepted voice in seconds; 600 unless told otherwise. */
  readonly maxSeconds?: number;
  /** A lip-sync model of the user's own, in the place of the engine's. */
  readonly lipModel?: LipModelData;
  /** Length in seconds of the segments in which a film is encoded and kept; 10 unless told otherwise. */
  readonly segmentSeconds?: number;
};

/** What a caller may listen to while a job runs. */
export interface EngineListeners {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
  /** Receives a frame now and then; the receiver closes it. */
  readonly onPreview?: (frame: ImageBitmap) => void;
  /** Where the job keeps its finished parts; a job of the same request that was interrupted goes on from them. */
  readonly checkpoint?: Checkpoint;
}

/** The lip-sync engine of this page: owns the workers, runs one job at a time. */
export interface Engine {
  /** Loads the networks ahead of the first job; says where they run. */
  warmUp(backend?: Backend): Promise<BackendReport>;
  /**
   * Runs a job; a second one waits for the first.
   * @throws EngineError with a code of the closed list; the engine stays usable.
   */
  run(request: EngineRequest, listeners?: EngineListeners): Promise<JobResult>;
  /**
   * Looks at a picture without generating anything: its size, its faces.
   * @throws EngineError `input/image…`, `model/…`, `device/…`.
   */
  analyse(picture: Blob, backend?: Backend): Promise<PictureFacts>;
  /**
   * Listens to a voice without generating anything; `onWave` gets the waveform before the mouth is known.
   * @throws EngineError `input/audio…`, `codec/missing`, `model/…`, `device/…`, `job/cancelled`.
   */
  hear(voice: Blob, options?: HearOptions): Promise<VoiceFacts>;
  /**
   * Reads a model file, proposes a manifest unless one is given, and tries the model; waits while a job uses one.
   * @throws EngineError `model/…`, `device/…`; a file that cannot be used is no error, its `problems` say why.
   */
  inspectModel(file: Blob, manifest?: unknown, backend?: Backend): Promise<LipModelInspection>;
  /**
   * Prepares a picture once, so that its face can speak again and again, beginning at once.
   * @throws EngineError `input/image…`, `input/mask`, `input/no-face`, `input/face-…`, `model/…`, `device/…`, `job/cancelled`.
   */
  openLive(form: LiveFormState<Blob>, options?: LiveOptions): Promise<LiveSession>;
  /**
   * Makes a small looping GIF of a movie's first seconds, in a worker.
   * @throws EngineError `input/video…`, `codec/…`, `job/cancelled`.
   */
  previewGif(movie: Blob, options?: PreviewGifOptions): Promise<Blob>;
  /** Stops the workers for good: what runs and what is asked for later rejects with `job/cancelled`. */
  dispose(): void;
}

/** Options of {@link Engine.previewGif}. */
export interface PreviewGifOptions {
  readonly signal?: AbortSignal;
  /** From 0 to 1, never falling. */
  readonly onProgress?: (fraction: number) => void;
}

/** Options of {@link Engine.hear}. */
export interface HearOptions {
  readonly backend?: Backend;
  readonly signal?: AbortSignal;
  /** Longest accepted voice in seconds; 600 unless told otherwise. */
  readonly maxSeconds?: number;
  readonly onWave?: (facts: VoiceFacts) => void;
}

/** Starts an engine; its workers start when they are first needed. */
export function createEngine(): Engine {
  const workers: Workers = createWorkers();
  const recovery = createRecovery(workers.recover);
  let tail: Promise<unknown> = Promise.resolve();
  /** The last use of a user's own model; one at a time is held in memory. */
  let painting: Promise<unknown> = Promise.resolve();

  async function runNow(request: EngineRequest, listeners: EngineListeners): Promise<JobResult> {
    const signal = listeners.signal ?? new AbortController().signal;
    throwIfCancelled(signal);
    const weights = request.model === "lipsync-video" ? VIDEO_WEIGHTS : undefined;
    const meter = createProgressMeter(listeners.onProgress ?? (() => undefined), undefined, weights);
    const seed = drawSeed(request.formState.seed);
    const keeper = createJobKeeper(listeners.checkpoint, request, seed);
    try {
      const context = { workers, signal, meter, seed, listeners, keeper };
      return await recovery.job(() => dispatch(request, context), signal, request.backend);
    } finally {
      await keeper.settled();
    }
  }

  return {
    warmUp: (backend) => recovery.beside(() => workers.startInference(backend), backend),
    analyse: (picture, backend) => recovery.beside(() => analysePicture(workers, picture, backend), backend),
    hear: (voice, options = {}) =>
      recovery.beside(
        () =>
          hearVoice(workers, voice, {
            backend: options.backend,
            maxSeconds: options.maxSeconds ?? DEFAULT_MAX_SECONDS,
            signal: options.signal ?? new AbortController().signal,
            onWave: options.onWave ?? (() => undefined),
          }),
        options.backend,
      ),
    inspectModel(file, manifest, backend) {
      const found = painting.then(async () => {
        await workers.startInference(backend);
        return workers.inference(backend).inspectModel(file, manifest ?? null);
      });
      painting = found.catch(() => undefined);
      return found;
    },
    openLive: (form, options = {}) =>
      recovery.beside(async () => {
        const { openLiveSession } = await import("./live-session.ts");
        return openLiveSession(workers, form, options);
      }, options.backend),
    run(request, listeners = {}) {
      const ready = request.lipModel ? Promise.all([tail, painting]) : tail;
      const result = ready.then(() => runNow(request, listeners));
      tail = result.catch(() => undefined);
      if (request.lipModel) painting = tail;
      return result;
    },
    previewGif: (movie, { signal = new AbortController().signal, onProgress = () => undefined } = {}) =>
      recovery.beside(() => workers.media().previewGif(movie, signal, callback(onProgress))),
    dispose: () => workers.dispose(),
  };
}

function dispatch(request: EngineRequest, context: JobContext): Promise<JobResult> {
  switch (request.model) {
    case "lipsync-image":
    case "lipsync-image-multi":
      return runPictureJob(request, context);
    case "lipsync-video":
      return runVideoJob(request, context);
  }
}
