import { mkdtemp, readdir, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveBrowserApp, type BrowserApp } from "./browser-app.ts";
import { launchKillable } from "./killable-browser.ts";
import type {} from "./page.ts";

let app: BrowserApp;
let profile: string;

beforeAll(async () => {
  profile = await mkdtemp(join(tmpdir(), "dudak-torn-"));
  app = await serveBrowserApp();
});
afterAll(async () => {
  await app.close();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
});

/** Opens the queue, submits some jobs, and kills the browser; how many jobs there were at the start. */
async function live(submissions: number): Promise<number> {
  const session = await launchKillable(profile);
  try {
    const page = await session.browser.contexts()[0]!.newPage();
    await page.goto(`${app.pageUrl}?worker=none&jobMs=600000`);
    await page.waitForFunction(() => window.api !== undefined);
    return await page.evaluate(async (count) => {
      const before = await window.api.storage.store.countUnfinished();
      const formState = { image: "data:image/png;base64,AAAA", audio: "data:audio/wav;base64,AAAA" };
      for (let i = 0; i < count; i++) {
        await window.api.fetch("/api/v1/lipsync-image", {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ formState }),
        });
      }
      return before;
    }, submissions);
  } finally {
    await session.kill();
  }
}

test("a write that a power cut tears apart costs no job, although Chromium then loses the database", async () => {
  await live(10);
  const folder = join(profile, "Default", "IndexedDB");
  const database = (await readdir(folder)).find((name) => name.endsWith(".leveldb"))!;
  const names = (await readdir(join(folder, database))).filter((name) => name.endsWith(".log"));
  const log = join(folder, database, names.sort().at(-1)!);
  await truncate(log, (await stat(log)).size - 20);
  // This start reads the log up to the torn record and writes on behind it; the next one cannot read that.
  expect(await live(5)).toBeGreaterThanOrEqual(9);
  expect(await live(0)).toBe(15);
});
