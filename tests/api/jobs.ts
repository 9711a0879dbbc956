import type { JobReport } from "../../src/job/job.ts";
import type { JobDraft, JobInput, JobRow } from "../../src/queue/job-row.ts";
import type { JobOutcome } from "../../src/queue/job-attempt.ts";

const NOWHERE = { url: "http://media.example/file" };

/** A request with that picture, and a voice that is not there. */
export function requestWith(image: JobInput): JobDraft["spec"] {
  return { model: "lipsync-image", formState: { image, audio: NOWHERE, seed: 1 } };
}

/** A draft of a job whose media are not there. */
export function draft(more: Partial<JobDraft> = {}): JobDraft {
  return {
    id: crypto.randomUUID(),
    spec: requestWith(NOWHERE),
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
export function outcome(row: JobRow, text = `output of seed ${String(row.spec.formState.seed)}`): JobOutcome {
  return {
    output: new Blob([text]),
    type: "video/mp4",
    seed: row.spec.formState.seed ?? 0,
    warnings: [],
    report: REPORT,
    timings: { rendering: 1 },
  };
}
