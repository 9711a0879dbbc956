import { sha256Hex } from "../core/sha256.ts";
import { mediaOf } from "../job/job-spec.ts";
import { loadReportWords } from "../job/report/load-words.ts";
import type { ReportDocument } from "../job/report/report-document.ts";
import type { JobReport } from "../job/job.ts";
import { afterEach, describe, expect, test, vi } from "vitest";
import { BASE, createApi, finishJob, refusal, TINY } from "../../tests/api/harness.ts";

afterEach(() => void vi.useRealTimers());

describe("jobs", () => {
  test("lists newest first, by status, in pages", async () => {
    const api = await createApi();
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift(await api.submit());
    await finishJob(api, ids[4]!, "x");
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

  test("a finished job has a report, as a page in which nothing can run and as JSON; an unfinished one has none", async () => {
    const api = await createApi();
    const id = await api.submit();
    expect(await refusal(await api.call(`/jobs/${id}/report`))).toMatchObject({ status: 409 });
    await finishJob(api, id, "x");
    const report: JobReport = {
      ...({ width: 480, height: 640, fps: 25, frames: 50, durationSeconds: 2, backend: "wasm" } as const),
      ...{ encoder: "H.264", faces: [], facelessRanges: [[3, 9] as const], mouthWidthPx: 60 },
      timeline: { stepSeconds: 0.04, voices: [], strength: [1, 0] },
    };
    await api.storage.store.update(id, (row) => ({ ...row, report }));
    const page = await api.call(`/jobs/${id}/report`);
    expect(page.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    expect(await page.text()).toContain("3–9 (0.12–0.40 s)");
    const document = (await (await api.call(`/jobs/${id}/report?format=json`)).json()) as ReportDocument;
    expect(document).toMatchObject({ version: 1, result: { timeline: { strength: [1, 0] } } });
    // The hash is that of the bytes that the API gives out.
    const video = await api.call(`/jobs/${id}/output`);
    expect(document.output.sha256).toBe(await sha256Hex(await video.arrayBuffer()));
    expect(Object.values(document.inputs).length).toBe(2);
    for (const { sha256 } of Object.values(document.inputs)) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect((await api.call(`/jobs/${id}/report?format=pdf`)).status).toBe(400);
    // What is along the time stays out of the job itself.
    const job = (await (await api.call(`/jobs/${id}`)).json()) as { report: object };
    expect(job.report).not.toHaveProperty("timeline");
  });

  test("a report's page speaks the language that is asked for, its JSON English", async () => {
    const api = await createApi({ reportWords: loadReportWords });
    const id = await api.submit();
    await finishJob(api, id, "x");
    const language = async (query: string, accepted = "") => {
      const answer = await api.call(`/jobs/${id}/report${query}`, {
        headers: { "Accept-Language": accepted },
      });
      return [answer.headers.get("Content-Language"), /<html lang="([^"]+)"/.exec(await answer.text())?.[1]];
    };
    expect(await language("")).toEqual(["en", "en"]);
    expect(await language("", "xx, de;q=0.8, tr-TR;q=0.9, fr;q=0")).toEqual(["tr", "tr"]);
    expect(await language("?language=pt", "de")).toEqual(["pt-BR", "pt-BR"]);
    expect(await language("?language=xx")).toEqual(["en", "en"]);
    expect((await api.call(`/jobs/${id}/report?language=${"x".repeat(36)}`)).status).toBe(400);
  });

  test("a long poll answers when the job changes, and after its time when it does not", async () => {
    const api = await createApi();
    const id = await api.submit();
    // Its time never passes: only a change can end the poll.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let answer: Response | undefined;
    void api.call(`/jobs/${id}?wait=20`).then((response) => (answer = response));
    // The poll may read the job after the first of the changes.
    for (let progress = 0.25; !answer; progress += 1e-6) {
      await api.storage.store.update(id, (row) => ({ ...row, progress }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(((await answer.json()) as { progress: number }).progress).toBeGreaterThanOrEqual(0.25);
    vi.useRealTimers();
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
    setTimeout(() => void finishJob(api, id, "x"), 20);
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
    await finishJob(api, id, "0123456789");
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
    await finishJob(api, id, "0123456789");
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
    expect([...mediaOf(row!.spec)].map(([field, input]) => [field, Object.keys(input)])).toEqual([
      ["image", ["file"]],
      ["audio", ["file"]],
    ]);
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
    const response = await call("/lipsync-image", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ formState: { ...TINY, audio } }),
    });
    expect(await refusal(response)).toMatchObject({ status: 400, fields: ["formState.audio"] });
  });

  test("files of jobs cannot be read as uploads", async () => {
    const api = await createApi();
    await api.submit();
    const [record] = await api.storage.media.list();
    expect((await api.call(`/files/${record!.id}`)).status).toBe(404);
  });
});
