import { EngineError, hasDetails, type ErrorCode, type ErrorDetails } from "../job/errors.ts";
import { withSeed, type JobSpec } from "../job/job-spec.ts";
import type { JobProgress, JobReport, Stage } from "../job/job.ts";
import { withoutRepeats, type Warning } from "../job/warnings.ts";

/** Where a job's medium lies: a stored file by its id, or an address that is fetched when the job runs. */
export type JobInput = { readonly file: string } | { readonly url: string };

/** States of a job in the queue, in order; a job moves only forward. */
export const JOB_STATES = ["queued", "running", "completed", "failed"] as const;
/** One state of a job. */
export type JobState = (typeof JOB_STATES)[number];

/** A finished job's result: a file of the media store. */
export interface JobOutput {
  readonly file: string;
  readonly type: string;
  readonly size: number;
}

/** Delivery of a job's webhook. */
export interface WebhookState {
  readonly url: string;
  /** Deliveries tried so far. */
  readonly attempts: number;
  readonly lastError?: string;
  /** Epoch ms of the receiver's 2xx. */
  readonly deliveredAt?: number;
  /** Epoch ms at which the last retry failed. */
  readonly abandonedAt?: number;
}

/** What a client asked for; everything that a row keeps from its submission. */
export interface JobDraft {
  readonly id: string;
  /**
   * The whole request, as it was when the job was submitted: what is set later is for later jobs. Its seed is already
   * drawn when the client gave none, so a resumed job gets the same one.
   */
  readonly spec: JobSpec<JobInput>;
  /** Facts; sentences are made of them where they are shown. */
  readonly warnings: readonly Warning[];
  readonly createdAt: number;
  /** Base of the API as the client addressed it, for the absolute address of the output. */
  readonly baseUrl: string;
  /** The tenant that it belongs to: of the key that it was submitted with, or that key's prefix. */
  readonly owner?: string;
  /** Secret part of the output's address. */
  readonly outputToken: string;
  readonly webhook?: WebhookState;
  /** `scope` and `Idempotency-Key`, and a hash of the body that came with them. */
  readonly idempotency?: { readonly key: string; readonly fingerprint: string };
}

/** The form of the rows that this release writes; `migrate-row.ts` brings older ones up to it. */
export const ROW_FORM = 3;

/** A job as it lies in the queue. */
export interface JobRow extends JobDraft {
  /** {@link ROW_FORM} of the release that wrote it. */
  readonly form: number;
  /** Order of arrival, unique, given by the store. */
  readonly sequence: number;
  /** Rises by one at every change. */
  readonly revision: number;
  readonly state: JobState;
  readonly stage: Stage;
  /** 0 to 1; never falls. */
  readonly progress: number;
  /** Token of the runner that works on the job; absent when none does, or when it let go in good order. */
  readonly runner?: string;
  /** Runs that ended without a word: the tab, the browser or the engine died. */
  readonly crashes: number;
  /** Epoch ms at which the last run began. */
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly executionTime?: number;
  readonly error: string;
  readonly errorCode?: ErrorCode;
  /** The facts behind the error, where there are any. */
  readonly errorDetails?: ErrorDetails;
  readonly timings?: Readonly<Partial<Record<Stage, number>>>;
  readonly report?: JobReport;
  readonly output?: JobOutput;
  /** Epoch ms of the next delivery; present only while a finished job's webhook is owed. */
  readonly webhookDueAt?: number;
}

/** Whether a job has come to its end. */
export function isFinished(row: Pick<JobRow, "state">): boolean {
  return row.state === "completed" || row.state === "failed";
}

/** The first row of a draft. */
export function queuedRow(draft: JobDraft, sequence: number): JobRow {
  return {
    ...draft,
    form: ROW_FORM,
    sequence,
    revision: 1,
    state: "queued",
    stage: "queued",
    progress: 0,
    crashes: 0,
    error: "",
  };
}

/**
 * The row once `runner` has taken the job. A job that another runner held without letting go counts one crash more.
 * @param nowMs epoch ms.
 * @param departed token of a runner that said farewell, though it had no time to let go of its jobs.
 */
export function claimedRow(row: JobRow, runner: string, nowMs: number, departed?: string): JobRow {
  const crashed = row.state === "running" && row.runner !== undefined && row.runner !== departed;
  return {
    ...row,
    state: "running",
    runner,
    startedAt: nowMs,
    crashes: row.crashes + (crashed ? 1 : 0),
  };
}

/** The row once its runner has let go of it in good order: the next runner starts it again. */
export function releasedRow(row: JobRow): JobRow {
  return { ...row, runner: undefined };
}

/** The row after progress of the engine; the progress never falls, also when a job is run again. */
export function progressedRow(row: JobRow, update: JobProgress): JobRow {
  const progress = Number.isFinite(update.progress)
    ? Math.min(1, Math.max(row.progress, update.progress))
    : row.progress;
  return { ...row, stage: update.stage, progress };
}

/** The row at its end, with the webhook due at once when one is owed. */
function finishedRow(row: JobRow, nowMs: number, end: Partial<JobRow>): JobRow {
  return {
    ...row,
    runner: undefined,
    finishedAt: nowMs,
    ...(row.webhook ? { webhookDueAt: nowMs } : {}),
    ...end,
  };
}

/** The row of a job that succeeded. */
export function completedRow(
  row: JobRow,
  nowMs: number,
  end: Required<Pick<JobRow, "output" | "timings" | "report">> & {
    readonly seed: number;
    readonly warnings: readonly Warning[];
  },
): JobRow {
  const { seed, ...result } = end;
  return finishedRow(row, nowMs, {
    ...result,
    spec: withSeed(row.spec, seed),
    warnings: withoutRepeats(
      [...row.warnings, ...end.warnings].map(({ code, values }) => ({ code, values }) as Warning),
    ),
    state: "completed",
    stage: "done",
    progress: 1,
    executionTime: Math.max(0, Math.round(nowMs - (row.startedAt ?? nowMs))),
  });
}

/** The row of a job that failed or was cancelled. */
export function failedRow(row: JobRow, nowMs: number, error: EngineError): JobRow {
  const { code, message, details } = error;
  const facts = hasDetails(details) ? { errorDetails: details } : {};
  return finishedRow(row, nowMs, { state: "failed", error: message, errorCode: code, ...facts });
}

/**
 * Guards the two promises of the queue: states move only forward and progress never falls.
 * @throws EngineError `internal/bug` when a change would break one.
 */
export function assertForward(before: JobRow, after: JobRow): void {
  const rank = { queued: 0, running: 1, completed: 2, failed: 2 } as const;
  const same =
    before.id === after.id && before.sequence === after.sequence && before.spec.model === after.spec.model;
  const forward = rank[after.state] > rank[before.state] || after.state === before.state;
  if (!same || !forward || after.progress < before.progress) {
    throw new EngineError(
      "internal/bug",
      `Job ${before.id} cannot go from ${before.state} at ${String(before.progress)} to ${after.state} at ${String(after.progress)}.`,
    );
  }
}
