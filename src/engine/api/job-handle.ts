import { throwIfCancelled } from "../../job/errors.ts";
import { mapMediaAsync, type JobSpec } from "../../job/job-spec.ts";
import type { JobProgress, JobResult } from "../../job/job.ts";
import { fromWireNames } from "../../job/wire-names.ts";
import type { Engine } from "../engine-types.ts";
import { toBlob, type MediaInput } from "../jobs/media-input.ts";
import type { JobListeners, LipSyncJob, WriteOptions, WrittenResult } from "./lip-sync-types.ts";
import { abandonTarget, checkTarget, writeOutput } from "./write-output.ts";

/**
 * A request checked and its media at hand. The checks load with the first job, so that they cost nothing before.
 * @throws EngineError `input/field`, `input/missing` before anything is fetched; `input/fetch`, `input/image`,
 * `job/cancelled`.
 */
async function openRequest(request: JobSpec<MediaInput>, signal: AbortSignal): Promise<JobSpec<Blob>> {
  const { checkJobSpec } = await import("../../job/check-job.ts");
  const formState = fromWireNames(request.formState);
  const spec = checkJobSpec<MediaInput>({ ...request, formState });
  const opened = await mapMediaAsync(spec, (media, field) => toBlob(media, field, signal));
  throwIfCancelled(signal);
  return opened;
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
  request: JobSpec<MediaInput>,
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
  const onWarning = guarded(listeners.onWarning);

  async function render(): Promise<JobResult> {
    if (writeTo) checkTarget(writeTo);
    const spec = await openRequest(request, controller.signal);
    return engine.run(spec, {
      signal: controller.signal,
      onProgress(progress) {
        onProgress?.(progress);
        feed.push(progress);
      },
      ...(onPreview ? { onPreview } : {}),
      ...(onWarning ? { onWarning } : {}),
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
