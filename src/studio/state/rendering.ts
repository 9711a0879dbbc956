import type { LipSync } from "../../engine/lip-sync.ts";
import { EngineError } from "../../job/errors.ts";
import { mediaOf } from "../../job/job-spec.ts";
import type { JobProgress, OutputFormat, Stage } from "../../job/job.ts";
import type { RunJob } from "../../queue/blob-executor.ts";
import type { JobRow } from "../../queue/job-row.ts";
import { storedInputs } from "../../queue/retention.ts";
import type { Preferences, RunningJob, StudioResult, StudioState } from "./studio-state.ts";
import { jobEnd } from "./job-end.ts";
import { asProblem } from "./problem.ts";
import type { Queue } from "./queue.ts";
import { fingerprint, jobSeconds, outputName } from "./readiness.ts";
import { buildRequest } from "./request.ts";
import type { Store } from "./store.ts";

/** What rendering needs from the studio. */
export interface RenderingContext {
  readonly store: Store<StudioState>;
  readonly lipSync: LipSync;
  queue(): Promise<Queue>;
  preferences(): Preferences;
  setPreferences(patch: Partial<Preferences>): void;
  /** Keeps the draft. */
  save(): void;
  /** Runs while no model is tried. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Receives the frames of the live preview; closes them. */
  preview(frame: ImageBitmap): void;
}

/** Generating, cancelling, coming back to a job. */
export interface Rendering {
  /** Renders what was chosen, through the durable queue. The old result stays until the new one is done. */
  generate(): Promise<void>;
  /**
   * Renders the shown result once more in another format, through the durable queue: its request, with its seed,
   * whatever was chosen since.
   * @returns the file, or undefined when it failed or was cancelled; the state says why.
   */
  convert(format: OutputFormat): Promise<Blob | undefined>;
  /** Goes on watching a job that was under way when the page was closed. */
  resume(id: string): Promise<void>;
  /** Shows the result of a finished job of the history. */
  open(row: JobRow): Promise<void>;
  cancel(): void;
  /** Does a job of the queue; given to {@link Queue}. */
  readonly run: RunJob;
}

/** Starts the {@link Rendering}. */
export function createRendering(context: RenderingContext): Rendering {
  const { store, lipSync } = context;
  let controller: AbortController | null = null;
  /** The queue's job that this page works on. */
  let runningHere = "";
  let entered: [Stage, number] = ["queued", 0];

  function begin(patch: Partial<RunningJob>): RunningJob {
    const startedAt = performance.now();
    entered = ["queued", startedAt];
    const job: RunningJob = {
      stage: "queued",
      progress: 0,
      stageProgress: 0,
      secondsLeft: null,
      took: {},
      durationSeconds: jobSeconds(store.state),
      format: "mp4",
      startedAt,
      id: null,
      resumed: false,
      elsewhere: false,
      ...patch,
    };
    store.update({ job, failure: null, tool: null, sheet: null, view: "stage" });
    return job;
  }

  function follow(update: JobProgress): void {
    const { job } = store.state;
    if (!job) return;
    const now = performance.now();
    const took = { ...job.took };
    const [stage, since] = entered;
    if (update.stage !== stage) {
      took[stage] = (now - since) / 1000;
      entered = [update.stage, now];
    }
    store.update({
      job: {
        ...job,
        took,
        stage: update.stage,
        progress: Math.max(job.progress, update.progress),
        stageProgress: update.stageProgress ?? 0,
        secondsLeft: update.secondsLeft ?? null,
      },
    });
  }

  function fail(error: unknown): void {
    const problem = asProblem(error);
    store.update({ job: null, failure: problem.code === "job/cancelled" ? null : problem });
    context.save();
  }

  function learnPace(madeSeconds: number, durationSeconds: number): void {
    const { pace } = context.preferences();
    const { resolution } = store.state.options;
    const measured = madeSeconds / Math.max(0.5, durationSeconds);
    context.setPreferences({ pace: { ...pace, [resolution]: measured } });
  }

  async function resultOf(queue: Queue, row: JobRow, name: string, madeFrom: string): Promise<StudioResult> {
    const media = mediaOf(row.spec);
    const source = media.get("image") ?? media.get("video");
    const before = source && "file" in source ? ((await queue.file(source.file))?.blob ?? null) : null;
    const file = row.output ? await queue.file(row.output.file) : undefined;
    if (!file || !row.report) {
      throw new EngineError("storage/failed", "The result is gone from the storage. Render it again.");
    }
    return {
      output: file.blob,
      url: URL.createObjectURL(file.blob),
      before,
      beforeUrl: before ? URL.createObjectURL(before) : null,
      name,
      format: file.blob.type.includes("webm") ? "webm" : "mp4",
      seed: row.spec.formState.seed ?? 0,
      warnings: row.warnings,
      report: row.report,
      madeSeconds: (row.executionTime ?? 0) / 1000,
      row,
      madeFrom,
    };
  }

  /**
   * Waits for the end of a job of the queue, showing how it goes on.
   * @returns its row when it is completed; of any other end the state says why.
   */
  async function follows(queue: Queue, id: string): Promise<JobRow | undefined> {
    const stop = queue.subscribe(() => {
      const row = queue.rows().find((other) => other.id === id);
      const { job } = store.state;
      if (!row || job?.id !== id || runningHere === id) return;
      // Another tab does the work: its row is all there is to see.
      store.update({ job: { ...job, elsewhere: row.state === "running" && !queue.api.leading } });
      follow(row);
    });
    try {
      const row = await jobEnd(queue, id);
      if (store.state.job?.id !== id) return undefined;
      if (row?.state === "completed") return row;
      const code = row?.errorCode ?? "job/cancelled";
      if (code === "job/cancelled") await queue.remove(id).catch(() => undefined);
      fail(new EngineError(code, row?.error ?? "", { details: row?.errorDetails ?? {} }));
    } finally {
      stop();
      context.save();
    }
    return undefined;
  }

  /** Waits for the end of a job of the queue and shows its result. */
  async function watch(queue: Queue, id: string): Promise<void> {
    const name = outputName(store.state);
    const madeFrom = fingerprint(store.state);
    const row = await follows(queue, id);
    if (!row) return;
    const result = await resultOf(queue, row, name, madeFrom);
    if (!store.state.job?.resumed) learnPace(result.madeSeconds, result.report.durationSeconds);
    store.update({ job: null, result, showResult: true });
    context.save();
  }

  /** Submits a job, which {@link Rendering.cancel} ends from now on; the queue and the job's id. */
  async function submit(work: (queue: Queue) => Promise<string>): Promise<[Queue, string]> {
    const own = new AbortController();
    controller = own;
    const queue = await context.queue();
    const id = await work(queue);
    if (own.signal.aborted) {
      await queue.remove(id);
      throw new EngineError("job/cancelled", "The job was cancelled.");
    }
    own.signal.addEventListener("abort", () => void queue.remove(id).catch(fail), { once: true });
    if (store.state.job) store.update({ job: { ...store.state.job, id } });
    context.save();
    return [queue, id];
  }

  return {
    run: (spec, { id, signal, onProgress, checkpoint }) => {
      runningHere = id;
      const mine = () => store.state.job?.id === id;
      const { job: shown } = store.state;
      if (shown?.id === id && shown.elsewhere) store.update({ job: { ...shown, elsewhere: false } });
      return context.alone(async () =>
        lipSync.run(spec, {
          signal,
          checkpoint,
          onProgress: (update) => {
            onProgress(update);
            if (mine()) follow(update);
          },
          onPreview: (frame) => {
            if (mine()) context.preview(frame);
            else frame.close();
          },
        }),
      );
    },
    async generate() {
      if (store.state.job) return;
      begin({});
      try {
        const { state } = store;
        const started = submit(async (queue) =>
          queue.submit(await buildRequest(state, context.preferences())),
        );
        await watch(...(await started));
      } catch (error) {
        fail(error);
      }
    },
    async convert(format) {
      const { result, job } = store.state;
      if (job || !result) return undefined;
      begin({ format, durationSeconds: result.report.durationSeconds });
      try {
        const [queue, id] = await submit(async (opened) => {
          const made = result.row && (await opened.row(result.row.id));
          if (made) return opened.again(made, { format });
          throw new EngineError("storage/failed", "The result is gone from the storage. Render it again.");
        });
        const row = await follows(queue, id);
        const file = row?.output && (await queue.file(row.output.file));
        if (row) store.update({ job: null });
        return file?.blob;
      } catch (error) {
        fail(error);
        return undefined;
      }
    },
    async resume(id) {
      const queue = await context.queue();
      const row = await queue.row(id);
      if (!row) return;
      const own = new AbortController();
      controller = own;
      own.signal.addEventListener("abort", () => void queue.remove(id).catch(fail), { once: true });
      begin({ id, resumed: true, progress: row.progress, stage: row.stage });
      await watch(queue, id).catch(fail);
    },
    async open(row) {
      const queue = await context.queue();
      try {
        const names = await Promise.all(
          storedInputs(row).map(async (file) => (await queue.file(file))?.name ?? ""),
        );
        const name = names
          .map((text) => text.replace(/\.[^.]+$/, ""))
          .filter(Boolean)
          .join("-");
        const result = await resultOf(queue, row, name.slice(0, 80) || row.spec.model, row.id);
        store.update({ result, showResult: true, sheet: null, view: "stage" });
      } catch (error) {
        fail(error);
      }
    },
    cancel: () => controller?.abort(),
  };
}
