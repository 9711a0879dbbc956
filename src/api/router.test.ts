import { describe, expect, test } from "vitest";
import { BASE, createApi, refusal, TINY } from "../../tests/api/harness.ts";
import { EngineError } from "../core/errors.ts";
import { completedRow } from "../jobs/job-row.ts";
import type { JobReport } from "../core/job.ts";

const JSON_TYPE = { "Content-Type": "application/json" };
const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { ...JSON_TYPE, ...headers },
  body: typeof body === "string" ? body : JSON.stringify(body),
});

const REPORT: JobReport = {
  width: 480,
  height: 480,
  fps: 25,
  frames: 50,
  durationSeconds: 2,
  backend: "wasm",
  encoder: "test",
  faces: [],
  facelessRanges: [],
  mouthWidthPx: 40,
};

/** Ends a job as the runner does, with `bytes` as its output. */
async function finish(api: Awaited<ReturnType<typeof createApi>>, id: string, bytes: string) {
  const { store, media } = api.storage;
  await store.takeLease("runner", 0);
  await store.claim("runner", 1000);
  const file = await media.put(new Blob([bytes]), { type: "video/mp4", owner: id });
  const output = { file: file.id, type: file.type, size: file.size };
  await store.update(id, (row) =>
    completedRow(row, 13_345, {
      output,
      seed: row.seed,
      warnings: [],
      report: REPORT,
      timings: { rendering: 5 },
    }),
  );
}

describe("submission", () => {
  test("answers at once with the id and the status processing", async () => {
    const api = await createApi();
    const response = await api.call("/lipsync-image", post({ formState: TINY }));
    expect(response.status).toBe(200);
    const body = (await response.json()) as { id: string };
    expect(body).toEqual({ id: body.id, status: "processing" });
    const job: unknown = await (await api.call(`/jobs/${body.id}`)).json();
    expect(job).toMatchObject({
      id: body.id,
      model: "lipsync-image",
      status: "processing",
      output: null,
      error: "",
      executionTime: null,
      timings: null,
      progress: 0,
      stage: "queued",
      errorCode: null,
    });
  });

  test("keeps a given seed and draws one when it is absent or -1", async () => {
    const { storage, submit } = await createApi();
    const seedOf = async (seed?: number) =>
      (await storage.store.get(await submit({ formState: { ...TINY, seed } })))!.seed;
    expect(await seedOf(7)).toBe(7);
    expect(await seedOf(-1)).toBeGreaterThanOrEqual(0);
    expect(await seedOf()).not.toBe(await seedOf());
  });

  test("names every wrong field", async () => {
    const { call } = await createApi();
    const formState = { image: 5, resolution: "4k", seed: 1.5, order: "sideways", right_audio: "ftp://x/y" };
    const answer = await refusal(
      await call("/lipsync-image-multi", post({ webhook: "http://example.com/", formState })),
    );
    expect(answer).toMatchObject({ status: 400, code: "input/field" });
    expect(answer.fields?.sort()).toEqual(
      [
        "webhook",
        ...["image", "left_audio", "right_audio", "order", "resolution", "seed"].map((f) => `formState.${f}`),
      ].sort(),
    );
  });

  test.each([
    ["not JSON", "{", undefined],
    ["an array", "[]", ["body"]],
    ["no formState", "{}", ["formState"]],
    ["bad UTF-8 text", "\u0000", undefined],
  ])("refuses %s", async (_, body, fields) => {
    const { call } = await createApi();
    expect(await refusal(await call("/lipsync-image", post(body)))).toMatchObject({
      status: 400,
      code: "input/field",
      fields,
    });
  });

  test("turns unknown fields into warnings", async () => {
    const { call, submit } = await createApi();
    const id = await submit({ formState: { ...TINY, quality: "best" }, plan: "pro" });
    const { warnings } = (await (await call(`/jobs/${id}`)).json()) as { warnings: string[] };
    expect(warnings).toHaveLength(2);
    expect(warnings.join()).toMatch(/plan.*formState\.quality/);
  });

  test("takes null and empty optional fields as absent", async () => {
    const { call, submit } = await createApi();
    const id = await submit({ webhook: null, formState: { ...TINY, mask_image: "", seed: null } });
    expect((await call(`/jobs/${id}`)).status).toBe(200);
  });

  test("takes https webhooks and plain http to this machine only", async () => {
    const { call } = await createApi();
    const status = async (webhook: string) =>
      (await call("/lipsync-image", post({ webhook, formState: TINY }))).status;
    expect(await status("https://example.com/hook")).toBe(200);
    expect(await status("http://127.0.0.1:3000/hook")).toBe(200);
    expect(await status("http://localhost:3000/hook")).toBe(200);
    expect(await status("http://example.com/hook")).toBe(400);
    expect(await status("http://127.0.0.1.example.com/hook")).toBe(400);
    expect(await status("javascript:alert(1)")).toBe(400);
  });

  test("refuses other content types with 415 and large bodies with 413", async () => {
    const { call } = await createApi({ maxJsonBytes: 1000 });
    const plain = await call("/lipsync-image", post({ formState: TINY }, { "Content-Type": "text/plain" }));
    expect(await refusal(plain)).toMatchObject({ status: 415, code: "route/media-type" });
    const large = await call("/lipsync-image", post({ formState: { ...TINY, prompt: "x".repeat(2000) } }));
    expect(await refusal(large)).toMatchObject({ status: 413, code: "input/too-large" });
  });

  test("answers 429 with Retry-After when the queue is full or the client too fast", async () => {
    const full = await createApi({ maxUnfinished: 1 });
    await full.submit();
    const response = await full.call("/lipsync-image", post({ formState: TINY }));
    expect(response.headers.get("Retry-After")).toBe("30");
    expect(await refusal(response)).toMatchObject({ status: 429, code: "queue/full" });
    const fast = await createApi({ throttle: () => 2.5 });
    const throttled = await fast.call("/lipsync-image", post({ formState: TINY }));
    expect(throttled.headers.get("Retry-After")).toBe("3");
    expect(await refusal(throttled)).toMatchObject({ status: 429, code: "route/too-many" });
  });

  test("leaves no media behind when the storage refuses the job", async () => {
    const api = await createApi();
    api.storage.store.create = () => Promise.reject(new EngineError("storage/full", "full"));
    const response = await api.call("/lipsync-image", post({ formState: TINY }));
    expect(await refusal(response)).toMatchObject({ status: 507, code: "storage/full" });
    expect(await api.storage.media.list()).toEqual([]);
  });
});

describe("Idempotency-Key", () => {
  test("the same key and body return the same job, another body is 409", async () => {
    const api = await createApi();
    const header = { "Idempotency-Key": "order-1" };
    const first = await api.submit({}, header);
    expect(await api.submit({}, header)).toBe(first);
    const other = await api.call("/lipsync-image", post({ formState: { ...TINY, seed: 1 } }, header));
    expect(await refusal(other)).toMatchObject({ status: 409, code: "job/conflict" });
    expect(await api.storage.store.countUnfinished()).toBe(1);
    expect(await api.storage.media.list()).toHaveLength(2);
  });

  test("two submissions at the same time make one job", async () => {
    const api = await createApi();
    const ids = await Promise.all(
      Array.from({ length: 8 }, () => api.submit({}, { "Idempotency-Key": "at-once" })),
    );
    expect(new Set(ids).size).toBe(1);
  });

  test("keys of other clients do not clash", async () => {
    const api = await createApi();
    const { key } = await api.keys.create();
    const header = { "Idempotency-Key": "same" };
    const mine = await api.submit({}, header);
    expect(await api.submit({}, { ...header, Authorization: `Bearer ${key}` })).not.toBe(mine);
  });
});

describe("access", () => {
  test("no key, an unknown key and a revoked key are 401 with WWW-Authenticate", async () => {
    const { call, keys } = await createApi();
    const revoked = await keys.create();
    await keys.revoke(revoked.listing.prefix);
    const cases = [
      ["none", "auth/missing"],
      ["Basic abc", "auth/missing"],
      [`Bearer sk_00000000_${"a".repeat(32)}`, "auth/unknown"],
      ["Bearer nonsense", "auth/unknown"],
      [`Bearer ${revoked.key}`, "auth/unknown"],
    ] as const;
    for (const [header, code] of cases) {
      const response = await call("/jobs", { headers: { Authorization: header } });
      expect(response.headers.get("WWW-Authenticate")).toContain("Bearer");
      expect(await refusal(response)).toMatchObject({ status: 401, code });
    }
  });

  test("a key of another origin is 403, and its own origin may read the answer", async () => {
    const { call, keys } = await createApi();
    const { key } = await keys.create({ origin: "https://app.example" });
    const from = (origin?: string) =>
      call("/jobs", { headers: { Authorization: `Bearer ${key}`, ...(origin ? { Origin: origin } : {}) } });
    expect(await refusal(await from("https://evil.example"))).toMatchObject({
      status: 403,
      code: "auth/origin",
    });
    expect((await from()).status).toBe(403);
    const good = await from("https://app.example");
    expect(good.status).toBe(200);
    expect(good.headers.get("Access-Control-Allow-Origin")).toBe("https://app.example");
  });

  test("preflights are answered for allowed origins only", async () => {
    const { call } = await createApi({ allowedOrigins: ["https://ok.example/"] });
    const ask = (Origin: string) =>
      call("/lipsync-image", {
        method: "OPTIONS",
        headers: { Authorization: "none", Origin, "Access-Control-Request-Method": "POST" },
      });
    const good = await ask("https://ok.example");
    expect(good.status).toBe(204);
    expect(good.headers.get("Access-Control-Allow-Headers")).toContain("Idempotency-Key");
    expect((await ask("https://no.example")).headers.has("Access-Control-Allow-Origin")).toBe(false);
    expect((await ask("null")).headers.has("Access-Control-Allow-Origin")).toBe(false);
  });

  test("the own page needs no key, but a wrong one is refused", async () => {
    const { call } = await createApi({ access: "own-page" });
    expect((await call("/jobs", { headers: { Authorization: "none" } })).status).toBe(200);
    expect((await call("/jobs", { headers: { Authorization: "Bearer wrong" } })).status).toBe(401);
  });
});

describe("routes", () => {
  test("unknown routes are 404 and wrong methods 405 with Allow", async () => {
    const { call } = await createApi();
    expect(await refusal(await call("/nothing"))).toMatchObject({ status: 404, code: "route/not-found" });
    const put = await call("/jobs/1", { method: "PUT" });
    expect(put.headers.get("Allow")).toBe("GET, DELETE, HEAD, OPTIONS");
    expect(await refusal(put)).toMatchObject({ status: 405, code: "route/method" });
    expect((await call("/lipsync-video")).headers.get("Allow")).toBe("POST, OPTIONS");
  });

  test("health and the OpenAPI document need no key, and every route is described", async () => {
    const { call } = await createApi();
    const open = { headers: { Authorization: "none" } };
    expect(await (await call("/health", open)).json()).toMatchObject({ status: "ok", unfinished: 0 });
    const document = (await (await call("/openapi.json", open)).json()) as {
      openapi: string;
      paths: Record<
        string,
        Record<string, { requestBody?: { content: Record<string, { schema: { required: string[] } }> } }>
      >;
    };
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths).sort()).toEqual(
      [
        "/files",
        "/files/{id}",
        "/health",
        "/jobs",
        "/jobs/{id}",
        "/jobs/{id}/events",
        "/jobs/{id}/output",
        "/lipsync-image",
        "/lipsync-image-multi",
        "/lipsync-video",
      ].sort(),
    );
    const body = document.paths["/lipsync-video"]!["post"]!.requestBody!.content["application/json"]!.schema;
    expect(body).toMatchObject({
      required: ["formState"],
      properties: { formState: { required: ["video", "audio"] } },
    });
  });
});

describe("jobs", () => {
  test("lists newest first, by status, in pages", async () => {
    const api = await createApi();
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift(await api.submit());
    await finish(api, ids[4]!, "x");
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page = (await (await api.call(`/jobs?limit=2${cursor && `&cursor=${cursor}`}`)).json()) as {
        jobs: { id: string }[];
        cursor: string | null;
      };
      seen.push(...page.jobs.map((job) => job.id));
      cursor = page.cursor;
    }
    expect(seen).toEqual(ids);
    const done = (await (await api.call("/jobs?status=completed")).json()) as { jobs: { id: string }[] };
    expect(done.jobs.map((job) => job.id)).toEqual([ids[4]]);
    expect(await refusal(await api.call("/jobs?status=lost&limit=0&cursor=x"))).toMatchObject({
      status: 400,
      fields: ["status", "limit", "cursor"],
    });
  });

  test("the first DELETE cancels, the second removes, the third is 404", async () => {
    const api = await createApi();
    const id = await api.submit();
    const remove = () => api.call(`/jobs/${id}`, { method: "DELETE" });
    expect(await (await remove()).json()).toMatchObject({ status: "failed", errorCode: "job/cancelled" });
    expect((await remove()).status).toBe(204);
    expect(await refusal(await remove())).toMatchObject({ status: 404, code: "job/not-found" });
    expect(await api.storage.media.list()).toEqual([]);
  });

  test("a long poll answers when the job changes, and after its time when it does not", async () => {
    const api = await createApi();
    const id = await api.submit();
    const started = Date.now();
    const poll = api.call(`/jobs/${id}?wait=20`);
    setTimeout(() => void api.storage.store.update(id, (row) => ({ ...row, progress: 0.25 })), 50);
    expect(await (await poll).json()).toMatchObject({ progress: 0.25 });
    expect(Date.now() - started).toBeLessThan(5000);
    expect(await (await api.call(`/jobs/${id}?wait=0.1`)).json()).toMatchObject({ status: "processing" });
    expect((await api.call(`/jobs/${id}?wait=soon`)).status).toBe(400);
  });

  test("a long poll of a job that is deleted meanwhile is 404", async () => {
    const api = await createApi();
    const id = await api.submit();
    const poll = api.call(`/jobs/${id}?wait=20`);
    setTimeout(() => void api.storage.store.delete(id), 20);
    expect((await poll).status).toBe(404);
  });

  test("the event stream tells every change and ends with the job", async () => {
    const api = await createApi();
    const id = await api.submit();
    const response = await api.call(`/jobs/${id}/events`);
    expect(response.headers.get("Content-Type")).toBe("text/event-stream");
    setTimeout(() => void finish(api, id, "x"), 20);
    const text = await response.text();
    const jobs = [...text.matchAll(/^data: (.*)$/gm)].map(
      (match) => JSON.parse(match[1]!) as { status: string },
    );
    expect(jobs.at(0)).toMatchObject({ status: "processing" });
    expect(jobs.at(-1)).toMatchObject({ status: "completed", progress: 1 });
    expect(text).toContain("id: end\n");
    const again = await api.call(`/jobs/${id}/events`, { headers: { "Last-Event-ID": "end" } });
    expect(again.status).toBe(204);
  });

  test("a completed job has its seven fields and an output that needs no key", async () => {
    const api = await createApi();
    const id = await api.submit();
    await finish(api, id, "0123456789");
    const job = (await (await api.call(`/jobs/${id}`)).json()) as { output: string };
    expect(job).toMatchObject({
      status: "completed",
      executionTime: 12_345,
      timings: { rendering: 5 },
      stage: "done",
    });
    expect(job.output.startsWith(`${BASE}/jobs/${id}/output?token=`)).toBe(true);
    const open = { headers: { Authorization: "none" } };
    const output = await api.call(job.output, open);
    expect(output.headers.get("Content-Type")).toBe("video/mp4");
    expect(output.headers.get("Content-Disposition")).toMatch(/^inline; filename="lipsync-image-\w+\.mp4"/);
    expect(await output.text()).toBe("0123456789");
    expect((await api.call(`${BASE}/jobs/${id}/output?token=guess`, open)).status).toBe(401);
    expect((await api.call(`${BASE}/jobs/${id}/output`, open)).status).toBe(401);
    expect((await api.call(`/jobs/${id}/output`)).status).toBe(200);
    const head = await api.call(job.output, { ...open, method: "HEAD" });
    expect([head.status, head.headers.get("Content-Length"), await head.text()]).toEqual([200, "10", ""]);
  });

  test("the output of an unfinished job is 409", async () => {
    const api = await createApi();
    const response = await api.call(`/jobs/${await api.submit()}/output`);
    expect(await refusal(response)).toMatchObject({ status: 409, code: "job/conflict" });
  });

  test("ranges of the output: probe, middle, suffix, open end, beyond the end", async () => {
    const api = await createApi();
    const id = await api.submit();
    await finish(api, id, "0123456789");
    const get = async (Range: string) => {
      const response = await api.call(`/jobs/${id}/output`, { headers: { Range } });
      return [
        response.status,
        response.headers.get("Content-Range"),
        response.status < 300 ? await response.text() : "",
      ];
    };
    expect(await get("bytes=0-1")).toEqual([206, "bytes 0-1/10", "01"]);
    expect(await get("bytes=3-5")).toEqual([206, "bytes 3-5/10", "345"]);
    expect(await get("bytes=-3")).toEqual([206, "bytes 7-9/10", "789"]);
    expect(await get("bytes=-99")).toEqual([206, "bytes 0-9/10", "0123456789"]);
    expect(await get("bytes=8-")).toEqual([206, "bytes 8-9/10", "89"]);
    expect(await get("bytes=8-99")).toEqual([206, "bytes 8-9/10", "89"]);
    expect(await get("bytes=10-")).toEqual([416, "bytes */10", ""]);
    expect(await get("bytes=5-2")).toEqual([200, null, "0123456789"]);
    expect(await get("lines=1-2")).toEqual([200, null, "0123456789"]);
    expect(await get("bytes=0-1,3-4")).toEqual([200, null, "0123456789"]);
  });
});

describe("files", () => {
  test("a raw body and a form become URLs that a job can use", async () => {
    const api = await createApi();
    const raw = await api.call("/files?name=a.png", {
      method: "POST",
      headers: { "Content-Type": "image/png" },
      body: "picture",
    });
    expect(raw.status).toBe(201);
    const image = (await raw.json()) as { url: string };
    const form = new FormData();
    form.set("note", "first");
    form.set("file", new File(["sound"], "voice é.wav", { type: "audio/wav" }));
    const audio = (await (await api.call("/files", { method: "POST", body: form })).json()) as {
      url: string;
      type: string;
    };
    expect(audio.type).toBe("audio/wav");
    const download = await api.call(audio.url);
    expect(await download.text()).toBe("sound");
    expect(download.headers.get("Content-Disposition")).toContain("voice%20%C3%A9.wav");
    const id = await api.submit({ formState: { image: image.url, audio: new URL(audio.url).pathname } });
    const row = await api.storage.store.get(id);
    expect(Object.keys(row!.inputs["image"]!)).toEqual(["file"]);
    expect(Object.keys(row!.inputs["audio"]!)).toEqual(["file"]);
  });

  test("uploads that are empty, too large, without a file or cut off are refused and leave nothing", async () => {
    const { call, storage } = await createApi({ maxFileBytes: 10 });
    const send = async (type: string, body: string) =>
      refusal(await call("/files", { method: "POST", headers: { "Content-Type": type }, body }));
    expect(await send("image/png", "")).toMatchObject({ status: 400, code: "input/missing" });
    expect(await send("image/png", "x".repeat(11))).toMatchObject({ status: 413, code: "input/too-large" });
    const form = "multipart/form-data; boundary=b";
    const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n';
    expect(await send(form, "--b--")).toMatchObject({ status: 400, code: "input/missing" });
    expect(await send("multipart/form-data", "--b--")).toMatchObject({ status: 400, code: "input/missing" });
    expect(await send(form, `${head}cut`)).toMatchObject({ status: 400, code: "input/field" });
    expect(await send(form, "nothing like a form")).toMatchObject({ status: 400, code: "input/field" });
    expect(await storage.media.list()).toEqual([]);
  });

  test("a file that is gone is named when a job asks for it", async () => {
    const { call } = await createApi();
    const audio = `${BASE}/files/00000000-0000-4000-8000-000000000000`;
    const response = await call("/lipsync-image", post({ formState: { ...TINY, audio } }));
    expect(await refusal(response)).toMatchObject({ status: 400, fields: ["formState.audio"] });
  });

  test("files of jobs cannot be read as uploads", async () => {
    const api = await createApi();
    await api.submit();
    const [record] = await api.storage.media.list();
    expect((await api.call(`/files/${record!.id}`)).status).toBe(404);
  });
});
