import { z } from "zod";
import { POLICY, type ErrorCode } from "../job/errors.ts";
import { JOB_MODELS, STAGES, type JobModel } from "../job/job.ts";
import { isMediaUrl, isWebhookUrl } from "./http/urls.ts";

// Pages forbid eval: zod's probe for it would be reported as a violation, by Firefox on the console.
z.config({ jitless: true });

const ERROR_CODES = Object.keys(POLICY) as [ErrorCode, ...ErrorCode[]];

const need = (what: string) => (issue: { input?: unknown }) =>
  issue.input === undefined ? `is required: ${what}` : `must be ${what}`;

const MEDIA_URL = "an http(s) or data: URL, or the URL that POST /files answered with";

/** Media by address; addresses of this API may be relative. */
const media = (what: string) =>
  z
    .string({ error: need(MEDIA_URL) })
    .refine(isMediaUrl, { error: `must be ${MEDIA_URL}` })
    .meta({ description: what, format: "uri-reference" });

const common = {
  resolution: z.enum(["480p", "720p"], { error: 'must be "480p" or "720p"' }).optional().meta({
    description: "Length of the output's shorter side; a smaller source is not enlarged.",
    default: "480p",
  }),
  mask_image: media("White may change, black must stay.").optional(),
  prompt: z
    .string({ error: "must be text" })
    .max(4000, { error: "must be at most 4000 characters long" })
    .optional()
    .meta({ description: "Style guidance; what is not understood is listed in the job's warnings." }),
  seed: z
    .int({ error: "must be a whole number" })
    .optional()
    .meta({ description: "Same inputs and seed, same frames; absent or -1 draws one." }),
};

const image = media("A picture: PNG, JPEG, WebP…");
const audio = media("Speech: MP3, WAV, M4A, OGG, FLAC…");

/** The `formState` of each job. */
export const FORM_STATES = {
  "lipsync-image": z.object({ image, audio, ...common }),
  "lipsync-image-multi": z.object({
    image,
    left_audio: audio,
    right_audio: audio,
    order: z
      .enum(["meanwhile", "left_right", "right_left"], {
        error: 'must be "meanwhile", "left_right" or "right_left"',
      })
      .optional()
      .meta({ description: "Both at once, or one after the other.", default: "meanwhile" }),
    ...common,
  }),
  "lipsync-video": z.object({ video: media("A video: MP4, MOV, WebM, MKV…"), audio, ...common }),
} as const satisfies Record<JobModel, z.ZodObject>;

/** The fields of a `formState` that hold media. */
export const MEDIA_FIELDS = ["image", "video", "audio", "left_audio", "right_audio", "mask_image"] as const;

/** The body of a submission. */
export function submission(model: JobModel) {
  return z.object(
    {
      webhook: z
        .string({ error: "must be a URL" })
        .refine(isWebhookUrl, { error: "must be an https URL (plain http only for this machine itself)" })
        .optional()
        .meta({
          description: "The finished job is POSTed here: an https URL, or http to this machine itself.",
          format: "uri",
        }),
      formState: z.object(FORM_STATES[model].shape, { error: need("an object with the job's fields") }),
    },
    { error: "must be a JSON object" },
  );
}

/** Answer to a submission. */
export const Submitted = z.object({ id: z.uuid(), status: z.enum(["processing", "completed", "failed"]) });

const Count = z.number().min(0);

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
  errorCode: z
    .enum(ERROR_CODES)
    .nullable()
    .meta({ description: "Why the job failed: a code of the list; null unless it did." }),
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
});

/** Query of a result. */
export const OutputQuery = z.object({
  token: z
    .string()
    .optional()
    .meta({ description: "Stands in the job's `output` address and replaces the key." }),
  download: z.string().optional().meta({ description: "Present: browsers save instead of showing." }),
});

/** Query of an upload. */
export const UploadQuery = z.object({
  name: z.string().optional().meta({ description: "File name of a body that is not a form." }),
});
