import { withSeed } from "../job/job-spec.ts";
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
import { refuseWhenBusy } from "./refuse-when-busy.ts";
import { readSubmission } from "./read-submission.ts";

/** A handler of `POST /lipsync-…`: checks the request, stores the job, answers at once. */
export function submit(model: JobModel): (call: Call) => Promise<Response> {
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

    const read = readSubmission(model, body);
    if (!read.ok) return refuseFields(read.fields);
    const { webhook, warnings } = read.value;
    const { seed } = read.value.spec.formState;
    const drawn = seed === undefined || seed === -1 ? randomSeed() : seed;
    const id = randomId();
    const defaults = await deps.jobDefaults?.();
    const placed = await placeMedia(call, id, withSeed({ ...defaults, ...read.value.spec }, drawn));
    if (!placed.ok) return refuseFields(placed.fields);
    const draft: JobDraft = {
      id,
      spec: placed.value,
      warnings,
      ...(call.key ? { owner: call.key.tenant ?? call.key.prefix } : {}),
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

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1;
}
