import type { JobModel } from "../job/job.ts";
import { randomId } from "../core/random.ts";
import type { JobDraft } from "../queue/job-row.ts";
import { removeMedia } from "../queue/retention.ts";
import { json, refuse, refuseFields } from "./http/answers.ts";
import type { Call } from "./api-deps.ts";
import { sha256Hex } from "../core/sha256.ts";
import { mediaType } from "../job/fetch-media.ts";
import { placeMedia } from "./place-media.ts";
import { readBody } from "./http/request-body.ts";
import { FORM_STATES, submission } from "./schemas.ts";
import { check, unknownFields, withoutEmpty } from "./http/validate.ts";

/** A handler of `POST /lipsync-…`: checks the request, stores the job, answers at once. */
export function submit(model: JobModel): (call: Call) => Promise<Response> {
  const schema = submission(model);
  return async (call) => {
    const { request, deps } = call;
    const type = mediaType(request.headers.get("Content-Type"));
    if (type !== "application/json" && !type.endsWith("+json")) {
      return refuse("route/media-type", "Send the job as JSON with Content-Type: application/json.");
    }
    const key = request.headers.get("Idempotency-Key");
    if (key !== null && (key === "" || key.length > 255)) {
      return refuseFields([{ field: "Idempotency-Key", error: "must be 1 to 255 characters long" }]);
    }
    const busy = await refuseWhenBusy(call);
    if (busy) return busy;
    const bytes = await readBody(request, deps.maxJsonBytes);
    const body = parseJson(bytes);
    if (body === undefined)
      return refuse("input/field", "The body is not valid JSON. Check quotes, commas and encoding.");

    const cleaned = cleanBody(body);
    const checked = check(schema, cleaned, "body");
    if (!checked.ok) return refuseFields(checked.fields);
    const { webhook, formState } = checked.value;
    const raw = cleaned as { formState: object };
    const warnings = [
      ...unknownFields(raw, schema.shape, ""),
      ...unknownFields(raw.formState, FORM_STATES[model].shape, "formState."),
    ];

    const id = randomId();
    const form: Record<string, unknown> = formState;
    const placed = await placeMedia(call, id, form);
    if (!placed.ok) return refuseFields(placed.fields);
    const { resolution, order, prompt, seed } = form as {
      seed?: number;
    } & JobDraft["parameters"];
    const draft: JobDraft = {
      id,
      model,
      inputs: placed.value,
      parameters: {
        ...(resolution === undefined ? {} : { resolution }),
        ...(order === undefined ? {} : { order }),
        ...(prompt === undefined ? {} : { prompt }),
      },
      seed: seed === undefined || seed === -1 ? randomSeed() : seed,
      warnings,
      createdAt: deps.now(),
      baseUrl: call.base,
      outputToken: randomId().replaceAll("-", ""),
      ...(webhook === undefined ? {} : { webhook: { url: webhook, attempts: 0 } }),
      ...(key === null
        ? {}
        : {
            idempotency: {
              key: `${call.key?.prefix ?? "own"}:${key}`,
              fingerprint: `${model}:${await sha256Hex(bytes)}`,
            },
          }),
    };
    try {
      const { row, created } = await deps.store.create(draft);
      if (!created) await removeMedia(deps.media, id);
      const status = row.state === "completed" || row.state === "failed" ? row.state : "processing";
      return json({ id: row.id, status });
    } catch (error) {
      await removeMedia(deps.media, id);
      throw error;
    }
  };
}

/** 429 when the client is too fast or the queue too long. */
export async function refuseWhenBusy({ deps, key }: Call): Promise<Response | undefined> {
  const seconds = deps.throttle?.(key?.prefix ?? "own") ?? 0;
  if (seconds > 0) {
    return refuse("route/too-many", `Too many requests. Try again in ${String(Math.ceil(seconds))} s.`, {
      headers: { "Retry-After": String(Math.ceil(seconds)) },
    });
  }
  if ((await deps.store.countUnfinished()) < deps.maxUnfinished) return undefined;
  return refuse(
    "queue/full",
    `The queue holds ${String(deps.maxUnfinished)} unfinished jobs, which is its limit. Try again when some are done.`,
    { headers: { "Retry-After": "30" } },
  );
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function cleanBody(body: unknown): unknown {
  if (!isObject(body)) return body;
  const outer = withoutEmpty(body);
  return isObject(outer["formState"]) ? { ...outer, formState: withoutEmpty(outer["formState"]) } : outer;
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1;
}
