import { EngineError } from "../job/errors.ts";
import type { JobDraft, JobRow } from "./job-row.ts";

/**
 * The earlier row when `draft` repeats its submission.
 * @throws EngineError `job/conflict`, with the earlier job's id, when the key is the same and the body is not.
 */
export function sameSubmission(earlier: JobRow, draft: JobDraft): JobRow {
  if (earlier.idempotency?.fingerprint === draft.idempotency?.fingerprint) return earlier;
  throw new EngineError(
    "job/conflict",
    `This Idempotency-Key was used for job ${earlier.id} with another body. Use a new key for a new job.`,
    { details: { jobId: earlier.id } },
  );
}
