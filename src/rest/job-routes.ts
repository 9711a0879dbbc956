import { EngineError } from "../job/errors.ts";
import { failedRow, isFinished, type JobRow, type JobState } from "../queue/job-row.ts";
import { removeJob } from "../queue/retention.ts";
import { json, refuse, refuseFields } from "./http/answers.ts";
import { authenticate, maySee } from "./access.ts";
import type { Call, FullDeps } from "./api-deps.ts";
import { jobView } from "./job-view.ts";
import { mayBySignature, mayByToken, outputAddress } from "./links.ts";
import { serveFile } from "./http/range.ts";
import { ListQuery, WaitQuery } from "./schemas.ts";
import { check } from "./http/validate.ts";

const STATES = {
  processing: ["queued", "running"],
  completed: ["completed"],
  failed: ["failed"],
} as const satisfies Record<string, readonly JobState[]>;

const MAX_WAIT_SECONDS = 30;
const KEEP_ALIVE_MS = 15_000;

/** `GET /jobs`. */
export async function listJobs({ url, deps, key }: Call): Promise<Response> {
  const checked = check(ListQuery, Object.fromEntries(url.searchParams), "query");
  if (!checked.ok) return refuseFields(checked.fields);
  const { status, limit, cursor } = checked.value;
  const rows = await deps.store.list({
    limit: limit + 1,
    ...(status ? { states: STATES[status] } : {}),
    ...(key?.tenant === undefined ? {} : { owner: key.tenant }),
    ...(cursor === undefined ? {} : { before: Number(cursor) }),
  });
  const page = rows.slice(0, limit);
  const more = rows.length > limit;
  return json({
    jobs: page.map((row) => view(deps, row)),
    cursor: more ? String(page.at(-1)!.sequence) : null,
  });
}

/** `GET /jobs/{id}`, at once or as a long poll. */
export async function getJob(call: Call): Promise<Response> {
  const { url, deps, request } = call;
  const checked = check(WaitQuery, Object.fromEntries(url.searchParams), "query");
  if (!checked.ok) return refuseFields(checked.fields);
  const seconds = Math.min(checked.value.wait ?? 0, MAX_WAIT_SECONDS);
  const { link } = checked.value;
  if (link !== undefined && !deps.links) {
    return refuseFields([{ field: "link", error: "is not known here: this API signs no links" }]);
  }
  let row = await findJob(call);
  if (seconds > 0 && !isFinished(row)) {
    await nextChange(call, row, seconds * 1000, request.signal);
    row = (await deps.store.get(row.id)) ?? gone(row.id);
  }
  return json(view(deps, row, link));
}

/** `DELETE /jobs/{id}`: cancels an unfinished job (200 with the job), removes a finished one (204). */
export async function deleteJob(call: Call): Promise<Response> {
  const { deps } = call;
  const { id } = await findJob(call);
  const cancelled = await deps.store.update(id, (row) =>
    isFinished(row)
      ? undefined
      : failedRow(row, deps.now(), new EngineError("job/cancelled", "The job was cancelled.")),
  );
  if (cancelled) return json(view(deps, cancelled));
  return (await removeJob(deps.store, deps.media, id)) ? new Response(null, { status: 204 }) : gone(id);
}

/** `GET /jobs/{id}/output`: the result, by key, by the token in the output's address, or by a signature that has not expired. */
export async function getOutput(call: Call): Promise<Response> {
  const { url, deps, request } = call;
  const token = url.searchParams.get("token");
  const row = await deps.store.get(call.params["id"]!);
  const allowed =
    mayBySignature(deps, row, url.searchParams) || (row !== undefined && mayByToken(deps, row, token));
  const key = allowed ? undefined : await authenticate(request, deps);
  if (!row || !maySee(key, row.owner)) return gone(call.params["id"]!);
  if (!row.output) {
    const why = row.state === "failed" ? `failed: ${row.error}` : "is not finished yet; ask again later.";
    return refuse("job/conflict", `Job ${row.id} ${why}`);
  }
  const file = await deps.media.get(row.output.file);
  if (!file)
    throw new EngineError("storage/failed", "The result is gone from the storage. Submit the job again.");
  const extension = file.type.includes("webm") ? "webm" : "mp4";
  return serveFile(request, file, `${row.spec.model}-${row.id.slice(0, 8)}.${extension}`);
}

/**
 * `GET /jobs/{id}/events`: the job at every change, as server-sent events, until it is finished.
 * The last event's id is `end`; a client that reconnects after it gets 204, which tells it to stop.
 */
export async function streamEvents(call: Call): Promise<Response> {
  const { request, deps } = call;
  const first = await findJob(call);
  if (request.headers.get("Last-Event-ID") === "end") return new Response(null, { status: 204 });
  const gone = new AbortController();
  const signal = AbortSignal.any([request.signal, gone.signal]);
  const encoder = new TextEncoder();
  let row: JobRow | undefined = first;
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode("retry: 2000\n\n"));
    },
    async pull(controller) {
      try {
        while (row?.revision === sent) {
          const changed = await nextChange(call, row, KEEP_ALIVE_MS, signal);
          if (signal.aborted) {
            controller.close();
            return;
          }
          row = await deps.store.get(first.id);
          if (!changed) {
            controller.enqueue(encoder.encode(": still here\n\n"));
            return;
          }
        }
        if (row) {
          sent = row.revision;
          const id = isFinished(row) ? "end" : String(row.revision);
          controller.enqueue(encoder.encode(`id: ${id}\ndata: ${JSON.stringify(view(deps, row))}\n\n`));
        }
        if (!row || isFinished(row)) controller.close();
      } catch (error) {
        controller.error(error);
      }
    },
    cancel() {
      gone.abort();
    },
  });
  return new Response(body, {
    headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no" },
  });
}

/** The job that a call names. @throws EngineError when there is none that the caller may see. */
export async function findJob({ deps, params, key }: Call): Promise<JobRow> {
  const row = await deps.store.get(params["id"]!);
  return row && maySee(key, row.owner) ? row : gone(params["id"]!);
}

function view(deps: FullDeps, row: JobRow, linkSeconds?: number) {
  return jobView(row, (finished) => outputAddress(finished, deps, linkSeconds));
}

function gone(id: string): never {
  throw new EngineError(
    "job/not-found",
    `There is no job ${id.slice(0, 60)}; it was deleted or never existed.`,
  );
}

/** Resolves true when the job is no longer as `row` has it, false after `ms` or when the client has left. */
function nextChange({ deps }: Call, row: JobRow, ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (changed: boolean) => {
      unsubscribe();
      clearTimeout(timer);
      signal.removeEventListener("abort", left);
      resolve(changed);
    };
    const left = () => {
      settle(false);
    };
    const look = () => {
      deps.store.get(row.id).then(
        (current) => {
          if (current?.revision !== row.revision) settle(true);
        },
        () => {
          settle(true);
        },
      );
    };
    const timer = setTimeout(left, ms);
    const unsubscribe = deps.store.subscribe(({ id }) => {
      if (id === row.id) look();
    });
    signal.addEventListener("abort", left, { once: true });
    if (signal.aborted) left();
    else look();
  });
}
