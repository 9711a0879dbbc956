import { JOB_MODELS } from "../core/job.ts";
import type { z } from "zod";
import { json } from "./answers.ts";
import type { Call } from "./api-deps.ts";
import { getFile, uploadFile } from "./file-routes.ts";
import { deleteJob, getJob, getOutput, listJobs, streamEvents } from "./job-routes.ts";
import {
  Health,
  Job,
  JobList,
  ListQuery,
  submission,
  Submitted,
  UploadedFile,
  WaitQuery,
} from "./schemas.ts";
import { submit } from "./submit.ts";

/** One route: how it is answered, and what the OpenAPI document says of it. */
export interface Route {
  readonly method: "get" | "post" | "delete";
  /** Path below the base, parameters as `:name`. */
  readonly path: string;
  /** `key`: needs an API key where keys are needed. `open`: never. `own`: the handler decides. */
  readonly access: "key" | "open" | "own";
  readonly summary: string;
  readonly handle: (call: Call) => Promise<Response>;
  readonly body?: { readonly schema: z.ZodType } | { readonly media: readonly string[] };
  readonly query?: z.ZodObject;
  /** The success: status, and its schema or media type. */
  readonly answer: { readonly status: number; readonly schema?: z.ZodType; readonly media?: string };
}

const SUMMARIES = {
  "lipsync-image": "A talking portrait of one speaker",
  "lipsync-image-multi": "A conversation of the two people in a picture",
  "lipsync-video": "A video with its audio replaced and its lips re-synced",
} as const;

/** Every route of the API except its own description. */
export const ROUTES: readonly Route[] = [
  ...JOB_MODELS.map((model): Route => ({
    method: "post",
    path: `/${model}`,
    access: "key",
    summary: SUMMARIES[model],
    handle: submit(model),
    body: { schema: submission(model) },
    answer: { status: 200, schema: Submitted },
  })),
  {
    method: "get",
    path: "/jobs",
    access: "key",
    summary: "The jobs, newest first",
    handle: listJobs,
    query: ListQuery,
    answer: { status: 200, schema: JobList },
  },
  {
    method: "get",
    path: "/jobs/:id",
    access: "key",
    summary: "A job, at once or when it changes",
    handle: getJob,
    query: WaitQuery,
    answer: { status: 200, schema: Job },
  },
  {
    method: "delete",
    path: "/jobs/:id",
    access: "key",
    summary: "Cancels an unfinished job (200, the job), removes a finished one (204)",
    handle: deleteJob,
    answer: { status: 200, schema: Job },
  },
  {
    method: "get",
    path: "/jobs/:id/output",
    access: "own",
    summary: "The result; Range requests are served",
    handle: getOutput,
    answer: { status: 200, media: "video/*" },
  },
  {
    method: "get",
    path: "/jobs/:id/events",
    access: "key",
    summary: "The job at every change, as server-sent events",
    handle: streamEvents,
    answer: { status: 200, media: "text/event-stream" },
  },
  {
    method: "post",
    path: "/files",
    access: "key",
    summary: "Stores a file; its URL can stand in a formState",
    handle: uploadFile,
    body: { media: ["multipart/form-data", "application/octet-stream"] },
    answer: { status: 201, schema: UploadedFile },
  },
  {
    method: "get",
    path: "/files/:id",
    access: "key",
    summary: "An uploaded file",
    handle: getFile,
    answer: { status: 200, media: "application/octet-stream" },
  },
  {
    method: "get",
    path: "/health",
    access: "open",
    summary: "Whether jobs can run",
    handle: health,
    answer: { status: 200, schema: Health },
  },
];

async function health({ deps }: Call): Promise<Response> {
  const unfinished = await deps.store.countUnfinished();
  return json({ status: "ok", version: deps.version, unfinished, ...(await deps.health?.()) });
}
