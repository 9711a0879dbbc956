import { mediaOf } from "../job/job-spec.ts";
import { describe, expect, test } from "vitest";
import { createApi, finishJob, refusal, TINY, type Api } from "../../tests/api/harness.ts";

const VIDEO = { "Content-Type": "video/mp4" };

async function submitVideo(api: Api, video: string): Promise<Response> {
  return api.call("/lipsync-video", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ formState: { video, audio: TINY.audio } }),
  });
}

async function outputOf(api: Api, id: string): Promise<string> {
  return ((await (await api.call(`/jobs/${id}`)).json()) as { output: string }).output;
}

async function upload(api: Api, path: string, init: RequestInit): Promise<string> {
  const response = await api.call(path, { method: "POST", body: "bytes", ...init });
  expect(response.status).toBe(201);
  return ((await response.json()) as { url: string }).url;
}

describe("a job's result as the medium of another", () => {
  test("is kept with the new job, also when the first one is removed", async () => {
    const api = await createApi();
    const first = await api.submit();
    await finishJob(api, first, "film");
    const answer = await submitVideo(api, await outputOf(api, first));
    const { id } = (await answer.json()) as { id: string };
    expect((await api.call(`/jobs/${first}`, { method: "DELETE" })).status).toBe(204);
    const { spec } = (await api.storage.store.get(id))!;
    const video = mediaOf(spec).get("video") as { file: string };
    const file = await api.storage.media.get(video.file);
    expect(file).toMatchObject({ owner: id, type: "video/mp4" });
    expect(await (await file!.blob()).text()).toBe("film");
  });

  test("is a wrong field while there is none", async () => {
    const api = await createApi();
    const waiting = await api.submit();
    const path = `/api/v1/jobs/${waiting}/output`;
    const answer = await refusal(await submitVideo(api, `http://localhost:8787${path}`));
    expect(answer).toMatchObject({ status: 400, code: "input/field", fields: ["formState.video"] });
  });
});

describe("uploads", () => {
  test("a media type that is none does not come back as a header", async () => {
    const api = await createApi();
    const form = (type: string) => ({
      headers: { "Content-Type": "multipart/form-data; boundary=b" },
      body: `--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: ${type}\r\n\r\nx\r\n--b--`,
    });
    for (const type of ["image/\u0001\u00fc", "image/jpeg, text/html", "none"]) {
      const file = await api.call(await upload(api, "/files", form(type)));
      expect(file.headers.get("Content-Type")).toBe("application/octet-stream");
    }
    const file = await api.call(await upload(api, "/files", form("image/svg+xml; a=b")));
    expect(file.headers.get("Content-Type")).toBe("image/svg+xml");
  });

  test("a name that is cut within a character can be served", async () => {
    const api = await createApi();
    const name = encodeURIComponent("a".repeat(254) + "\u{1f600}.mp4");
    const file = await api.call(await upload(api, `/files?name=${name}`, { headers: VIDEO }));
    expect(file.status).toBe(200);
    expect(file.headers.get("Content-Disposition")).toContain("aaa");
  });

  test("a form without a boundary and a compressed body are told what they are", async () => {
    const { call } = await createApi();
    const form = { "Content-Type": "multipart/form-data" };
    expect(await refusal(await call("/files", { method: "POST", headers: form, body: "x" }))).toMatchObject({
      status: 400,
      code: "input/missing",
      error: expect.stringContaining("boundary") as string,
    });
    for (const [path, type] of [
      ["/files", "video/mp4"],
      ["/lipsync-image", "application/json"],
    ] as const) {
      const headers = { "Content-Type": type, "Content-Encoding": "gzip" };
      expect(await refusal(await call(path, { method: "POST", headers, body: "x" }))).toMatchObject({
        status: 415,
        code: "route/media-type",
      });
    }
  });
});

test("a file is unchanged whichever way a client names its tag", async () => {
  const api = await createApi();
  const url = await upload(api, "/files", { headers: VIDEO });
  const tag = (await api.call(url)).headers.get("ETag")!;
  for (const header of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
    expect((await api.call(url, { headers: { "If-None-Match": header } })).status).toBe(304);
  }
  expect((await api.call(url, { headers: { "If-None-Match": '"other"' } })).status).toBe(200);
});

test("ids may be written in capitals", async () => {
  const api = await createApi();
  const id = await api.submit();
  expect(await (await api.call(`/jobs/${id.toUpperCase()}`)).json()).toMatchObject({ id });
});
