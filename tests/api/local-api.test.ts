import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { browserLaunch } from "../../src/headless/find-browser.mjs";
import { serveBrowserApp, type BrowserApp } from "./browser-app.ts";
import { startServer } from "./media-server.ts";
import type {} from "./page.ts";

let app: BrowserApp;
let profile: string;
let context: BrowserContext;

beforeAll(async () => {
  app = await serveBrowserApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  profile = await mkdtemp(join(tmpdir(), "dudak-profile-"));
  context = await launch();
});
afterEach(async () => {
  await context.close();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
});

async function launch(): Promise<BrowserContext> {
  const launched = await chromium.launchPersistentContext(profile, { ...browserLaunch(), headless: true });
  // A busy machine is slow, not broken.
  launched.setDefaultTimeout(90_000);
  return launched;
}

/** Opens the page and waits until the API is there and, with a worker, controls it. */
async function open(query = ""): Promise<Page> {
  const page = await context.newPage();
  await page.goto(app.pageUrl + query);
  if (query.includes("worker=none")) await page.evaluate(() => window.ready);
  else await page.waitForFunction(() => crossOriginIsolated && navigator.serviceWorker.controller !== null);
  await page.waitForFunction(() => window.api !== undefined);
  return page;
}

const FORM = { image: "data:image/png;base64,AAAA", audio: "data:audio/wav;base64,dm9pY2U=" };

interface View {
  id: string;
  status: string;
  output: string;
  errorCode: string | null;
  error: string;
  warnings: string[];
}

/** Submits by the page's own `fetch` (`worker`) or the API's (`page`), polls to the end, reads the output. */
function runJob(page: Page, via: "worker" | "page", formState: Record<string, unknown> = FORM, key?: string) {
  return page.evaluate(
    async ([via, formState, key]) => {
      const call: typeof fetch = via === "worker" ? (...args) => fetch(...args) : window.api.fetch;
      const base = "/api/v1";
      const headers = {
        "Content-Type": "application/json",
        ...(key ? { Authorization: `Bearer ${key}` } : {}),
      };
      const body = JSON.stringify({ formState });
      const submitted = await call(`${base}/lipsync-image`, { method: "POST", headers, body });
      if (!submitted.ok)
        return { refused: submitted.status, job: (await submitted.json()) as View, text: "", range: "" };
      const { id } = (await submitted.json()) as View;
      let job: View;
      do {
        job = (await (await call(`${base}/jobs/${id}?wait=5`, { headers })).json()) as View;
      } while (job.status === "processing");
      if (job.status !== "completed") return { refused: 0, job, text: "", range: "" };
      const text = await (await call(job.output)).text();
      const part = await call(job.output, { headers: { Range: "bytes=0-1" } });
      return {
        refused: 0,
        job,
        text,
        range: `${String(part.status)} ${await part.text()} ${String(part.headers.get("Content-Range"))}`,
      };
    },
    [via, formState, key] as const,
  );
}

const DONE = {
  refused: 0,
  text: "voice",
  range: "206 vo bytes 0-1/5",
  job: { status: "completed", error: "" },
};

describe("the API in a page", () => {
  test("answers through the service worker, offline, and isolates a page whose host sends no headers", async () => {
    const page = await open();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await context.setOffline(true);
    expect(await runJob(page, "worker")).toMatchObject(DONE);
    const health = await page.evaluate(
      async () => (await fetch("/api/v1/health")).json() as Promise<unknown>,
    );
    expect(health).toMatchObject({ status: "ok", unfinished: 0 });
  });

  test("answers in the page itself when no service worker controls it", async () => {
    const page = await open("?worker=none");
    expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBeNull();
    expect(await runJob(page, "page")).toMatchObject(DONE);
  });

  test("a key of this origin works, another is refused, and none is needed", async () => {
    const page = await open();
    const key = await page.evaluate(async () => (await window.api.keys.create({ name: "n" })).key);
    expect(await runJob(page, "worker", FORM, key)).toMatchObject(DONE);
    expect(await runJob(page, "worker", FORM, `${key}x`)).toMatchObject({
      refused: 401,
      job: { errorCode: "auth/unknown" },
    });
  });

  test("uploads become URLs that a job takes, and files of other sites are refused by the page's policy", async () => {
    const page = await open();
    const audio = await page.evaluate(async () => {
      const form = new FormData();
      form.set("file", new File(["voice"], "v.wav", { type: "audio/wav" }));
      return (
        (await (await fetch("/api/v1/files", { method: "POST", body: form })).json()) as { url: string }
      ).url;
    });
    expect(await runJob(page, "worker", { ...FORM, audio })).toMatchObject(DONE);
    const own = await runJob(page, "worker", { ...FORM, audio: "/webhook-frame.html" });
    expect(own.job).toMatchObject({ status: "failed", errorCode: "input/fetch" });
    const other = await runJob(page, "worker", { ...FORM, audio: "https://example.com/a.wav" });
    expect(other.job).toMatchObject({ status: "failed", errorCode: "input/fetch" });
    expect(other.job.error).toMatch(/^formState\.audio: /);
  });

  test("a job goes on after a reload and in a new browser, and is not counted as crashed", async () => {
    const first = await open("?jobMs=600000");
    const id = await first.evaluate(async (formState) => {
      const body = JSON.stringify({ formState });
      const headers = { "Content-Type": "application/json" };
      const response = await fetch("/api/v1/lipsync-image", { method: "POST", headers, body });
      return ((await response.json()) as { id: string }).id;
    }, FORM);
    const rowIn = (page: Page) => page.evaluate((id) => window.api?.storage.store.get(id), id);
    const running = async (page: Page) => {
      // The page may be loading, and the row may still name the runner before.
      const byAnother = () =>
        rowIn(page).then(
          (row) => row?.state === "running" && row.runner !== undefined && row.runner !== last,
        );
      await expect.poll(byAnother).toBe(true);
      const row = (await rowIn(page))!;
      last = row.runner;
      expect(row).toMatchObject({ state: "running", crashes: 0 });
    };
    let last: string | undefined;
    await running(first);
    await first.reload();
    await running(first);
    // A tab that is closed; a browser that is killed counts as a crash.
    await first.close();
    await context.close();
    context = await launch();
    const page = await open();
    await expect.poll(() => rowIn(page)).toMatchObject({ state: "completed", crashes: 0 });
  });

  test("progress reaches another tab as it happens", async () => {
    const worker = await open("?jobMs=600000");
    const other = await open("?jobMs=600000");
    const seen = other.evaluate(
      (formState) =>
        new Promise<string[]>((resolve) => {
          const body = JSON.stringify({ formState });
          const headers = { "Content-Type": "application/json" };
          void fetch("/api/v1/lipsync-image", { method: "POST", headers, body })
            .then((response) => response.json() as Promise<{ id: string }>)
            .then(({ id }) => {
              const stages: string[] = [];
              const events = new EventSource(`/api/v1/jobs/${id}/events`);
              events.onmessage = ({ data }: MessageEvent<string>) => {
                const { stage } = JSON.parse(data) as { stage: string };
                if (stages.at(-1) !== stage) stages.push(stage);
                if (stage === "rendering") window.finish();
                if (stage !== "done") return;
                events.close();
                resolve(stages);
              };
            });
        }),
      FORM,
    );
    expect((await seen).slice(-2)).toEqual(["rendering", "done"]);
    expect(await worker.evaluate(() => window.api.leading)).not.toBe(
      await other.evaluate(() => window.api.leading),
    );
  });

  test("a webhook leaves through the sandboxed frame, signed, though the page may connect only to itself", async () => {
    const received: { body: string; headers: Record<string, string> }[] = [];
    const receiver = await startServer((request, response) => {
      response.setHeader("Access-Control-Allow-Origin", "*");
      response.setHeader("Access-Control-Allow-Headers", "*");
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        if (request.method === "POST") {
          received.push({
            body: Buffer.concat(parts).toString(),
            headers: request.headers as Record<string, string>,
          });
        }
        response.writeHead(204).end();
      });
    });
    const page = await open();
    const blocked = page.evaluate(
      (url) =>
        fetch(url).then(
          () => "sent",
          () => "blocked",
        ),
      receiver.origin,
    );
    expect(await blocked).toBe("blocked");
    await page.evaluate(
      async ([formState, webhook]) => {
        const body = JSON.stringify({ formState, webhook });
        const headers = { "Content-Type": "application/json" };
        await fetch("/api/v1/lipsync-image", { method: "POST", headers, body });
      },
      [FORM, `${receiver.origin}/hook`] as const,
    );
    await vi.waitFor(() => {
      expect(received).toHaveLength(1);
    }, 60_000);
    const secret = await page.evaluate(() => window.api.webhookSecret());
    const { body, headers } = received[0]!;
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({
      status: "completed",
      model: "lipsync-image",
    });
    expect(headers["origin"]).toBe("null");
    await receiver.close();
  });
});
