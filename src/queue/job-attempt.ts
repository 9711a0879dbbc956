import type { Checkpoint } from "../job/checkpoint.ts";
import { EngineError, toEngineError } from "../job/errors.ts";
import type { JobProgress, JobResult } from "../job/job.ts";
import { createJobCheckpoint } from "./job-checkpoint.ts";
import { completedRow, failedRow, isFinished, progressedRow, releasedRow, type JobRow } from "./job-row.ts";
import { pause } from "./leading-tab.ts";
import { filesOf } from "./retention.ts";
import type { JobTable } from "./store/job-store.ts";
import type { MediaFile, MediaStore } from "./store/media-store.ts";

/** What the runner gives to the engine with a job. */
export interface RunContext {
  /** Aborted when the job is cancelled or deleted, and when this context is no longer the runner. */
  readonly signal: AbortSignal;
  onProgress(progress: JobProgress): void;
  readonly checkpoint: Checkpoint;
}

/** A job's result; the output may be a stream where it lies on a disk. */
export interface JobOutcome extends Omit<JobResult, "output"> {
  readonly output: Blob | ReadableStream<Uint8Array>;
  /** Media type of the output. */
  readonly type: string;
  /** Called when the output has been stored or given up: what it lies in can go. */
  readonly release?: () => Promise<void>;
}

/**
 * Does one job. `device/lost` means that the engine died and may be tried again; every other error ends the job.
 */
export type ExecuteJob = (row: JobRow, context: RunContext) => Promise<JobOutcome>;

/** What {@link attemptJob} needs. */
export interface RunOptions {
  readonly store: JobTable;
  readonly media: MediaStore;
  readonly execute: ExecuteJob;
  /**
   * A job whose runs have ended this often without a word is given up with `job/crashed`; those that saved a further
   * piece of it do not count.
   */
  readonly maxCrashes?: number;
  readonly now?: () => number;
}

const POLL_MS = 5000;
const PROGRESS_MS = 250;

/**
 * One run of one job, from the claim to its end or to the loss of this runner. A job that is to be run again is let go.
 * @param token of the runner that has claimed the row.
 * @param leader aborted when this context is no longer the runner.
 */
export async function attemptJob(
  options: RunOptions,
  row: JobRow,
  token: string,
  leader: AbortSignal,
): Promise<void> {
  const { store, media, execute, maxCrashes = 3, now = Date.now } = options;
  const control = new AbortController();
  const signal = AbortSignal.any([leader, control.signal]);
  const ours = (change: (row: JobRow) => JobRow) => (current: JobRow) =>
    current.state === "running" && current.runner === token ? change(current) : undefined;
  const write = (change: (row: JobRow) => JobRow) => store.update(row.id, ours(change));
  const check = async () => {
    const current = await store.get(row.id);
    if (!current || isFinished(current) || current.runner !== token) control.abort();
  };
  const unsubscribe = store.subscribe(({ id }) => {
    if (id === row.id) void check().catch(() => undefined);
  });
  const progress = throttleProgress(async (update) => {
    if (!(await write((current) => progressedRow(current, update)))) control.abort();
  });
  let { crashes } = row;
  const checkpoint = createJobCheckpoint(media, row.id, async () => {
    if (crashes > 0) await write((current) => ({ ...current, crashes: 0 }));
    crashes = 0;
  });
  try {
    if (crashes >= maxCrashes) throw crashed(row);
    const outcome = await execute(row, { signal, onProgress: progress.report, checkpoint });
    try {
      await progress.settle();
      await commit(outcome);
    } finally {
      await outcome.release?.().catch(() => undefined);
    }
  } catch (error) {
    await progress.settle();
    await giveUp(toEngineError(error));
  } finally {
    unsubscribe();
    await checkpoint.close();
    await tidyUp(options, row.id).catch(() => undefined);
  }

  async function commit(outcome: JobOutcome): Promise<void> {
    const file = await putOutput(outcome);
    const output = { file: file.id, type: file.type, size: file.size };
    const { seed, warnings, report, timings } = outcome;
    const end = { output, seed, warnings, report, timings };
    let kept: JobRow | undefined;
    try {
      kept = await persist((current) => completedRow(current, now(), end), isFull);
    } finally {
      if (!kept) await media.delete(file.id).catch(() => undefined);
    }
  }

  async function putOutput({ output, type }: JobOutcome): Promise<MediaFile> {
    const put = () => media.put(output, { type, owner: row.id, signal });
    try {
      return await put();
    } catch (error) {
      if (!isFull(error) || !(output instanceof Blob)) throw error;
      // The finished parts have done their service; their room may be enough.
      await checkpoint.clear();
      return put();
    }
  }

  /**
   * Writes until the storage takes it: a row that stayed "running" here would wait for the next runner, and work that
   * is done would be done again.
   * @param hopeless tells the errors that trying again does not help against.
   */
  async function persist(
    change: (row: JobRow) => JobRow,
    hopeless: (error: unknown) => boolean = () => false,
  ): Promise<JobRow | undefined> {
    for (;;) {
      try {
        return await write(change);
      } catch (error) {
        if (leader.aborted || hopeless(error)) throw error;
        await pause(POLL_MS, leader);
      }
    }
  }

  async function giveUp(error: EngineError): Promise<void> {
    if (leader.aborted || error.code === "storage/unavailable") {
      // Not the job's fault: let go in good order, so that the next runner starts it again.
      await persist(releasedRow);
    } else if (error.code === "device/lost" && crashes + 1 < maxCrashes) {
      await persist((current) => ({ ...releasedRow(current), crashes: current.crashes + 1 }));
    } else {
      const last = error.code === "device/lost" ? crashed({ ...row, crashes: crashes + 1 }, error) : error;
      await persist((current) => failedRow(current, now(), last));
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof EngineError && error.code === "storage/full";
}

function crashed(row: JobRow, cause?: unknown): EngineError {
  return new EngineError(
    "job/crashed",
    `The engine died ${String(row.crashes)} times while it worked on this job (last stage: ${row.stage}). Try 480p, a shorter clip or another browser.`,
    { cause },
  );
}

/** Writes at most one progress per {@link PROGRESS_MS}, each new stage at once, the latest always last. */
function throttleProgress(write: (update: JobProgress) => Promise<void>) {
  let latest: JobProgress | undefined;
  let stage: string | undefined;
  let writing: Promise<void> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const update = latest;
    latest = undefined;
    if (update) writing = writing.then(() => write(update)).catch(() => undefined);
    return writing;
  };
  return {
    report(update: JobProgress): void {
      latest = update;
      if (update.stage !== stage) {
        stage = update.stage;
        void flush();
      } else timer ??= setTimeout(() => void flush(), PROGRESS_MS);
    },
    settle: flush,
  };
}

/** Deletes what an ended job no longer needs: its checkpoint, outputs of runs that crashed, all of a deleted job. */
async function tidyUp({ store, media }: RunOptions, jobId: string): Promise<void> {
  const row = await store.get(jobId);
  if (row && !isFinished(row)) return;
  const needed = row && filesOf(row);
  for (const record of await media.list(jobId)) {
    if (!needed?.has(record.id)) await media.delete(record.id).catch(() => undefined);
  }
}
