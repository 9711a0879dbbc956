import { pino, type Logger } from "pino";
import type { JobRow } from "../../queue/job-row.ts";

/** Levels of the log, the most talkative first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;

/** How to log. */
export interface LogOptions {
  readonly level?: (typeof LOG_LEVELS)[number];
  /** Also what jobs are about: addresses and names of media, prompts, and sentences that may hold them. */
  readonly content?: boolean;
  /** Where the lines go, for tests; standard error when absent. */
  readonly write?: (line: string) => void;
}

/** The log of a process: one JSON object a line, with the job's id wherever it is about one. */
export interface Log {
  readonly lines: Pick<Logger, "debug" | "info" | "warn" | "error">;
  /** A change of a job, told only when it is one of state, run or webhook. */
  job(before: JobRow | undefined, after: JobRow): void;
}

/** Starts a log. */
export function createLog({ level = "silent", content = false, write }: LogOptions = {}): Log {
  const options = { level, base: { pid: process.pid } };
  const lines = write ? pino(options, { write }) : pino(options, pino.destination({ dest: 2, sync: true }));
  const said = (row: JobRow) => (content ? { spec: row.spec, error: row.error || undefined } : {});
  return {
    lines,
    job(before, after) {
      const { id: job, owner: tenant } = after;
      const { model } = after.spec;
      if (!before) lines.info({ job, tenant, model, ...said(after) }, "job submitted");
      else if (before.runner !== after.runner && after.state === "running") {
        const message = after.runner === undefined ? "job let go" : "job started";
        lines.info({ job, model, crashes: after.crashes }, message);
      } else if (before.state !== after.state) {
        const { errorCode, executionTime, timings } = after;
        const ended = { job, tenant, model, errorCode, executionTime, timings, ...said(after) };
        if (after.state === "failed" && errorCode !== "job/cancelled") lines.warn(ended, "job failed");
        else lines.info(ended, after.state === "failed" ? "job cancelled" : "job completed");
      } else if (before.webhook !== after.webhook && after.webhook) {
        const { attempts, deliveredAt, abandonedAt, lastError, url } = after.webhook;
        const detail = { job, attempts, ...(content ? { url, lastError } : {}) };
        if (deliveredAt !== undefined) lines.info(detail, "webhook delivered");
        else lines.warn(detail, abandonedAt === undefined ? "webhook failed" : "webhook given up");
      }
    },
  };
}
