import type { Checkpoint } from "../job/checkpoint.ts";
import type { FetchMedia } from "../job/fetch-media.ts";
import { mapMediaAsync, type JobSpec } from "../job/job-spec.ts";
import type { JobProgress, JobResult } from "../job/job.ts";
import { resolveInputs } from "./inputs.ts";
import type { JobStore } from "./store/job-store.ts";
import type { MediaStore } from "./store/media-store.ts";
import type { ExecuteJob } from "./job-attempt.ts";

/** What the engine is given with a job. */
export interface RunJobContext {
  /** The job's id in the queue. */
  readonly id: string;
  readonly signal: AbortSignal;
  onProgress(progress: JobProgress): void;
  readonly checkpoint: Checkpoint;
}

/** The engine's one call, as the queue needs it. */
export type RunJob = (spec: JobSpec<Blob>, context: RunJobContext) => Promise<JobResult>;

/** What {@link createBlobExecutor} needs. */
export interface BlobExecutorDeps {
  readonly store: JobStore;
  readonly media: MediaStore;
  readonly fetchMedia: FetchMedia;
  /** Of one medium. */
  readonly maxBytes: number;
  /** Removes the temporary file behind an output that has been stored. */
  readonly discard: (output: Blob) => Promise<void>;
}

/** The way from a row of the queue to the engine in the same browser. */
export function createBlobExecutor(runJob: RunJob, deps: BlobExecutorDeps): ExecuteJob {
  return async (row, context) => {
    const files = await resolveInputs(row, deps, context.signal);
    const spec = await mapMediaAsync(files, (file) => file.blob());
    const result = await runJob(spec, { ...context, id: row.id });
    return { ...result, type: result.output.type, release: () => deps.discard(result.output) };
  };
}
