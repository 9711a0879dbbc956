import type { Engine, EngineRequest } from "../../client/engine.ts";
import { toEngineError } from "../../core/errors.ts";
import type { JobProgress, JobResult, OutputFormat, Stage } from "../../core/job.ts";
import { chosenFaceMask } from "../mask/face-mask.ts";
import type { Preferences, RunningJob, StudioResult, StudioState } from "./model.ts";
import { fingerprint, jobSeconds, outputName } from "./readiness.ts";
import type { Store } from "./store.ts";

/** What rendering needs from the studio. */
export interface RenderingContext {
  readonly store: Store<StudioState>;
  readonly engine: Engine;
  preferences(): Preferences;
  setPreferences(patch: Partial<Preferences>): void;
  /** Keeps the draft. */
  save(): void;
  /** Receives the frames of the live preview; closes them. */
  preview(frame: ImageBitmap): void;
}

/** Generating and cancelling. */
export interface Rendering {
  /**
   * Renders what was chosen. The old result stays until the new one is done.
   * @param seed overrides the user's seed, to make the same video in another format.
   * @returns the result, or undefined when it failed or was cancelled; the state says why.
   */
  generate(format?: OutputFormat, seed?: number): Promise<StudioResult | undefined>;
  cancel(): void;
}

async function buildRequest(
  state: StudioState,
  preferences: Preferences,
  format: OutputFormat,
  seed: number | undefined,
): Promise<EngineRequest> {
  const { picture, voices, options, mode } = state;
  const mask = options.mask ?? (mode === "photo" && picture ? await chosenFaceMask(picture) : null);
  const typed = options.seed.trim() === "" ? undefined : Number(options.seed);
  const common = {
    resolution: options.resolution,
    ...(mask ? { mask_image: mask } : {}),
    ...(options.prompt.trim() ? { prompt: options.prompt } : {}),
    ...(seed === undefined && typed === undefined ? {} : { seed: seed ?? typed! }),
  };
  const image = picture!.file;
  const how = { format, ...(preferences.backend ? { backend: preferences.backend } : {}) };
  return mode === "dialogue"
    ? {
        model: "lipsync-image-multi",
        formState: {
          image,
          left_audio: voices[0]!.file,
          right_audio: voices[1]!.file,
          order: options.order,
          ...common,
        },
        ...how,
      }
    : { model: "lipsync-image", formState: { image, audio: voices[0]!.file, ...common }, ...how };
}

/** Starts the {@link Rendering}. */
export function createRendering(context: RenderingContext): Rendering {
  const { store, engine } = context;
  let controller: AbortController | null = null;

  function follow(progress: JobProgress, stages: Map<Stage, number>): void {
    const { job } = store.state;
    if (!job) return;
    const now = performance.now();
    const took = { ...job.took };
    if (progress.stage !== job.stage) {
      took[job.stage] = (now - (stages.get(job.stage) ?? job.startedAt)) / 1000;
      stages.set(progress.stage, now);
    }
    const patch: RunningJob = {
      ...job,
      took,
      stage: progress.stage,
      progress: progress.progress,
      stageProgress: progress.stageProgress ?? 0,
      secondsLeft: progress.secondsLeft ?? null,
    };
    store.update({ job: patch });
  }

  function finish(result: JobResult, job: RunningJob, state: StudioState): StudioResult {
    const madeSeconds = (performance.now() - job.startedAt) / 1000;
    const { resolution } = state.options;
    const { pace } = context.preferences();
    const measured = madeSeconds / Math.max(0.5, result.report.durationSeconds);
    context.setPreferences({ pace: { ...pace, [resolution]: measured } });
    return {
      output: result.output,
      url: URL.createObjectURL(result.output),
      name: outputName(state),
      format: job.format,
      seed: result.seed,
      warnings: result.warnings,
      report: result.report,
      madeSeconds,
      madeFrom: fingerprint(state),
    };
  }

  return {
    async generate(format = "mp4", seed) {
      if (store.state.job) return undefined;
      const before = store.state;
      const own = new AbortController();
      controller = own;
      const startedAt = performance.now();
      const job: RunningJob = {
        stage: "queued",
        progress: 0,
        stageProgress: 0,
        secondsLeft: null,
        took: {},
        durationSeconds: jobSeconds(before),
        format,
        startedAt,
      };
      store.update({ job, failure: null, interrupted: false, tool: null, sheet: null, view: "stage" });
      context.save();
      const stages = new Map<Stage, number>([["queued", startedAt]]);
      try {
        const request = await buildRequest(before, context.preferences(), format, seed);
        const made = await engine.run(request, {
          signal: own.signal,
          onProgress: (progress) => follow(progress, stages),
          onPreview: (frame) => context.preview(frame),
        });
        const result = finish(made, job, before);
        store.update({ job: null, result, showResult: true });
        return result;
      } catch (error) {
        const { code, message } = toEngineError(error);
        store.update({ job: null, failure: code === "job/cancelled" ? null : { code, message } });
        return undefined;
      } finally {
        if (controller === own) controller = null;
        context.save();
      }
    },
    cancel: () => controller?.abort(),
  };
}
