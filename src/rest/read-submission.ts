import { z } from "zod";
import * as mini from "zod/mini";
import { readJobSpec } from "../job/check-job.ts";
import { formStateShapes, settingsShape, type MediaSchema } from "../job/job-spec-schema.ts";
import type { JobSpec } from "../job/job-spec.ts";
import type { JobModel } from "../job/job.ts";
import { fromWireNames, toWireNames, wireField } from "../job/wire-names.ts";
import type { Warning } from "../job/warnings.ts";
import { isMediaUrl, isWebhookUrl } from "./http/urls.ts";
import { check, unknownFields, withoutEmpty, type Checked } from "./http/validate.ts";

const need = (what: string) => (issue: { input?: unknown }) =>
  issue.input === undefined ? `is required: ${what}` : `must be ${what}`;

const MEDIA_URL = "an http(s) or data: URL, or the URL that POST /files answered with";

/** Media by address; addresses of this API may be relative. */
const media: MediaSchema<string> = (what) =>
  mini
    .string({ error: need(MEDIA_URL) })
    .check(
      mini.refine(isMediaUrl, { error: `must be ${MEDIA_URL}` }),
      mini.meta({ description: what, format: "uri-reference" }),
    );

const SHAPES = formStateShapes(media);
/** The settings that a client may choose: all but what is the service's to say, the longest voice and how results are kept. */
const SETTINGS = mini.omit(mini.object(settingsShape(media)), {
  maxSeconds: true,
  segmentSeconds: true,
}).shape;

/** The fields of each job's `formState`, by their names on the wire. */
export const WIRE_SHAPES = {
  "lipsync-image": toWireNames(SHAPES["lipsync-image"]),
  "lipsync-image-multi": toWireNames(SHAPES["lipsync-image-multi"]),
  "lipsync-video": toWireNames(SHAPES["lipsync-video"]),
} as const satisfies Record<JobModel, object>;

const Webhook = z.object({
  webhook: z
    .string({ error: "must be a URL" })
    .refine(isWebhookUrl, { error: "must be an https URL (plain http only for this machine itself)" })
    .optional()
    .meta({
      description: "The finished job is POSTed here: an https URL, or http to this machine itself.",
      format: "uri",
    }),
});

/** The body of a submission, as the reference shows it. */
export function submission(model: JobModel) {
  return z.object({ ...Webhook.shape, formState: z.object(WIRE_SHAPES[model]), ...SETTINGS });
}

/** What a body asks for. */
export interface Submission {
  readonly spec: JobSpec<string>;
  readonly webhook?: string;
  /** For fields that the contract does not know. */
  readonly warnings: readonly Warning[];
}

/** The one way from the wire to a request: names are mapped, everything is checked, every wrong field is told. */
export function readSubmission(model: JobModel, body: unknown): Checked<Submission> {
  if (!isObject(body)) return { ok: false, fields: [{ field: "body", error: "must be a JSON object" }] };
  const given = withoutEmpty(body);
  const { formState, lipModel: lipSyncModel } = given;
  const form = isObject(formState) ? withoutEmpty(formState) : formState;
  const warnings = [
    ...unknownFields(given, { webhook: 1, formState: 1, ...SETTINGS }, ""),
    ...(isObject(form) ? unknownFields(form, WIRE_SHAPES[model], "formState.") : []),
  ];
  const request = {
    ...known(given, SETTINGS),
    ...(isObject(lipSyncModel) ? { lipModel: withoutEmpty(lipSyncModel) } : {}),
    model,
    formState: isObject(form) ? fromWireNames(known(form, WIRE_SHAPES[model])) : form,
  };
  const job = readJobSpec(request, media);
  const webhook = check(Webhook, known(given, Webhook.shape), "body");
  if (job.ok && webhook.ok) return { ok: true, value: { spec: job.spec, ...webhook.value, warnings } };
  const faults = job.ok ? [] : job.faults.map(({ field, error }) => ({ field: wireField(field), error }));
  return { ok: false, fields: [...(webhook.ok ? [] : webhook.fields), ...faults] };
}

function known(value: Record<string, unknown>, shape: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => Object.hasOwn(shape, name)));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
