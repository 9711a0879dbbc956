import type { Checkpoint } from "../../job/checkpoint.ts";
import type {
  Backend,
  DialogueFormState,
  ImageFormState,
  JobProgress,
  JobResult,
  VideoFormState,
} from "../../job/job.ts";
import type { BackendReport } from "../../worker-rpc/inference-api.ts";
import type { LipModelInspection } from "../../worker-rpc/plugin-api.ts";
import type { EngineRequest } from "../engine-types.ts";
import type { PictureFacts, VoiceFacts } from "../inspect.ts";
import type { LipModelChoice } from "../lip-model.ts";
import type { LiveFormState, LiveOptions, LiveSession } from "../live/live-types.ts";
import type { MediaInput } from "../media-input.ts";

/** How a job is done, beside its `formState`. */
export type JobSettings = Pick<
  EngineRequest,
  "format" | "backend" | "encoder" | "fps" | "hashFrames" | "aiMark" | "maxSeconds" | "segmentSeconds"
> & {
  /** A lip-sync model of one's own: an .onnx file or its address, or these with a manifest. */
  readonly lipModel?: Blob | URL | LipModelChoice;
};

/** What a caller hears of a job while it runs, and how the caller ends it. */
export interface JobListeners {
  /** Aborting it ends the job, which then rejects with `job/cancelled`. */
  readonly signal?: AbortSignal;
  /** Told all progress, in order; iterating over the job tells the newest only. */
  readonly onProgress?: (progress: JobProgress) => void;
  /** Receives a frame now and then; the receiver closes it. */
  readonly onPreview?: (frame: ImageBitmap) => void;
  /** Where the job keeps its finished parts; a job of the same request that was interrupted goes on from them. */
  readonly checkpoint?: Checkpoint;
}

/** How to run a job, beside its `formState`. */
export type LipSyncOptions = JobSettings & JobListeners;

/** A whole job as data: which one, its parameters and its settings. */
export type LipSyncRequest = (
  | { readonly model: "lipsync-image"; readonly formState: ImageFormState<MediaInput> }
  | { readonly model: "lipsync-image-multi"; readonly formState: DialogueFormState<MediaInput> }
  | { readonly model: "lipsync-video"; readonly formState: VideoFormState<MediaInput> }
) &
  JobSettings;

/**
 * A running job: await it for the result, iterate over it for progress. The iterator is for displays: what is not read
 * in time is dropped in favour of what is newer, and several iterators share the values. `onProgress` drops nothing.
 * Rejects with an `EngineError` whose `code` is of the closed list.
 */
export interface LipSyncJob extends PromiseLike<JobResult>, AsyncIterable<JobProgress> {
  /** As a promise has it. */
  readonly catch: Promise<JobResult>["catch"];
  /** As a promise has it. */
  readonly finally: Promise<JobResult>["finally"];
  /** Stops the job; awaiting it then rejects with `job/cancelled`. */
  cancel(): void;
}

/** Where the networks run for a look at media, and how its caller ends it. */
export interface AnalysisOptions {
  readonly backend?: Backend;
  /** Aborting it rejects with `job/cancelled` at once. */
  readonly signal?: AbortSignal;
}

/** Options of {@link LipSync.analyseVoice}. */
export interface VoiceAnalysisOptions extends AnalysisOptions {
  /** Longest accepted voice in seconds; 600 unless told otherwise. */
  readonly maxSeconds?: number;
  /** Gets the waveform before the mouth is known. */
  readonly onWave?: (facts: VoiceFacts) => void;
}

/** Options of {@link LipSync.previewGif}. */
export interface PreviewOptions {
  readonly signal?: AbortSignal;
  /** From 0 to 1, never falling. */
  readonly onProgress?: (fraction: number) => void;
}

/** Options of {@link LipSync.inspectModel}. */
export interface ModelInspectionOptions extends AnalysisOptions {
  /** A manifest, or the id of one that comes with the engine; the engine proposes one when absent or null. */
  readonly manifest?: object | string | null;
}

/** Options of {@link LipSync.warmUp}. */
export interface WarmUpOptions {
  readonly backend?: Backend;
  /** Aborting it rejects with `job/cancelled` at once; what has begun to load goes on loading. */
  readonly signal?: AbortSignal;
}

/** The engine for JavaScript: the contract's jobs by `formState`, and what belongs around them. */
export interface LipSync extends Disposable, AsyncDisposable {
  /** A picture of one speaker and a voice. */
  image(formState: ImageFormState<MediaInput>, options?: LipSyncOptions): LipSyncJob;
  /** A picture of two people and their voices. */
  dialogue(formState: DialogueFormState<MediaInput>, options?: LipSyncOptions): LipSyncJob;
  /** A video and a new voice. */
  video(formState: VideoFormState<MediaInput>, options?: LipSyncOptions): LipSyncJob;
  /** Any of these, named by its `model`, as one piece of data. */
  run(request: LipSyncRequest, listeners?: JobListeners): LipSyncJob;
  /**
   * A picture that speaks at once, again and again, with the face alive between.
   * @example
   * const live = await lipSync.live({ image: file });
   * document.body.append(live.canvas);
   * await live.speak("hello.mp3");
   */
  live(formState: LiveFormState<MediaInput>, options?: LiveOptions): Promise<LiveSession>;
  /**
   * Looks at a picture without generating anything: its size, its faces.
   * @throws EngineError `input/image…`, `input/fetch`, `model/…`, `device/…`, `job/cancelled`.
   */
  analysePicture(picture: MediaInput, options?: AnalysisOptions): Promise<PictureFacts>;
  /**
   * Listens to a voice without generating anything: its waveform, and what the mouth does.
   * @throws EngineError `input/audio…`, `input/fetch`, `codec/missing`, `model/…`, `device/…`, `job/cancelled`.
   */
  analyseVoice(voice: MediaInput, options?: VoiceAnalysisOptions): Promise<VoiceFacts>;
  /**
   * Makes a small looping GIF of a movie's first seconds.
   * @throws EngineError `input/video…`, `input/fetch`, `codec/…`, `job/cancelled`.
   */
  previewGif(movie: MediaInput, options?: PreviewOptions): Promise<Blob>;
  /**
   * Reads a lip-sync model and tries it, without keeping it.
   * @returns the manifest, what was understood, why it cannot be used when it cannot, and the self-test.
   * @throws EngineError `model/unsupported`, `device/memory`, `job/cancelled`.
   */
  inspectModel(model: Blob | URL, options?: ModelInspectionOptions): Promise<LipModelInspection>;
  /**
   * Loads the networks ahead of the first job.
   * @returns where they run.
   * @throws EngineError `model/load`, `model/integrity`, `device/…`, `job/cancelled`.
   */
  warmUp(options?: WarmUpOptions): Promise<BackendReport>;
  /**
   * Stops the workers for good: what runs and what is asked for later rejects with `job/cancelled`. `using` calls it;
   * `await using` also waits until nothing is being written any more.
   */
  dispose(): void;
}
