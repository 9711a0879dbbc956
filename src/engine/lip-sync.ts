import { EngineError } from "../job/errors.ts";
import type {
  Backend,
  DialogueFormState,
  ImageFormState,
  JobProgress,
  JobResult,
  VideoFormState,
} from "../job/job.ts";
import type { BackendReport } from "../worker-rpc/inference-api.ts";
import { checkMedia, checkSettings } from "./check-request.ts";
import { createEngine } from "./engine.ts";
import type { Engine, EngineListeners, EngineRequest } from "./engine-types.ts";
import { resolveLipModel, type LipModelChoice } from "./lip-model.ts";
import type { LiveFormState, LiveOptions, LiveSession } from "./live/live-types.ts";
import type { LipModelInspection } from "../worker-rpc/plugin-api.ts";
import { toBlob, type MediaInput } from "./media-input.ts";

/** How to run a job, beside its `formState`. */
export type LipSyncOptions = Pick<
  EngineRequest,
  "format" | "backend" | "encoder" | "fps" | "hashFrames" | "aiMark" | "maxSeconds"
> &
  Pick<EngineListeners, "signal" | "onPreview" | "checkpoint"> & {
    /** A lip-sync model of one's own: an .onnx file or its address, or these with a manifest. */
    readonly lipModel?: Blob | URL | LipModelChoice;
  };

/**
 * A running job: await it for the result, iterate over it for progress.
 * Rejects with an {@link EngineError} whose `code` is of the closed list.
 */
export interface LipSyncJob extends PromiseLike<JobResult>, AsyncIterable<JobProgress> {
  /** As a promise has it. */
  readonly catch: Promise<JobResult>["catch"];
  /** As a promise has it. */
  readonly finally: Promise<JobResult>["finally"];
  /** Stops the job; awaiting it then rejects with `job/cancelled`. */
  cancel(): void;
}

/** The engine for JavaScript: the contract's jobs by `formState`. */
export interface LipSync {
  /** A picture of one speaker and a voice. */
  image(formState: ImageFormState<MediaInput>, options?: LipSyncOptions): LipSyncJob;
  /** A picture of two people and their voices. */
  dialogue(formState: DialogueFormState<MediaInput>, options?: LipSyncOptions): LipSyncJob;
  /** A video and a new voice. */
  video(formState: VideoFormState<MediaInput>, options?: LipSyncOptions): LipSyncJob;
  /**
   * A picture that speaks at once, again and again, with the face alive between.
   * @example
   * const live = await lipSync.live({ image: file });
   * document.body.append(live.canvas);
   * await live.speak("hello.mp3");
   */
  live(formState: LiveFormState<MediaInput>, options?: LiveOptions): Promise<LiveSession>;
  /**
   * Reads a lip-sync model and tries it, without keeping it.
   * @param manifest an object; absent or null for the engine's own proposal.
   * @returns the manifest, what was understood, why it cannot be used when it cannot, and the self-test.
   * @throws EngineError `model/unsupported`, `device/memory`.
   */
  inspectModel(file: Blob, manifest?: object | null, backend?: Backend): Promise<LipModelInspection>;
  /** Loads the networks ahead of the first job. */
  warmUp(backend?: Backend): Promise<BackendReport>;
  /** Stops the workers. */
  dispose(): void;
}

const MEDIA_FIELDS = ["image", "video", "audio", "left_audio", "right_audio", "mask_image"];

async function withBlobs(formState: object): Promise<Record<string, unknown>> {
  checkSettings(formState);
  const fields = await Promise.all(
    Object.entries(formState).map(async ([field, value]) => {
      if (field === "mask_image")
        return [field, value ? await toBlob(value as MediaInput, field) : undefined];
      if (!MEDIA_FIELDS.includes(field)) return [field, value];
      return [field, await toBlob(value as MediaInput, field)];
    }),
  );
  return Object.fromEntries(fields) as Record<string, unknown>;
}

/** Progress that was told but not yet read: the newest only, for no reader needs what is past. */
function createProgressFeed() {
  let latest: JobProgress | undefined;
  let wake: (() => void) | undefined;
  let ended = false;
  const notify = () => {
    wake?.();
    wake = undefined;
  };
  return {
    push(progress: JobProgress) {
      latest = progress;
      notify();
    },
    end() {
      ended = true;
      notify();
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<JobProgress> {
      for (;;) {
        if (latest) {
          const progress = latest;
          latest = undefined;
          yield progress;
        } else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

function startJob(
  engine: Engine,
  model: EngineRequest["model"],
  formState: object,
  options: LipSyncOptions,
): LipSyncJob {
  const { signal, onPreview, checkpoint, lipModel, ...settings } = options;
  const controller = new AbortController();
  const cancel = () => controller.abort();
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  const feed = createProgressFeed();
  const given = async () => {
    checkMedia(model, formState);
    checkSettings(settings);
    return withBlobs(formState);
  };
  const result = given()
    .then(async (blobs) => {
      const own = lipModel ? { lipModel: await resolveLipModel(lipModel) } : {};
      const request = { ...settings, ...own, model, formState: blobs } as unknown as EngineRequest;
      return engine.run(request, {
        signal: controller.signal,
        onProgress: (progress) => feed.push(progress),
        ...(onPreview ? { onPreview } : {}),
        ...(checkpoint ? { checkpoint } : {}),
      });
    })
    .finally(() => {
      // A caller's signal may live as long as the page.
      signal?.removeEventListener("abort", cancel);
      feed.end();
    });
  result.catch(() => undefined);
  return {
    then: (onDone, onFailed) => result.then(onDone, onFailed),
    catch: (onFailed) => result.catch(onFailed),
    finally: (onEnd) => result.finally(onEnd),
    cancel,
    [Symbol.asyncIterator]: () => feed[Symbol.asyncIterator](),
  };
}

/**
 * Starts the engine for JavaScript.
 * @example
 * const lipSync = createLipSync();
 * const job = lipSync.image({ image: file, audio: "voice.mp3", prompt: "calm" });
 * for await (const { stage, progress } of job) console.log(stage, progress);
 * const { output } = await job;
 */
export function createLipSync(engine: Engine = createEngine()): LipSync {
  return {
    image: (formState, options = {}) => startJob(engine, "lipsync-image", formState, options),
    dialogue: (formState, options = {}) => startJob(engine, "lipsync-image-multi", formState, options),
    video: (formState, options = {}) => startJob(engine, "lipsync-video", formState, options),
    live: async (formState, options = {}) => {
      checkMedia("live", formState);
      checkSettings(options);
      const blobs = (await withBlobs(formState)) as unknown as LiveFormState<Blob>;
      return engine.openLive(blobs, options);
    },
    inspectModel: (file, manifest, backend) => engine.inspectModel(file, manifest, backend),
    warmUp: (backend) => engine.warmUp(backend),
    dispose: () => engine.dispose(),
  };
}

export { configureDudak, type DudakSettings } from "./assets.ts";
export type { Checkpoint } from "../job/checkpoint.ts";
export { EngineError };
export type { ErrorCode } from "../job/errors.ts";
export type { Backend, JobProgress, JobReport, JobResult, OutputFormat, Stage } from "../job/job.ts";
export type { LipModelChoice, LipModelInspection, MediaInput };
export type { LiveFormState, LiveOptions, LiveSession };
export type { SpeakOptions, Utterance, UtteranceEnd, UtteranceStart } from "./live/live-types.ts";
export type { LiveVoice } from "./live/live-voice.ts";
