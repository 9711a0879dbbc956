import { throwIfCancelled } from "../../job/errors.ts";
import type { JobProgress, JobResult } from "../../job/job.ts";
import { checkMedia, checkSettings } from "../check-request.ts";
import type { Engine, EngineRequest } from "../engine-types.ts";
import { resolveLipModel } from "../lip-model.ts";
import { toBlob, type MediaInput } from "../media-input.ts";
import type {
  JobListeners,
  LipSyncJob,
  LipSyncRequest,
  WriteOptions,
  WrittenResult,
} from "./lip-sync-types.ts";
import { abandonTarget, checkTarget, writeOutput } from "./write-output.ts";

const MEDIA_FIELDS = ["image", "video", "audio", "left_audio", "right_audio", "mask_image"];

/**
 * A form with its media as blobs.
 * @throws EngineError `input/field`, `input/missing`, `input/fetch`, `input/image`, `job/cancelled`.
 */
export async function withBlobs(formState: object, signal?: AbortSignal): Promise<Record<string, unknown>> {
  checkSettings(formState);
  const fields = await Promise.all(
    Object.entries(formState).map(async ([field, value]) => {
      if (field === "mask_image")
        return [field, value ? await toBlob(value as MediaInput, field, signal) : undefined];
      if (!MEDIA_FIELDS.includes(field)) return [field, value];
      return [field, await toBlob(value as MediaInput, field, signal)];
    }),
  );
  throwIfCancelled(signal);
  return Object.fromEntries(fields) as Record<string, unknown>;
}

/** Progress that was told but not yet read: the newest only, for no display needs what is past. */
function createProgressFeed() {
  let latest: JobProgress | undefined;
  let waiting: (() => void)[] = [];
  let ended = false;
  const notify = () => {
    for (const wake of waiting.splice(0)) wake();
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
        else await new Promise<void>((resolve) => (waiting = [...waiting, resolve]));
      }
    },
  };
}

/** A listener whose own failure is reported as one of the page's, and does not end the job. */
export function guarded<Value>(
  listener: ((value: Value) => void) | undefined,
): ((value: Value) => void) | undefined {
  return (
    listener &&
    ((value) => {
      try {
        listener(value);
      } catch (error) {
        reportError(error);
      }
    })
  );
}

/** Starts a job as {@link LipSyncJob}; whatever is wrong with it rejects the job. */
export function startJob(
  engine: Engine,
  request: LipSyncRequest,
  listeners: JobListeners & Partial<WriteOptions>,
): LipSyncJob<JobResult | WrittenResult> {
  const { signal, checkpoint, writeTo } = listeners;
  const controller = new AbortController();
  const cancel = () => controller.abort();
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  const feed = createProgressFeed();
  const onProgress = guarded(listeners.onProgress);
  const onPreview = guarded(listeners.onPreview);

  async function render(): Promise<JobResult> {
    const { model, formState, lipModel, ...settings } = request;
    if (writeTo) checkTarget(writeTo);
    checkMedia(model, formState);
    checkSettings(settings);
    const blobs = await withBlobs(formState, controller.signal);
    const own = lipModel ? { lipModel: await resolveLipModel(lipModel) } : {};
    // The form keeps the shape of its model.
    const job = { ...settings, ...own, model, formState: blobs } as unknown as EngineRequest;
    return engine.run(job, {
      signal: controller.signal,
      onProgress(progress) {
        onProgress?.(progress);
        feed.push(progress);
      },
      ...(onPreview ? { onPreview } : {}),
      ...(checkpoint ? { checkpoint } : {}),
    });
  }

  async function run(): Promise<JobResult | WrittenResult> {
    if (!writeTo) return render();
    try {
      return await writeOutput(await render(), writeTo, controller.signal);
    } catch (error) {
      await abandonTarget(writeTo, error);
      throw error;
    }
  }

  const result = run().finally(() => {
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
