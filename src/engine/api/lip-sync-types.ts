/// <reference lib="esnext.disposable" preserve="true" />
import type { Checkpoint } from "../../job/checkpoint.ts";
import type {
  DialogueFormState,
  ImageFormState,
  JobSettings,
  JobSpec,
  LipModelSpec,
  VideoFormState,
} from "../../job/job-spec.ts";
import type { Backend, JobProgress, JobResult } from "../../job/job.ts";
import type { JobWarning } from "../../job/warnings.ts";
import type { BackendReport, LoadProgress } from "../../worker-rpc/inference-api.ts";
import type { LipModelInspection } from "../engine-types.ts";
import type { PictureFacts, VoiceFacts } from "../inspect.ts";
import type { LiveFormState, LiveOptions, LiveSession } from "../live/live-types.ts";
import type { MediaInput } from "../jobs/media-input.ts";

/** What a caller is told of a job while it runs, and how the caller ends it. */
export interface JobListeners {
  /** Aborting it ends the job, which then rejects with `job/cancelled`. */
  readonly signal?: AbortSignal;
  /** Told all progress, in order; iterating over the job tells the newest only. */
  readonly onProgress?: (progress: JobProgress) => void;
  /** Told each warning once, as soon as the job finds it out; all of them stand in the result. */
  readonly onWarning?: (warning: JobWarning) => void;
  /**
   * Receives a frame now and then; the receiver closes it. With a voice of 20 s or more a video's first one comes early: a
   * frame of the first second, drawn before the rest is looked through, whose mouth the result may draw from better frames.
   */
  readonly onPreview?: (frame: ImageBitmap) => void;
  /** Where the job keeps its finished parts; a job of the same request that was interrupted goes on from them. */
  readonly checkpoint?: Checkpoint;
}

/** How to run a job, beside its `formState`. */
export type LipSyncOptions = Omit<JobSettings<MediaInput>, "lipModel"> &
  JobListeners & {
    /** A lip-sync model of one's own: an .onnx file or its address, or these with a manifest. */
    readonly lipModel?: Blob | URL | LipModelSpec<MediaInput>;
  };

/** Where a result can be written: a stream of bytes, or a file that the user chose (`showSaveFilePicker()`). */
export type OutputTarget = WritableStream<Uint8Array> | FileSystemFileHandle;

/** Has the result written instead of handed out. */
export interface WriteOptions {
  /**
   * The video is piped there when it is finished, from a temporary file on the disk, so that memory stays bounded
   * whatever the length; the file is removed then. It is not written while it grows: both containers are completed
   * backwards (the index at an MP4's beginning, cues and duration of a WebM), and a video's rate may be tried twice. The
   * target is closed at the end; a stream is aborted when the job fails, a file then keeps its old content.
   */
  readonly writeTo: OutputTarget;
}

/** The end of a job whose result was written. */
export interface WrittenResult extends Omit<JobResult, "output"> {
  readonly output: null;
  /** Media type, with codecs where they are known. */
  readonly type: string;
  /** Length of what was written. */
  readonly bytes: number;
}

/**
 * A running job: await it for the result, iterate over it for progress. The iterator is for displays: what is not read
 * in time is dropped in favour of what is newer, and several iterators share the values. `onProgress` drops nothing.
 * Rejects with an `EngineError` whose `code` is of the closed list.
 */
export interface LipSyncJob<Result = JobResult> extends PromiseLike<Result>, AsyncIterable<JobProgress> {
  /** As a promise has it. */
  readonly catch: Promise<Result>["catch"];
  /** As a promise has it. */
  readonly finally: Promise<Result>["finally"];
  /** Stops the job; awaiting it then rejects with `job/cancelled`. */
  cancel(): void;
}

/** Starts one kind of job. */
export interface StartJob<FormState, Options> {
  (formState: FormState, options: Options & WriteOptions): LipSyncJob<WrittenResult>;
  (formState: FormState, options?: Options): LipSyncJob;
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
  /** Told of the models and the WebAssembly that are loaded, from the network or a cache; the last one is all of it. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Aborting it rejects with `job/cancelled` at once; what has begun to load goes on loading. */
  readonly signal?: AbortSignal;
}

/** The engine for JavaScript: the contract's jobs by `formState`, and what belongs around them. */
export interface LipSync extends Disposable, AsyncDisposable {
  /** A picture of one speaker and a voice. */
  readonly image: StartJob<ImageFormState<MediaInput>, LipSyncOptions>;
  /** A picture of two people and their voices. */
  readonly dialogue: StartJob<DialogueFormState<MediaInput>, LipSyncOptions>;
  /** A video and a new voice. */
  readonly video: StartJob<VideoFormState<MediaInput>, LipSyncOptions>;
  /** Any of these, named by its `model`, as one piece of data. */
  readonly run: StartJob<JobSpec<MediaInput>, JobListeners>;
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
   * Makes a small looping GIF of a video's first seconds.
   * @throws EngineError `input/video…`, `input/fetch`, `codec/…`, `job/cancelled`.
   */
  previewGif(video: MediaInput, options?: PreviewOptions): Promise<Blob>;
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
