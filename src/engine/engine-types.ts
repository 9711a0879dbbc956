import type { Checkpoint } from "../job/checkpoint.ts";
import type { JobSpec } from "../job/job-spec.ts";
import type { Backend, JobProgress, JobResult } from "../job/job.ts";
import type { JobWarning } from "../job/warnings.ts";
import type { BackendReport, LoadListener } from "../worker-rpc/inference-api.ts";
import type { LipModelFinding } from "../job/findings.ts";
import type { LipModelInspection as Inspection } from "../worker-rpc/lip-model-api.ts";
import type { PictureFacts, VoiceFacts } from "./inspect.ts";
import type { LiveFormState, LiveOptions, LiveSession } from "./live/live-types.ts";

/** What the engine found out about a model file: facts, and the English sentences made of them. */
export type LipModelInspection = Inspection<LipModelFinding, JobWarning>;

/** What a caller may listen to while a job runs. */
export interface EngineListeners {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
  /** Told each warning once, as soon as the job finds it out; all of them stand in the result. */
  readonly onWarning?: (warning: JobWarning) => void;
  /** Receives a frame now and then; the receiver closes it. */
  readonly onPreview?: (frame: ImageBitmap) => void;
  /** Where the job keeps its finished parts; a job of the same request that was interrupted goes on from them. */
  readonly checkpoint?: Checkpoint;
}

/** The lip-sync engine of this page: owns the workers, runs one job at a time. */
export interface Engine {
  /** Loads the networks ahead of the first job; says where they run. */
  warmUp(backend?: Backend, onLoad?: LoadListener): Promise<BackendReport>;
  /**
   * Runs a job that its door has checked; a second one waits for the first.
   * @throws EngineError with a code of the closed list; the engine stays usable.
   */
  run(spec: JobSpec<Blob>, listeners?: EngineListeners): Promise<JobResult>;
  /**
   * Looks at a picture without generating anything: its size, its faces.
   * @throws EngineError `input/image…`, `model/…`, `device/…`.
   */
  analyse(picture: Blob, backend?: Backend): Promise<PictureFacts>;
  /**
   * Listens to a voice without generating anything; `onWave` gets the waveform before the mouth is known.
   * @throws EngineError `input/audio…`, `codec/missing`, `model/…`, `device/…`, `job/cancelled`.
   */
  analyseVoice(voice: Blob, options?: AnalyseVoiceOptions): Promise<VoiceFacts>;
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
   * Makes a small looping GIF of a video's first seconds, in a worker.
   * @throws EngineError `input/video…`, `codec/…`, `job/cancelled`.
   */
  previewGif(video: Blob, options?: PreviewGifOptions): Promise<Blob>;
  /** Stops the workers for good: what runs and what is asked for later rejects with `job/cancelled`. */
  dispose(): void;
}

/** Options of {@link Engine.previewGif}. */
export interface PreviewGifOptions {
  readonly signal?: AbortSignal;
  /** From 0 to 1, never falling. */
  readonly onProgress?: (fraction: number) => void;
}

/** Options of {@link Engine.analyseVoice}. */
export interface AnalyseVoiceOptions {
  readonly backend?: Backend;
  readonly signal?: AbortSignal;
  /** Longest accepted voice in seconds; 600 unless told otherwise. */
  readonly maxSeconds?: number;
  readonly onWave?: (facts: VoiceFacts) => void;
}
