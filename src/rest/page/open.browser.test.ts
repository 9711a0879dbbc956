import { afterEach, expect, test } from "vitest";
import type { LipSync } from "../../engine/lip-sync.ts";
import type { JobSpec } from "../../job/job-spec.ts";
import { forgetStorage } from "../../queue/store/test-storage.ts";
import { openLocalApi, type LocalApi, type LocalApiOptions } from "./open.ts";

const MEDIUM = "data:application/octet-stream;base64,AAAA";
const opened: LocalApi[] = [];

afterEach(async () => {
  for (const api of opened.splice(0)) await api.close();
  await forgetStorage();
});

/** An engine that keeps what it is asked for, and does it once it is let go. */
function engine() {
  const asked: JobSpec<unknown>[] = [];
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const run = async (spec: JobSpec<unknown>, { signal }: { readonly signal: AbortSignal }) => {
    asked.push(spec);
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    });
    await Promise.race([gate, aborted]);
    return { output: new Blob(["film"]), seed: 1, warnings: [], timings: {}, report: {} };
  };
  return { asked, letGo, lipSync: { run } as unknown as LipSync };
}

async function open(options: LocalApiOptions): Promise<LocalApi> {
  const api = await openLocalApi(options);
  opened.push(api);
  return api;
}

async function submit({ fetch, baseUrl }: LocalApi, more: object = {}): Promise<string> {
  const answer = await fetch(`${baseUrl}/lipsync-image`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ formState: { image: MEDIUM, audio: MEDIUM }, ...more }),
  });
  return ((await answer.json()) as { id: string }).id;
}

test("a job keeps the options of the page that it was submitted in, whichever page does it", async () => {
  const first = engine();
  const page = await open({
    lipSync: first.lipSync,
    jobOptions: { format: "webm", aiMark: false, lipModel: { file: MEDIUM, manifest: "wav2lip-96" } },
  });
  await submit(page);
  await expect.poll(() => first.asked.length).toBe(1);
  const waiting = await submit(page, { format: "mp4" });
  await page.close();
  opened.pop();

  const second = engine();
  second.letGo();
  const next = await open({ lipSync: second.lipSync, jobOptions: { format: "mp4", fps: 12 } });
  await next.fetch(`${next.baseUrl}/jobs/${waiting}?wait=20`);
  await expect.poll(() => second.asked.length).toBe(2);
  const model = { file: expect.anything() as unknown, manifest: "wav2lip-96" };
  for (const [i, format] of ["webm", "mp4"].entries()) {
    expect(second.asked[i]).toMatchObject({ format, aiMark: false });
    expect(second.asked[i]).not.toHaveProperty("fps");
    expect(second.asked[i]!.lipModel).toEqual(model);
  }
});

test("an option that no request may have is refused when the API is opened", async () => {
  const options = { jobOptions: { format: "avi" } } as unknown as LocalApiOptions;
  await expect(open(options)).rejects.toMatchObject({ code: "input/field", details: { field: "format" } });
});
