import { createRouter } from "../../src/rest/router.ts";
import type { ApiDeps } from "../../src/rest/api-deps.ts";
import { createKeyStore, type KeyStore } from "../../src/rest/keys.ts";
import { openMemoryStorage, type Storage } from "../../src/queue/store/browser-storage.ts";
import { completedRow } from "../../src/queue/job-row.ts";
import { REPORT } from "./jobs.ts";

/** Address under which the tests call the router. */
export const BASE = "http://localhost:8787/api/v1";

/** A router over storage in memory, with one key. */
export interface Api {
  readonly storage: Storage;
  readonly keys: KeyStore;
  readonly key: string;
  /** Calls the router as a client with the key does. */
  call(path: string, init?: RequestInit & { duplex?: "half" }): Promise<Response>;
  /** Submits a `lipsync-image` job with small inline media; its id. */
  submit(more?: Record<string, unknown>, headers?: Record<string, string>): Promise<string>;
}

/** A few bytes of each kind of medium, inline. */
export const TINY = {
  image: "data:image/png;base64,iVBORw0KGgo=",
  audio: "data:audio/wav;base64,UklGRiQAAABXQVZF",
} as const;

/** Sets up an {@link Api}. */
export async function createApi(options: Partial<ApiDeps> = {}): Promise<Api> {
  const storage = openMemoryStorage();
  const keys = createKeyStore(storage.table("keys"), storage.table("keys"));
  const { key } = await keys.create({ name: "test" });
  const router = createRouter({
    store: storage.store,
    media: storage.media,
    keys,
    access: "required",
    version: "0.0.0-test",
    ...options,
  });
  const call: Api["call"] = (path, init = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has("Authorization")) headers.set("Authorization", `Bearer ${key}`);
    if (headers.get("Authorization") === "none") headers.delete("Authorization");
    return router(new Request(path.startsWith("http") ? path : BASE + path, { ...init, headers }));
  };
  return {
    storage,
    keys,
    key,
    call,
    async submit(more = {}, headers = {}) {
      const response = await call("/lipsync-image", {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
        body: JSON.stringify({ formState: TINY, ...more }),
      });
      return ((await response.json()) as { id: string }).id;
    },
  };
}

/** Ends the oldest waiting job, which is `id`, as the runner does, with `bytes` as its output. */
export async function finishJob(api: Api, id: string, bytes: string): Promise<void> {
  const { store, media } = api.storage;
  await store.takeLease("runner", 0);
  await store.claim("runner", 1000);
  const file = await media.put(new Blob([bytes]), { type: "video/mp4", owner: id });
  const output = { file: file.id, type: file.type, size: file.size };
  await store.update(id, (row) =>
    completedRow(row, 13_345, {
      output,
      seed: row.spec.formState.seed ?? 0,
      warnings: [],
      report: REPORT,
      timings: { rendering: 5 },
    }),
  );
}

/** Reads a refusal: status, code and named fields. */
export async function refusal(response: Response) {
  const body = (await response.json()) as {
    error: string;
    errorCode: string;
    field?: string;
    fields?: { field: string; error: string }[];
  };
  return {
    status: response.status,
    code: body.errorCode,
    error: body.error,
    fields: body.fields?.map((f) => f.field),
  };
}
