import type { JobReport } from "../../src/job/job.ts";
import type { JobDraft, JobRow } from "../../src/queue/job-row.ts";
import type { JobOutcome } from "../../src/queue/runner.ts";

/** A draft of a job with no media. */
export function draft(more: Partial<JobDraft> = {}): JobDraft {
  return {
    id: crypto.randomUUID(),
    model: "lipsync-image",
    inputs: {},
    parameters: {},
    seed: 1,
    warnings: [],
    createdAt: Date.now(),
    baseUrl: "http://localhost/api/v1",
    outputToken: "token",
    ...more,
  };
}

/** A report of a job that had nothing to do. */
export const REPORT: JobReport = {
  width: 2,
  height: 2,
  fps: 25,
  frames: 1,
  durationSeconds: 0.04,
  backend: "wasm",
  encoder: "none",
  faces: [],
  facelessRanges: [],
  mouthWidthPx: 0,
};

/** The outcome of a job whose output is a few bytes that depend on its seed. */
export function outcome(row: JobRow, text = `output of seed ${String(row.seed)}`): JobOutcome {
  return {
    output: new Blob([text]),
    type: "video/mp4",
    seed: row.seed,
    warnings: [],
    report: REPORT,
    timings: { rendering: 1 },
  };
}
