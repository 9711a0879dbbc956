import { JOB_MODELS } from "../job/job.ts";
import type { z } from "zod";
import { json } from "./http/answers.ts";
import type { Call } from "./api-deps.ts";
import { getFile, uploadFile } from "./file-routes.ts";
import { deleteJob, getJob, getOutput, listJobs, streamEvents } from "./job-routes.ts";
import { getReport } from "./report-route.ts";
import {
  Health,
  Job,
  JobList,
  ListQuery,
  OutputQuery,
  ReportQuery,
  Submitted,
  UploadedFile,
  UploadQuery,
  WaitQuery,
} from "./schemas.ts";
import { submission } from "./read-submission.ts";
import { submit } from "./submit.ts";

/** One route: how it is answered, and what the OpenAPI document says of it. */
export interface Route {
  readonly method: "get" | "post" | "delete";
  /** Path below the base, parameters as `:name`. */
  readonly path: string;
  /** `key`: needs an API key where keys are needed. `open`: never. `own`: the handler decides. */
  readonly access: "key" | "open" | "own";
  readonly summary: string;
  /** What the summary leaves out. */
  readonly description?: string;
  readonly handle: (call: Call) => Promise<Response>;
  readonly body?: { readonly schema: z.ZodType } | { readonly media: readonly string[] };
  readonly query?: z.ZodObject;
  /** The success: status, and its schema or media type. */
  readonly answer: {
    readonly status: number;
    readonly schema?: z.ZodType;
    readonly media?: string;
    /** What the answer says, where the summary does not. */
    readonly meaning?: string;
  };
  /** Other answers that are no refusals: status and meaning. */
  readonly alternatives?: Readonly<Record<number, string>>;
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
    description:
      "Answers at once; the job then waits in the queue. The same Idempotency-Key and body answer with the same job, another body with 409. A field that is not listed is ignored and named in the job's `warnings`.",
    handle: submit(model),
    body: { schema: submission(model) },
    answer: { status: 200, schema: Submitted },
  })),
  {
    method: "get",
    path: "/jobs",
    access: "key",
    summary: "The jobs, newest first",
    description: "`cursor` of an answer, sent back as `?cursor=`, gives the next page.",
    handle: listJobs,
    query: ListQuery,
    answer: { status: 200, schema: JobList },
  },
  {
    method: "get",
    path: "/jobs/:id",
    access: "key",
    summary: "A job, at once or when it changes",
    description:
      "With `wait` (long poll) it answers as soon as the job changes or is finished, else after that many seconds.",
    handle: getJob,
    query: WaitQuery,
    answer: { status: 200, schema: Job },
  },
  {
    method: "delete",
    path: "/jobs/:id",
    access: "key",
    summary: "Cancels an unfinished job, removes a finished one",
    description: "A cancelled job is `failed` with the code `job/cancelled`.",
    handle: deleteJob,
    answer: { status: 200, schema: Job, meaning: "The job was unfinished; it is cancelled." },
    alternatives: { 204: "The job was finished; it and its files are removed." },
  },
  {
    method: "get",
    path: "/jobs/:id/output",
    access: "own",
    summary: "The result",
    description:
      "The video, by API key, or by what stands in the job's `output`: its token, or a signature until it expires. A `Range` of bytes, `If-Range` and `If-None-Match` are understood; `409` until the job is completed.",
    handle: getOutput,
    query: OutputQuery,
    answer: { status: 200, media: "video/*" },
    alternatives: { 206: "The bytes that `Range` asks for.", 304: "Unchanged since `If-None-Match`." },
  },
  {
    method: "get",
    path: "/jobs/:id/report",
    access: "key",
    summary: "A report that a person can read",
    description:
      "One page that needs nothing else: voice, opening and closures of the mouth along the video, where the result is doubtful and what to do, frames left as they were with pictures, settings and seed, files with their SHA-256, time by stage. `409` until the job is completed.",
    handle: getReport,
    query: ReportQuery,
    answer: { status: 200, media: "text/html" },
  },
  {
    method: "get",
    path: "/jobs/:id/events",
    access: "key",
    summary: "The job at every change, as server-sent events",
    description:
      "Each event's data is the job as JSON. The stream ends with the job; its last event has the id `end`.",
    handle: streamEvents,
    answer: { status: 200, media: "text/event-stream" },
    alternatives: { 204: "`Last-Event-ID` is `end`: there is nothing more to come." },
  },
  {
    method: "post",
    path: "/files",
    access: "key",
    summary: "Stores a file; its URL can stand in a formState",
    description:
      "A form with one file, or the bytes themselves with their Content-Type. What was uploaded is kept for a day, and as long as a job uses it.",
    handle: uploadFile,
    query: UploadQuery,
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
    alternatives: { 206: "The bytes that `Range` asks for.", 304: "Unchanged since `If-None-Match`." },
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
