import { mapMediaAsync, mediaOf, type JobSpec } from "../../job/job-spec.ts";
import type { OutputFormat } from "../../job/job.ts";
import { toWireNames } from "../../job/wire-names.ts";
import { createLocalApi, type LocalApi } from "../../rest/page/local-api.ts";
import { fromPlainError, type EngineError, type ErrorDetails } from "../../job/errors.ts";
import { VERSION } from "../../core/version.ts";
import type { JobRow } from "../../queue/job-row.ts";
import { clearFinished, DEFAULT_RETENTION, type Retention } from "../../queue/retention.ts";
import type { RunJob } from "../../queue/blob-executor.ts";
import type { Preferences } from "./studio-state.ts";
import { askToKeep, ensureRoom } from "./storage-use.ts";

/** How many jobs the list shows. */
const LISTED = 60;
const REFRESH_MS = 200;

/** The durable queue as the studio uses it. */
export interface Queue {
  readonly api: LocalApi;
  /** Whether the jobs outlive the page. */
  readonly durable: boolean;
  /** Newest first. */
  rows(): readonly JobRow[];
  row(id: string): Promise<JobRow | undefined>;
  /**
   * Puts a job into the queue; its id.
   * @param uploads addresses of files that several jobs share; each is stored once.
   * @param key of this job alone: a second submission of it gives the first one's id.
   * @throws EngineError with the code of the API's refusal, for instance `storage/full`.
   */
  submit(spec: JobSpec<Blob>, uploads?: Map<Blob, Promise<string>>, key?: string): Promise<string>;
  /** Submits a job's request once more, with its seed, on copies of its media; with `change`, in another format. */
  again(row: JobRow, change?: { readonly format: OutputFormat }): Promise<string>;
  /** Cancels an unfinished job, removes a finished one. */
  remove(id: string): Promise<void>;
  /** Removes the jobs that had ended at an instant, given in epoch ms. */
  clearFinished(until: number): Promise<void>;
  /** What the jobs and their files take. */
  bytes(): Promise<number>;
  /** A stored file of a job. */
  file(id: string): Promise<{ readonly blob: Blob; readonly name: string } | undefined>;
  /** @returns a function that ends the subscription. */
  subscribe(listener: () => void): () => void;
}

async function refusal(response: Response): Promise<EngineError> {
  const answer = (await response.json().catch(() => ({}))) as {
    error?: string;
    errorCode?: string;
    details?: ErrorDetails;
  };
  const {
    errorCode: code = "",
    error: message = `The local API answered ${response.status}.`,
    details,
  } = answer;
  return fromPlainError({ code, message, details });
}

const DAY_MS = 24 * 3600_000;

/** The retention that the user chose. */
function retentionOf({ keepDays, keepBytes }: Preferences): Retention {
  return {
    ...DEFAULT_RETENTION,
    ...(keepDays === null ? {} : { finishedMs: keepDays * DAY_MS }),
    ...(keepBytes === null ? {} : { finishedBytes: keepBytes }),
  };
}

async function open(
  runJob: RunJob,
  preferences: () => Preferences,
): Promise<{ api: LocalApi; durable: boolean }> {
  const options = { version: VERSION, runJob, retention: () => retentionOf(preferences()) };
  try {
    return { api: await createLocalApi(options), durable: true };
  } catch {
    // Some private windows refuse storage; the queue then lives as long as the page.
    return { api: await createLocalApi({ ...options, ephemeral: true }), durable: false };
  }
}

/** Opens the origin's queue and takes part in running it. */
export async function openQueue(run: RunJob, preferences: () => Preferences): Promise<Queue> {
  const { api, durable } = await open(run, preferences);
  const { store, media } = api.storage;
  const listeners = new Set<() => void>();
  let rows: readonly JobRow[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function refresh(): Promise<void> {
    timer = undefined;
    rows = await store.list({ limit: LISTED }).catch(() => rows);
    for (const listener of listeners) listener();
  }
  store.subscribe(() => (timer ??= setTimeout(() => void refresh(), REFRESH_MS)));
  await refresh();

  async function upload(file: Blob): Promise<string> {
    const name = file instanceof File ? file.name : "file";
    const response = await api.fetch(`${api.baseUrl}/files?name=${encodeURIComponent(name)}`, {
      method: "POST",
      body: file,
      headers: { "Content-Type": file.type || "application/octet-stream" },
    });
    if (!response.ok) throw await refusal(response);
    return ((await response.json()) as { url: string }).url;
  }

  async function post({ model, formState, ...settings }: JobSpec<string>, key?: string): Promise<string> {
    const response = await api.fetch(`${api.baseUrl}/${model}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...(key && { "Idempotency-Key": key }) },
      body: JSON.stringify({ formState: toWireNames(formState), ...settings }),
    });
    if (!response.ok) {
      const error = await refusal(response);
      // Sent before, with its files at other addresses.
      if (error.details.jobId !== undefined) return error.details.jobId;
      throw error;
    }
    const { id } = (await response.json()) as { id: string };
    await refresh();
    return id;
  }

  return {
    api,
    durable,
    rows: () => rows,
    row: (id) => store.get(id),
    async submit(spec, uploads = new Map(), key?: string) {
      if (durable) {
        await ensureRoom([...mediaOf(spec).values()].filter((file) => !uploads.has(file)));
        void askToKeep();
      }
      const address = (file: Blob): Promise<string> => {
        const known = uploads.get(file) ?? upload(file);
        uploads.set(file, known);
        // What failed is tried again with the next job.
        known.catch(() => uploads.delete(file));
        return known;
      };
      return post(await mapMediaAsync(spec, address), key);
    },
    async again(row, change) {
      const copied = await mapMediaAsync(row.spec, async (input, field) => {
        if ("url" in input) return input.url;
        const file = await media.get(input.file);
        // Without it the API says which field is missing.
        return file ? upload(new File([await file.blob()], file.name ?? field, { type: file.type })) : "";
      });
      return post({ ...copied, ...change });
    },
    async remove(id) {
      const response = await api.fetch(`${api.baseUrl}/jobs/${id}`, { method: "DELETE" });
      if (!response.ok && response.status !== 404) throw await refusal(response);
      await refresh();
    },
    async clearFinished(until) {
      await clearFinished(store, media, until);
      await refresh();
    },
    async bytes() {
      return (await media.list()).reduce((sum, { size }) => sum + size, 0);
    },
    async file(id) {
      const file = await media.get(id);
      return file ? { blob: await file.blob(), name: file.name ?? id } : undefined;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
