import { describe, expect, test } from "vitest";
import { createApi, refusal, TINY } from "../../tests/api/harness.ts";
import { EngineError } from "../job/errors.ts";
import { failedRow } from "../queue/job-row.ts";
import type { JobView } from "./schemas.ts";

const JSON_TYPE = { "Content-Type": "application/json" };
const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { ...JSON_TYPE, ...headers },
  body: typeof body === "string" ? body : JSON.stringify(body),
});

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
      (await storage.store.get(await submit({ formState: { ...TINY, seed } })))!.spec.formState.seed;
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
    const job = (await (await call(`/jobs/${id}`)).json()) as JobView;
    expect(job.warnings).toEqual([
      "plan is not a field of this request and was ignored.",
      "formState.quality is not a field of this request and was ignored.",
    ]);
    expect(job.warningDetails).toEqual([
      { code: "request/unknown-field", values: { field: "plan" } },
      { code: "request/unknown-field", values: { field: "formState.quality" } },
    ]);
  });

  test("takes null and empty optional fields as absent", async () => {
    const { call, submit } = await createApi();
    const id = await submit({
      webhook: null,
      formState: { ...TINY, mask_image: "", resolution: "", prompt: "", seed: null },
    });
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

  test("takes what a job may carry beside its formState, and the source's own size", async () => {
    const api = await createApi();
    const settings = {
      format: "webm",
      fps: 30,
      aiMark: false,
      lipModel: { installed: "own", acceptLicence: true },
    };
    const id = await api.submit({ formState: { ...TINY, resolution: "source" }, ...settings });
    const row = (await api.storage.store.get(id))!;
    expect(row.spec).toMatchObject({ ...settings, formState: { resolution: "source" } });
    expect(row.warnings).toEqual([]);
    const wrong = { formState: { ...TINY, resolution: "1080p" }, format: "avi" };
    expect(await refusal(await api.call("/lipsync-image", post(wrong)))).toMatchObject({
      status: 400,
      code: "input/field",
      fields: ["formState.resolution", "format"],
    });
  });

  test("tells the facts behind a refusal and behind a failed job", async () => {
    const api = await createApi();
    const details = { limits: { most: 600 }, unit: "seconds" } as const;
    const tooLong = new EngineError("input/audio-too-long", "Too long.", { details });
    const id = await api.submit();
    await api.storage.store.update(id, (row) => failedRow(row, 1, tooLong));
    const job = (await (await api.call(`/jobs/${id}`)).json()) as JobView;
    expect(job).toMatchObject({
      error: "Too long.",
      errorCode: "input/audio-too-long",
      errorDetails: details,
    });
    api.storage.store.create = () => Promise.reject(tooLong);
    const refused = await api.call("/lipsync-image", post({ formState: TINY }));
    expect(await refused.json()).toEqual({ error: "Too long.", errorCode: "input/audio-too-long", details });
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
    expect(await other.clone().json()).toMatchObject({ details: { jobId: first } });
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
        "/jobs/{id}/report",
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
