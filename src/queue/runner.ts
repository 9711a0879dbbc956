import type { Checkpoint } from "../job/checkpoint.ts";
import { EngineError, toEngineError } from "../job/errors.ts";
import type { JobProgress, JobResult } from "../job/job.ts";
import { createJobCheckpoint } from "./job-checkpoint.ts";
import { completedRow, failedRow, isFinished, progressedRow, releasedRow, type JobRow } from "./job-row.ts";
import type { JobStore } from "./store/job-store.ts";
import { pause, type Leadership } from "./leadership.ts";
import type { MediaFile, MediaStore } from "./store/media-store.ts";
import { filesOf } from "./retention.ts";

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

/** Options of {@link createRunner}. */
export interface RunnerOptions {
  readonly store: JobStore;
  readonly media: MediaStore;
  readonly execute: ExecuteJob;
  readonly leadership: Leadership;
  /** Jobs at the same time. */
  readonly concurrency?: number;
  /**
   * A job whose runs have ended this often without a word is given up with `job/crashed`; those that saved a further
   * piece of it do not count.
   */
  readonly maxCrashes?: number;
  /** Other work of the one runner, for instance the webhooks; runs beside the jobs, until the signal. */
  readonly alongside?: readonly ((signal: AbortSignal) => Promise<void>)[];
  /** Where a page notes, in the instant in which it is closed, that its jobs did not crash. */
  readonly farewell?: Farewell;
  readonly now?: () => number;
}

/** A note that outlives the page and is written at once, unlike the database. */
export interface Farewell {
  /** Token of the runner that left last. */
  read(): string | undefined;
  write(token: string): void;
}

/** The context's part in running the queue. */
export interface Runner {
  /** Whether this context is the one that runs the queue now. */
  readonly leading: boolean;
  /** Notes, at once, that the context ends in good order: for `pagehide`, when there is no time to stop. */
  leave(): void;
  /** Stops; a job in the middle stays in the queue and is not counted as crashed. */
  stop(): Promise<void>;
}

const POLL_MS = 5000;
const PROGRESS_MS = 250;

/** Takes part in running the queue: waits to become the one runner, then does the jobs, oldest first. */
export function createRunner(options: RunnerOptions): Runner {
  const stop = new AbortController();
  let leading: string | undefined;
  const work = async () => {
    while (!stop.signal.aborted) {
      try {
        await options.leadership.run(async (token, signal) => {
          leading = token;
          try {
            await runQueue(options, token, signal);
          } finally {
            leading = undefined;
          }
        }, stop.signal);
      } catch {
        // The storage refused; what it refused has not happened, so the next round finds the same queue.
        await pause(POLL_MS, stop.signal);
      }
    }
  };
  const done = work();
  return {
    get leading() {
      return leading !== undefined;
    },
    leave() {
      if (leading !== undefined) options.farewell?.write(leading);
    },
    async stop() {
      stop.abort();
      await done;
    },
  };
}

async function runQueue(options: RunnerOptions, token: string, leader: AbortSignal): Promise<void> {
  const { store, concurrency = 1, alongside = [], farewell, now = Date.now } = options;
  const broken = new AbortController();
  const signal = AbortSignal.any([leader, broken.signal]);
  const running = new Set<Promise<void>>();
  let wake: () => void = () => undefined;
  const unsubscribe = store.subscribe(() => {
    wake();
  });
  const sides = alongside.map((side) => side(signal).catch(() => undefined));
  try {
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      while (running.size < concurrency) {
        const row = await store.claim(token, now(), farewell?.read());
        if (!row) break;
        const run: Promise<void> = runJob(options, row, token, signal)
          .catch(() => undefined)
          .finally(() => {
            running.delete(run);
            wake();
          });
        running.add(run);
      }
      const nap = new AbortController();
      await Promise.race([woken, pause(POLL_MS, AbortSignal.any([signal, nap.signal]))]);
      nap.abort();
    }
  } finally {
    broken.abort();
    unsubscribe();
    await Promise.all([...running, ...sides]);
  }
}

/** One run of one job, from the claim to its end or to the loss of this runner. */
async function runJob(
  options: RunnerOptions,
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
  const progress = throttleProgress(async (news) => {
    if (!(await write((current) => progressedRow(current, news)))) control.abort();
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
      kept = await write((current) => completedRow(current, now(), end));
    } finally {
      if (!kept) await media.delete(file.id).catch(() => undefined);
    }
  }

  async function putOutput({ output, type }: JobOutcome): Promise<MediaFile> {
    const put = () => media.put(output, { type, owner: row.id, signal });
    try {
      return await put();
    } catch (error) {
      const full = error instanceof EngineError && error.code === "storage/full";
      if (!full || !(output instanceof Blob)) throw error;
      // The finished parts have done their service; their room may be enough.
      await checkpoint.clear();
      return put();
    }
  }

  /** Writes until the storage takes it: a row that stayed "running" here would wait for the next runner. */
  async function persist(change: (row: JobRow) => JobRow): Promise<void> {
    for (;;) {
      try {
        await write(change);
        return;
      } catch (error) {
        if (leader.aborted) throw error;
        await pause(POLL_MS, leader);
      }
    }
  }

  async function giveUp(error: EngineError): Promise<void> {
    if (leader.aborted) {
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

function crashed(row: JobRow, cause?: unknown): EngineError {
  return new EngineError(
    "job/crashed",
    `The engine died ${String(row.crashes)} times while it worked on this job (last stage: ${row.stage}). Try 480p, a shorter clip or another browser.`,
    { cause },
  );
}

/** Writes at most one progress per {@link PROGRESS_MS}, each new stage at once, the latest news always last. */
function throttleProgress(write: (news: JobProgress) => Promise<void>) {
  let latest: JobProgress | undefined;
  let stage: string | undefined;
  let writing: Promise<void> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const news = latest;
    latest = undefined;
    if (news) writing = writing.then(() => write(news)).catch(() => undefined);
    return writing;
  };
  return {
    report(news: JobProgress): void {
      latest = news;
      if (news.stage !== stage) {
        stage = news.stage;
        void flush();
      } else timer ??= setTimeout(() => void flush(), PROGRESS_MS);
    },
    settle: flush,
  };
}

/** Deletes what an ended job no longer needs: its checkpoint, outputs of runs that crashed, all of a deleted job. */
async function tidyUp({ store, media }: RunnerOptions, jobId: string): Promise<void> {
  const row = await store.get(jobId);
  if (row && !isFinished(row)) return;
  const needed = row && filesOf(row);
  for (const record of await media.list(jobId)) {
    if (!needed?.has(record.id)) await media.delete(record.id).catch(() => undefined);
  }
}
