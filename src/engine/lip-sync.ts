import { disposable } from "../core/browser/disposal.ts";
import { EngineError, throwIfCancelled } from "../job/errors.ts";
import type { DialogueFormState, ImageFormState, JobForm, JobSpec, VideoFormState } from "../job/job-spec.ts";
import { fromWireNames } from "../job/wire-names.ts";
import type { Capabilities } from "./api/capabilities.ts";
import { guarded, startJob } from "./api/job-handle.ts";
import type { JobListeners, LipSync, LipSyncOptions, WriteOptions } from "./api/lip-sync-types.ts";
import { createEngine } from "./engine.ts";
import type { Engine } from "./engine-types.ts";
import { resolveLipModel } from "./lip-model.ts";
import type { LiveFormState, LiveSession } from "./live/live-types.ts";
import { toBlob, type MediaInput } from "./jobs/media-input.ts";

/** The work, or `job/cancelled` as soon as the signal is aborted; what the work comes to then is dropped. */
function abortable<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (!signal) return work();
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(new EngineError("job/cancelled", "The job was cancelled."));
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener("abort", onAbort, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** Options taken apart: what is told of the job, and how it is done. */
function listenersOf(options: LipSyncOptions & Partial<WriteOptions>) {
  const { signal, onProgress, onPreview, onWarning, checkpoint, writeTo, lipModel, ...settings } = options;
  const alone = lipModel instanceof Blob || lipModel instanceof URL;
  return {
    listeners: { signal, onProgress, onPreview, onWarning, checkpoint, writeTo },
    settings: { ...settings, lipModel: alone ? { file: lipModel } : lipModel },
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
  /** Jobs, live sessions and analyses that have not ended. */
  const open = new Set<PromiseLike<unknown>>();

  function tracked<T, Work extends PromiseLike<T>>(work: Work): Work {
    const forget = () => void open.delete(work);
    open.add(work);
    work.then(forget, forget);
    return work;
  }

  const run = (spec: JobSpec<MediaInput>, listeners: JobListeners & Partial<WriteOptions> = {}) =>
    tracked(startJob(engine, spec, listeners));
  const start = (form: JobForm<MediaInput>, options: LipSyncOptions = {}) => {
    const { listeners, settings } = listenersOf(options);
    return run({ ...form, ...settings }, listeners);
  };

  async function live(...[formState, options = {}]: Parameters<LipSync["live"]>): Promise<LiveSession> {
    const { checkLive } = await import("../job/check-job.ts");
    const { image, maskImage, ...style } = checkLive<MediaInput>(fromWireNames(formState), options);
    const form: LiveFormState<Blob> = {
      ...style,
      image: await toBlob(image, "image", options.signal),
      ...(maskImage === undefined ? {} : { maskImage: await toBlob(maskImage, "maskImage", options.signal) }),
    };
    throwIfCancelled(options.signal);
    const session = await engine.openLive(form, options);
    if (options.signal?.aborted) session.dispose();
    throwIfCancelled(options.signal);
    return session;
  }

  const lipSync = {
    // What `writeTo` makes of the result is known to the types of the interface alone.
    image: ((formState: ImageFormState<MediaInput>, options?: LipSyncOptions) =>
      start({ model: "lipsync-image", formState }, options)) as LipSync["image"],
    dialogue: ((formState: DialogueFormState<MediaInput>, options?: LipSyncOptions) =>
      start({ model: "lipsync-image-multi", formState }, options)) as LipSync["dialogue"],
    video: ((formState: VideoFormState<MediaInput>, options?: LipSyncOptions) =>
      start({ model: "lipsync-video", formState }, options)) as LipSync["video"],
    run: run as LipSync["run"],
    live: (formState, options) => tracked(live(formState, options)),
    analysePicture: (picture, { backend, signal } = {}) =>
      tracked(
        abortable(signal, async () => engine.analyse(await toBlob(picture, "picture", signal), backend)),
      ),
    analyseVoice: (voice, options = {}) =>
      tracked(toBlob(voice, "voice", options.signal).then((blob) => engine.analyseVoice(blob, options))),
    previewGif: (video, options = {}) =>
      tracked(toBlob(video, "video", options.signal).then((blob) => engine.previewGif(blob, options))),
    inspectModel: (file, { manifest, backend, signal } = {}) =>
      tracked(
        abortable(signal, async () => {
          const given = await resolveLipModel({
            file: await toBlob(file, "model", signal),
            ...(manifest ? { manifest } : {}),
          });
          return engine.inspectModel(given.file, given.manifest, backend);
        }),
      ),
    warmUp: ({ backend, signal, onProgress } = {}) =>
      tracked(
        abortable(signal, () =>
          engine.warmUp(
            backend,
            guarded(onProgress && ((progress) => signal?.aborted || onProgress(progress))),
          ),
        ),
      ),
    dispose: () => engine.dispose(),
  } satisfies Omit<LipSync, keyof (Disposable & AsyncDisposable)>;
  return disposable(lipSync, lipSync.dispose, () => Promise.allSettled(open));
}

/**
 * What this page can do here: by trying where a browser's own word is not enough (encoders encode a few frames), and
 * without loading models, workers or ffmpeg.
 * @example
 * const { available, limitations, encode } = await capabilities();
 * if (!available) console.log(limitations); // [{ code: "wasm/forbidden", values: {} }]
 * const format = encode.webm.available ? "webm" : "mp4";
 */
export async function capabilities(): Promise<Capabilities> {
  const { describeCapabilities } = await import("./api/capabilities.ts");
  return describeCapabilities();
}

export { isSupported, type Limitation, type LimitationCode } from "./api/support.ts";
export type { Capabilities, Capability, CodecCapability } from "./api/capabilities.ts";
export { configureDudak, type DudakSettings } from "./assets.ts";
export { EngineError };
export type * from "./api/lip-sync-types.ts";
export type { ErrorCode, ErrorDetails } from "../job/errors.ts";
export type { LipModelFinding } from "../job/findings.ts";
export type { JobWarning, WarningCode } from "../job/warnings.ts";
export type { Checkpoint } from "../job/checkpoint.ts";
export type {
  DialogueFormState,
  ImageFormState,
  JobSettings,
  JobSpec,
  LipModelSpec,
  VideoFormState,
} from "../job/job-spec.ts";
export type { Backend, JobProgress, JobReport, JobResult, OutputFormat, Stage } from "../job/job.ts";
export type { BackendReport, LoadProgress } from "../worker-rpc/inference-api.ts";
export type { LipModelInspection } from "./engine-types.ts";
export type { FaceOutline, PictureFacts, PicturePoint, VoiceFacts } from "./inspect.ts";
export type { LiveVoice } from "./live/voice-as-file.ts";
export type * from "./live/live-types.ts";
export type { MediaInput } from "./jobs/media-input.ts";
