import { afterEach, expect, test } from "vitest";
import type { JobResult } from "../../job/job.ts";
import { createLocalApi } from "./local-api.ts";

afterEach(() => Reflect.deleteProperty(window, "localStorage"));

const output = new Blob(["film"], { type: "video/mp4" });
const made = { output, seed: 1, warnings: [], timings: {}, report: {} } as unknown as JobResult;

test("where the browser refuses all storage, jobs in memory are still done", async () => {
  Object.defineProperty(window, "localStorage", {
    configurable: true,
    get: () => {
      throw new DOMException("The document's storage is blocked.", "SecurityError");
    },
  });
  const api = await createLocalApi({
    runJob: () => Promise.resolve(made),
    version: "0",
    ephemeral: true,
  });
  try {
    const medium = "data:application/octet-stream;base64,AAAA";
    const submitted = await api.fetch(`${api.baseUrl}/lipsync-image`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ formState: { image: medium, audio: medium } }),
    });
    const { id } = (await submitted.json()) as { id: string };
    const job = await api.fetch(`${api.baseUrl}/jobs/${id}?wait=10`);
    expect(await job.json()).toMatchObject({ status: "completed", error: "" });
    window.dispatchEvent(new PageTransitionEvent("pagehide"));
  } finally {
    await api.close();
  }
});

test("the app's folder may be named relative to the document", async () => {
  const runJob = () => Promise.resolve(made);
  const api = await createLocalApi({ runJob, version: "0", ephemeral: true, appUrl: "/app/" });
  expect(api.baseUrl).toBe(`${location.origin}/app/api/v1`);
  await api.close();
});
