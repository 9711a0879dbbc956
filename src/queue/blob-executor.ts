import type { Checkpoint } from "../job/checkpoint.ts";
import type { FetchMedia } from "../job/fetch-media.ts";
import type {
  DialogueFormState,
  ImageFormState,
  JobModel,
  JobProgress,
  JobResult,
  VideoFormState,
} from "../job/job.ts";
import { resolveInputs } from "./inputs.ts";
import type { JobStore } from "./store/job-store.ts";
import type { MediaStore } from "./store/media-store.ts";
import type { ExecuteJob } from "./runner.ts";

/** A job as the engine takes it: all media as blobs, the seed drawn. */
export interface BlobJob {
  readonly model: JobModel;
  readonly formState: ImageFormState<Blob> | DialogueFormState<Blob> | VideoFormState<Blob>;
}

/** What the engine is given with a job. */
export interface RunJobContext {
  /** The job's id in the queue. */
  readonly id: string;
  readonly signal: AbortSignal;
  onProgress(progress: JobProgress): void;
  readonly checkpoint: Checkpoint;
}

/** The engine's one call, as the queue needs it. */
export type RunJob = (job: BlobJob, context: RunJobContext) => Promise<JobResult>;

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
    const media: Record<string, Blob> = {};
    for (const [field, file] of Object.entries(files)) media[field] = await file.blob();
    // The router's schema has checked that a row has exactly the fields of its model.
    const formState = { ...row.parameters, seed: row.seed, ...media } as unknown as BlobJob["formState"];
    const result = await runJob({ model: row.model, formState }, { ...context, id: row.id });
    return { ...result, type: result.output.type, release: () => deps.discard(result.output) };
  };
}
