import { throwIfCancelled } from "../job/errors.ts";
import { JOB_DEFAULTS, type JobSpec } from "../job/job-spec.ts";
import type { JobResult } from "../job/job.ts";
import { proxy } from "../worker-rpc/rpc.ts";
import { chooseSeed } from "./jobs/choose-seed.ts";
import type { Engine, EngineListeners } from "./engine-types.ts";
import { analysePicture, analyseVoice } from "./inspect.ts";
import { createCheckpointer } from "./jobs/checkpointer.ts";
import { resolveLipModel, tellInspection } from "./lip-model.ts";
import { createProgressMeter, VIDEO_WEIGHTS } from "./jobs/progress-meter.ts";
import { runJob } from "./jobs/run-job.ts";
import { createRecovery } from "./workers/recovery.ts";
import { createWorkers, type Workers } from "./workers/workers.ts";

/** Starts an engine; its workers start when they are first needed. */
export function createEngine(): Engine {
  const workers: Workers = createWorkers();
  const recovery = createRecovery(workers.recover);
  let tail: Promise<unknown> = Promise.resolve();
  /** The last use of a user's own model; one at a time is held in memory. */
  let modelWork: Promise<unknown> = Promise.resolve();

  async function runNow(spec: JobSpec<Blob>, listeners: EngineListeners): Promise<JobResult> {
    const signal = listeners.signal ?? new AbortController().signal;
    throwIfCancelled(signal);
    const weights = spec.model === "lipsync-video" ? VIDEO_WEIGHTS : undefined;
    const meter = createProgressMeter(listeners.onProgress ?? (() => undefined), undefined, weights);
    const seed = chooseSeed(spec.formState.seed);
    const lipModel = spec.lipModel && (await resolveLipModel(spec.lipModel));
    const checkpointer = createCheckpointer(listeners.checkpoint, spec, { seed, lipModel });
    try {
      const context = { workers, signal, meter, seed, lipModel, listeners, checkpointer };
      return await recovery.job(() => runJob(spec, context), signal, spec.backend);
    } finally {
      await checkpointer.settled();
    }
  }

  return {
    warmUp: (backend, onLoad) => recovery.beside(() => workers.startInference(backend, onLoad), backend),
    analyse: (picture, backend) => recovery.beside(() => analysePicture(workers, picture, backend), backend),
    analyseVoice: (voice, options = {}) =>
      recovery.beside(
        () =>
          analyseVoice(workers, voice, {
            backend: options.backend,
            maxSeconds: options.maxSeconds ?? JOB_DEFAULTS.maxSeconds,
            signal: options.signal ?? new AbortController().signal,
            onWave: options.onWave ?? (() => undefined),
          }),
        options.backend,
      ),
    inspectModel(file, manifest, backend) {
      const found = modelWork.then(async () => {
        await workers.startInference(backend);
        return tellInspection(await workers.inference(backend).inspectModel(file, manifest ?? null));
      });
      modelWork = found.catch(() => undefined);
      return found;
    },
    openLive: (form, options = {}) =>
      recovery.beside(async () => {
        const { openLiveSession } = await import("./live/live-session.ts");
        return openLiveSession(workers, form, options);
      }, options.backend),
    run(spec, listeners = {}) {
      const ready = spec.lipModel ? Promise.all([tail, modelWork]) : tail;
      const result = ready.then(() => runNow(spec, listeners));
      tail = result.catch(() => undefined);
      if (spec.lipModel) modelWork = tail;
      return result;
    },
    previewGif: (video, { signal = new AbortController().signal, onProgress = () => undefined } = {}) =>
      recovery.beside(() => workers.media().previewGif(video, signal, proxy(onProgress))),
    dispose: () => workers.dispose(),
  };
}
