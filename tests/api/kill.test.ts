import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveBrowserApp, type BrowserApp } from "./browser-app.ts";
import { launchKillable } from "./killable-browser.ts";
import type {} from "./page.ts";

const JOBS = 120;
const KILLS = 6;

let app: BrowserApp;
let profile: string;
/** Runs by the seed of their job, counted outside of the browser. */
const runs = new Map<number, number>();

beforeAll(async () => {
  profile = await mkdtemp(join(tmpdir(), "dudak-kill-"));
  app = await serveBrowserApp((request, response) => {
    const seed = Number(new URL(request.url!, "http://x").searchParams.get("seed"));
    runs.set(seed, (runs.get(seed) ?? 0) + 1);
    response.writeHead(204).end();
  });
});
afterAll(async () => {
  await app.close();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
});

/** Opens the page, which runs the queue, and goes on submitting from the first job that was not acknowledged. */
async function openAndSubmit(browser: Browser, from: number, acknowledged: (count: number) => void) {
  const page = await browser.contexts()[0]!.newPage();
  await page.exposeFunction("acknowledge", acknowledged);
  await page.goto(`${app.pageUrl}?worker=none&count&jobMs=5`);
  await page.waitForFunction(() => window.api !== undefined);
  const submitting = page.evaluate(
    async ([from, to]) => {
      const { acknowledge } = window as unknown as { acknowledge(count: number): Promise<void> };
      for (let seed = from; seed < to; seed++) {
        const formState = { image: "data:image/png;base64,AAAA", audio: "data:audio/wav;base64,AAAA", seed };
        const response = await window.api.fetch("/api/v1/lipsync-image", {
          method: "POST",
          headers: { "Content-Type": "application/json", "Idempotency-Key": `job-${String(seed)}` },
          body: JSON.stringify({ formState }),
        });
        if (!response.ok) throw new Error(await response.text());
        await acknowledge(seed + 1);
      }
    },
    [from, JOBS] as const,
  );
  return { page, submitting };
}

test(
  `${String(JOBS)} jobs, the browser killed ${String(KILLS)} times at random moments: none lost, none twice`,
  { timeout: 300_000 },
  async () => {
    let submitted = 0;
    const acknowledged = (count: number) => (submitted = Math.max(submitted, count));
    for (let life = 0; life < KILLS; life++) {
      const session = await launchKillable(profile);
      const { submitting } = await openAndSubmit(session.browser, submitted, acknowledged);
      const killed = submitting.catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 600));
      await session.kill();
      await killed;
    }
    const submittedBefore = submitted;
    const runBefore = runs.size;
    const session = await launchKillable(profile);
    try {
      const { page, submitting } = await openAndSubmit(session.browser, submitted, acknowledged);
      await submitting;
      const unfinished = () => page.evaluate(() => window.api.storage.store.countUnfinished());
      await expect.poll(unfinished, { timeout: 200_000, interval: 250 }).toBe(0);
      const rows = await page.evaluate(() => window.api.storage.store.list({ limit: 10_000 }));
      const strays = await page.evaluate(() => window.tidy());
      const files = await page.evaluate(async () => (await window.api.storage.media.list()).length);
      const total = [...runs.values()].reduce((sum, count) => sum + count, 0);
      const completed = rows.filter((row) => row.state === "completed");
      const crashes = rows.reduce((sum, row) => sum + row.crashes, 0);
      console.log(
        `${String(JOBS)} jobs, ${String(KILLS)} kills (after them ${String(submittedBefore)} submitted, ${String(runBefore)} run): ` +
          `${String(completed.length)} completed, ${String(JOBS - rows.length)} lost, ${String(total - JOBS)} interrupted runs repeated, ${String(strays)} files of interrupted submissions tidied up`,
      );
      expect(new Set(rows.map((row) => row.spec.formState.seed)).size).toBe(JOBS);
      expect(rows).toHaveLength(JOBS);
      expect(completed).toHaveLength(JOBS);
      // A job runs once more only when a kill interrupted it, and a kill interrupts at most one.
      expect(crashes).toBeLessThanOrEqual(KILLS);
      expect(total - JOBS).toBeLessThanOrEqual(crashes);
      expect(files).toBe(JOBS * 3);
    } finally {
      await session.kill();
    }
  },
);
