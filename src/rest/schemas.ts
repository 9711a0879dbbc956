import { z } from "zod";
import { POLICY, type ErrorCode } from "../job/errors.ts";
import { JOB_MODELS, STAGES } from "../job/job.ts";

// Pages forbid eval: zod's probe for it would be reported as a violation, by Firefox on the console.
z.config({ jitless: true });

const ERROR_CODES = Object.keys(POLICY) as [ErrorCode, ...ErrorCode[]];

/** Answer to a submission. */
export const Submitted = z.object({ id: z.uuid(), status: z.enum(["processing", "completed", "failed"]) });

const Count = z.number().min(0);

/** The facts behind an error. */
const ErrorFacts = z.looseObject({
  field: z.string().optional(),
  value: z.union([z.string(), z.number()]).optional(),
  allowed: z
    .array(z.union([z.string(), z.number()]))
    .readonly()
    .optional(),
  limits: z.object({ least: z.number().optional(), most: z.number().optional() }).optional(),
  unit: z.string().optional(),
  url: z.string().optional(),
  status: z.number().optional(),
  jobId: z.uuid().optional(),
});

/** A job as clients see it. */
export const Job = z.object({
  id: z.uuid(),
  model: z.enum(JOB_MODELS).meta({ description: "The route that it was sent to." }),
  status: z.enum(["processing", "completed", "failed"]),
  output: z
    .url()
    .nullable()
    .meta({ description: "Address of the result, which needs no key; null until completed." }),
  error: z.string().meta({ description: "A sentence when the job failed, else empty." }),
  executionTime: z.int().nullable().meta({ description: "Milliseconds; null until completed." }),
  timings: z
    .record(z.string(), Count)
    .nullable()
    .meta({ description: "Milliseconds in each stage; null until completed." }),
  progress: z.number().min(0).max(1).meta({ description: "Never falls." }),
  stage: z.enum(STAGES),
  warnings: z
    .array(z.string())
    .meta({ description: "What was done otherwise than asked: unknown fields and words, a smaller size…" }),
  warningDetails: z
    .array(z.object({ code: z.string(), values: z.record(z.string(), z.union([z.string(), z.number()])) }))
    .meta({
      description: "The same warnings as facts, in the same order; branch on `code`, not on the text.",
    }),
  errorCode: z
    .enum(ERROR_CODES)
    .nullable()
    .meta({ description: "Why the job failed: a code of the list; null unless it did." }),
  errorDetails: ErrorFacts.nullable().meta({
    description: "The facts behind the failure: field, value, limits…; null where the code says it all.",
  }),
  seed: z.int().meta({ description: "The one used." }),
  createdAt: z.iso.datetime(),
  report: z
    .looseObject({})
    .nullable()
    .meta({ description: "Facts about the result: size, frames, faces, ranges without a face." }),
});
/** A job as clients see it. */
export type JobView = z.infer<typeof Job>;

/** A page of jobs, newest first. */
export const JobList = z.object({
  jobs: z.array(Job),
  cursor: z
    .string()
    .nullable()
    .meta({ description: "Pass it as ?cursor= for the next page; null at the end." }),
});

/** An uploaded file. */
export const UploadedFile = z.object({ url: z.url(), id: z.uuid(), type: z.string(), size: z.int() });

/** Every answer that is not a success. */
export const ApiError = z.object({
  error: z.string().meta({ description: "A sentence that says what to do." }),
  errorCode: z.enum(ERROR_CODES).meta({ description: "A code of the list; branch on it, not on the text." }),
  field: z.string().optional().meta({ description: "The first wrong field." }),
  fields: z
    .array(z.object({ field: z.string(), error: z.string() }))
    .optional()
    .meta({ description: "Every wrong field." }),
  details: ErrorFacts.optional().meta({
    description:
      "The facts behind the refusal, where there are any: limits, unit, the address that did not answer…",
  }),
});

/** State of the service. */
export const Health = z.looseObject({
  status: z.enum(["ok", "degraded"]),
  version: z.string(),
  unfinished: z.int(),
});

/** Query of the list of jobs. */
export const ListQuery = z.object({
  status: z
    .enum(["processing", "completed", "failed"], { error: 'must be "processing", "completed" or "failed"' })
    .optional(),
  limit: z.coerce
    .number({ error: "must be a number from 1 to 100" })
    .int({ error: "must be a whole number" })
    .min(1, { error: "must be at least 1" })
    .max(100, { error: "must be at most 100" })
    .default(20),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, { error: "must be the cursor of an earlier answer" })
    .optional(),
});

/** Query of one job. */
export const WaitQuery = z.object({
  wait: z.coerce
    .number({ error: "must be a number of seconds" })
    .min(0, { error: "must be a number of seconds, at least 0" })
    .optional()
    .meta({ description: "Seconds to wait for a change, at most 30." }),
  link: z.coerce
    .number({ error: "must be a number of seconds" })
    .int({ error: "must be a whole number of seconds" })
    .min(1, { error: "must be at least 1 second" })
    .max(604_800, { error: "must be at most 604800 seconds, a week" })
    .optional()
    .meta({
      description:
        "`output` is then a signed address that works without a key for so many seconds (`dudak serve` only).",
    }),
});

/** Query of a result. */
export const OutputQuery = z.object({
  token: z
    .string()
    .optional()
    .meta({ description: "Stands in the job's `output` address and replaces the key." }),
  expires: z.string().optional().meta({ description: "Epoch seconds until which the signature holds." }),
  signature: z.string().optional().meta({ description: "Of an address that `link` asked for." }),
  download: z.string().optional().meta({ description: "Present: browsers save instead of showing." }),
});

/** Query of a report. */
export const ReportQuery = z.object({
  format: z
    .enum(["html", "json"])
    .default("html")
    .meta({ description: "A page for people, or what it is made of." }),
  language: z.string().max(35, { error: "must be a language tag" }).optional().meta({
    description:
      "Of the page, for instance `tr`; that of `Accept-Language` when absent. English where it is not spoken, and where a service worker answers. The JSON is in English.",
  }),
});

/** Query of an upload. */
export const UploadQuery = z.object({
  name: z.string().optional().meta({ description: "File name of a body that is not a form." }),
});
