import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decimals } from "../../src/job/report/report-plots.ts";
import { chooseFiles, GENERATE, openStudio, PORTRAIT, VOICE, type OpenStudio } from "./open-studio.ts";

let studio: OpenStudio;

beforeAll(async () => {
  studio = await openStudio();
});
afterAll(() => studio?.close());

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

async function saved(page: Page, key: string): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press(key)]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** What stands in each row of a report's tables, by the row's name. */
function rowsOf(page: string): ReadonlyMap<string, string> {
  const rows = page.matchAll(/<tr><th scope="row">(.*?)<\/th><td>(.*?)<\/td><\/tr>/g);
  return new Map([...rows].map(([, name, value]) => [name!, value!]));
}

test("after a sample: compare, a report of the job as it was, the user's own files", async () => {
  const { page, context, complaints } = await studio.visit({ acceptDownloads: true });
  await page.click(".sample:nth-child(1)");
  await page.waitForSelector(".tag");
  await chooseFiles(page, "[aria-label^='Replace: sonnet-en']", VOICE);
  await page.click("details.more summary");
  await page.fill("#style", "calm");
  await page.fill("#seed", "41");
  await page.click(GENERATE);
  await page.waitForSelector("studio-result-panel .ways");
  expect((await page.locator(".ways button").allTextContents()).map((text) => text.trim())).toEqual([
    "Compare before and after",
    "Report as a page",
    "More voices, or a list",
    "Try your own files",
  ]);
  await page.keyboard.press("c");
  expect(await page.inputValue(".ba input[type=range]")).toBe("50");
  await page.keyboard.press("c");

  // What is typed for the next one is not what made this one, in the report of another visit, too.
  await page.click("text=Change and render again");
  await page.fill("#style", "smile");
  await page.fill("#seed", "99");
  await page.click(".pscroll .link:has-text('Back to the result')");
  await page.waitForTimeout(400);
  await page.reload();
  await page.waitForSelector("studio-result-panel .ways");

  const movie = await saved(page, "d");
  const report = await saved(page, "e");
  expect(report.name).toBe("mona-lisa-question.report.html");
  const html = report.bytes.toString();
  const rows = rowsOf(html);
  expect(rows.get("Seed")).toBe("41");
  expect(rows.get("prompt")).toBe("calm");
  expect(rows.get("resolution")).toBe("480p");
  expect(rows.get("Result")).toContain(sha256(movie.bytes));
  expect(rows.get("audio")).toContain(sha256(await readFile(VOICE)));
  expect(rows.get("audio")).toContain("question.mp3");

  // The same numbers as over REST.
  const job = await page.evaluate(async () => {
    const { jobs } = (await (await fetch("./api/v1/jobs")).json()) as { jobs: { id: string }[] };
    const answer = await fetch(`./api/v1/jobs/${jobs[0]!.id}/report?format=json`);
    return (await answer.json()) as {
      readonly output: { readonly sha256: string };
      readonly inputs: Readonly<Record<string, { readonly sha256: string; readonly name: string }>>;
      readonly result: { readonly mouthWidthPx: number; readonly frames: number };
      readonly timings: Readonly<Record<string, number>>;
    };
  });
  expect(job.output.sha256).toBe(sha256(movie.bytes));
  expect(rows.get("image")).toContain(job.inputs["image"]!.sha256);
  expect(rows.get("Width of the mouth")).toBe(`${decimals(job.result.mouthWidthPx, 0, "en")} px`);
  expect(html).toContain(`${String(job.result.frames)} frames at 25 a second`);
  expect(html).toContain(`${decimals(job.timings["rendering"]! / 1000, 2, "en")} s</text>`);

  await page.selectOption(".langs select", "tr");
  await page.waitForSelector("studio-result-panel :text-is('Hazır')");
  const turkish = (await saved(page, "e")).bytes.toString();
  expect(turkish).toContain('<html lang="tr">');
  expect(rowsOf(turkish).get("Tohum")).toBe("41");
  await page.selectOption(".langs select", "en");

  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.click(".ways button:has-text('Try your own files')"),
  ]);
  await chooser.setFiles(PORTRAIT);
  await page.waitForSelector(".file b:text-is('portrait.jpg')");
  expect(complaints).toEqual([]);
  await context.close();
}, 240_000);

test("what is deleted is gone from the list at once, comes back with Undo, and is removed when the page is left", async () => {
  const { page, context, complaints } = await studio.visit();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  // A job that fails is a job, too.
  await page.evaluate(async () => {
    const formState = { image: "data:image/png;base64,AA==", audio: "data:audio/wav;base64,AA==" };
    for (let i = 0; i < 2; i++) {
      await fetch("./api/v1/lipsync-image", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ formState }),
      });
    }
  });
  const stored = () =>
    page.evaluate(async () => {
      const { jobs } = (await (await fetch("./api/v1/jobs")).json()) as { jobs: unknown[] };
      return jobs.length;
    });
  await page.keyboard.press("q");
  await page.waitForFunction(() => document.querySelectorAll("li.job .bad").length === 2);
  const remove = () => page.locator("li.job button[aria-label^='Delete']").first().click();
  await remove();
  await page.waitForFunction(() => document.querySelectorAll("li.job").length === 1);
  await remove();
  await page.waitForSelector(".toast :text-is('Deleted: 2')");
  expect(await stored()).toBe(2);
  await page.keyboard.press("Control+z");
  await page.waitForFunction(() => document.querySelectorAll("li.job").length === 2);
  await remove();
  await page.waitForFunction(() => document.querySelectorAll("li.job").length === 1);
  // The sheet forgets nothing when it is closed.
  await page.keyboard.press("q");
  await page.keyboard.press("q");
  await page.waitForSelector("li.job");
  expect(await page.locator("li.job").count()).toBe(1);
  await page.reload();
  await page.waitForSelector("studio-app .bar");
  await expect.poll(stored).toBe(1);

  await page.locator("nav button.mid").nth(1).click();
  await page.fill("#keyname", "kiosk");
  await page.click("form .btn");
  const key = await page.textContent("[data-fresh-key]");
  const status = () =>
    page.evaluate(
      async (bearer) =>
        (await fetch("./api/v1/jobs", { headers: { Authorization: `Bearer ${bearer}` } })).status,
      key,
    );
  await page.click("button[aria-label='Revoke: kiosk']");
  await page.waitForSelector("text=No keys yet");
  expect(await status()).toBe(200);
  await page.click(".toast button");
  await page.waitForSelector("button[aria-label='Revoke: kiosk']");
  await page.click("button[aria-label='Revoke: kiosk']");
  await page.reload();
  await page.waitForSelector("studio-app .bar");
  await expect.poll(status).toBe(401);

  // Everything is deleted only after a second yes.
  await page.locator("nav button.mid").nth(2).click();
  await page.click("main.page button:text-is('Remove everything')");
  await page.waitForSelector("[data-forget]");
  await page.click("main.page button:text-is('Cancel')");
  expect(await stored()).toBe(1);
  await page.click("main.page button:text-is('Remove everything')");
  await page.click("[data-forget]");
  await expect.poll(stored).toBe(0);
  // The browser logs what the revoked key was answered.
  expect(complaints.filter((text) => !text.includes("401"))).toEqual([]);
  await context.close();
}, 240_000);
