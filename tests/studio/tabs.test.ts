import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  chooseFiles,
  GENERATE,
  LONG_VOICE,
  OFFLINE,
  openStudio,
  PORTRAIT,
  VOICE,
  type OpenStudio,
} from "./open-studio.ts";

let studio: OpenStudio;
let folder: string;
/** Files of a "later build"; empty until a test publishes one. */
let newer: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dudak-tabs-"));
  newer = await mkdtemp(join(folder, "newer-"));
  studio = await openStudio(newer);
});
afterEach(() => rm(join(newer, "service-worker.js"), { force: true }));
afterAll(async () => {
  await studio?.close();
  await rm(folder, { recursive: true, force: true });
});

test("a job is seen live in a second tab, which says who works, and takes over when the first one is closed", async () => {
  const { page: first, context, complaints } = await studio.visit();
  // Frames of a constant-rate MP3 can simply follow each other: a job that lasts until both tabs have shown it.
  const voice = await readFile(LONG_VOICE);
  const longer = join(folder, "longer.mp3");
  await writeFile(longer, Buffer.concat([voice, voice]));
  await chooseFiles(first, ".drop .btn.primary", [PORTRAIT, longer]);
  await first.click(GENERATE);
  await first.waitForSelector("canvas.preview.on");

  const second = await context.newPage();
  second.on("pageerror", (error) => complaints.push(error.message));
  await second.goto(`${studio.server.origin}/`);
  await second.waitForFunction(() =>
    document.querySelector("[data-where]")?.textContent?.startsWith("Another tab of Dudak does this work"),
  );
  const percent = () => second.getAttribute("[role=progressbar]", "aria-valuenow").then(Number);
  const before = await percent();
  await second.waitForFunction(
    (seen) => Number(document.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow")) > seen,
    before,
  );
  await second.keyboard.press("q");
  await second.waitForFunction(() =>
    document.querySelector("li.job")?.textContent?.includes("in another tab"),
  );
  await second.keyboard.press("q");

  await first.close();
  await second.waitForSelector("canvas.preview.on");
  expect(await second.textContent("[data-where]")).not.toContain("Another tab");
  expect(await percent()).toBeGreaterThanOrEqual(before);
  await second.waitForSelector("studio-result-panel");
  await second.keyboard.press("q");
  await second.waitForSelector("li.job");
  expect(await second.locator("li.job").count()).toBe(1);
  expect(complaints).toEqual([]);
  await context.close();
});

test("a job made in one tab appears in the queue of the other, and so does its end", async () => {
  const { page: first, context } = await studio.visit();
  const second = await context.newPage();
  await second.goto(`${studio.server.origin}/`);
  await second.waitForSelector("studio-app .bar");
  await second.keyboard.press("q");
  await second.waitForSelector("studio-queue-sheet");
  expect(await second.locator("li.job").count()).toBe(0);
  await chooseFiles(first, ".drop .btn.primary", [PORTRAIT, VOICE]);
  await Promise.all([second.waitForSelector("li.job [role=progressbar]"), first.click(GENERATE)]);
  await first.waitForSelector("studio-result-panel");
  await second.waitForSelector("li.job [aria-label^=Show]");
  await second.click("li.job [aria-label^=Show]");
  await second.waitForSelector("studio-result-stage video.result");
  await context.close();
});

test("a dialogue with a mask is made offline, reloaded in the middle, and keeps its mask", async () => {
  const { page, context, complaints } = await studio.visit();
  await page.click(".sample:nth-child(5)");
  await page.waitForSelector(GENERATE);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  // Once with the network, so that the models and the renderer are on the device. The first of them were fetched
  // before there was a service worker; they are kept all the same.
  await page.click(GENERATE);
  await page.waitForSelector("canvas.preview.on");
  await page.keyboard.press("Escape");
  await page.waitForSelector(GENERATE);

  const allKept = () =>
    page.evaluate(async () => {
      const kept = (await (await caches.open("dudak-assets")).keys()).map(({ url }) => url);
      const needed = [
        /ort-.+\.wasm$/,
        /mouth-.+\.onnx$/,
        /inference\.worker/,
        /render\.worker/,
        /models-sheet-/,
      ];
      return needed.every((name) => kept.some((url) => name.test(url)));
    });
  await expect.poll(allKept).toBe(true);

  await context.setOffline(true);
  // A part that this visitor has never opened.
  await page.locator("nav button.mid").nth(2).click();
  await page.click("text=Manage models");
  await page.waitForSelector("studio-models-sheet [role=radiogroup]");
  await page.keyboard.press("Escape");
  await page.keyboard.press("m");
  await page.click(".masktools button:has-text('Lower face')");
  await page.click(".masktools .btn.primary");
  await page.click(GENERATE);
  await page.waitForSelector("canvas.preview.on");
  await page.reload();
  await page.waitForSelector("studio-result-panel");
  expect(await page.textContent(".kv")).toContain("in the metadata");
  await page.click("text=Change and render again");
  await page.click("details.more summary");
  expect(await page.textContent(".options")).toContain("painted");
  await page.waitForSelector(GENERATE);
  expect(complaints.filter((text) => !OFFLINE.test(text))).toEqual([]);
  await context.close();
}, 240_000);

test("a later build waits, says so, and is applied with nothing lost", async () => {
  const { page, context } = await studio.visit();
  await chooseFiles(page, ".drop .btn.primary", [PORTRAIT, VOICE]);
  await page.waitForSelector(GENERATE);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const shells = () =>
    page.evaluate(async () => (await caches.keys()).filter((name) => name.includes("shell")));
  const [old] = await shells();

  const script = await (await fetch(`${studio.server.origin}/service-worker.js`)).text();
  const later = script.replace(/"revision":"\w+"/, '"revision":"laterbuild"');
  await writeFile(join(newer, "service-worker.js"), later);
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  await page.waitForSelector(".updatenote");
  expect((await shells()).sort()).toEqual([old, "dudak-shell-laterbuild"].sort());

  await Promise.all([page.waitForSelector(".updatenote [aria-disabled=true]"), page.click(GENERATE)]);
  await page.waitForSelector("studio-result-panel");
  await Promise.all([page.waitForEvent("load"), page.click(".updatenote [aria-disabled=false]")]);
  await page.waitForSelector("studio-result-panel");
  expect(await shells()).toEqual(["dudak-shell-laterbuild"]);
  expect(await page.locator(".updatenote").count()).toBe(0);
  await page.click("text=Change and render again");
  expect(await page.locator(".file b").allTextContents()).toEqual(["portrait.jpg", "question.mp3"]);
  await context.close();
});

test("the privacy panel counts the workers' requests, and what the rule stopped", async () => {
  const { page, context } = await studio.visit();
  await page.click(".sample:nth-child(1)");
  await page.waitForSelector(GENERATE);
  await page.keyboard.press("p");
  const figures = () => page.locator(".kv dd").allTextContents();
  // The files that the service worker fetched for offline use are among them.
  const kept = await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    const shell = (await caches.keys()).find((name) => name.includes("shell"))!;
    return (await (await caches.open(shell)).keys()).length;
  });
  expect(kept).toBeGreaterThan(30);
  await page.waitForFunction(
    (least) => parseInt(document.querySelectorAll(".kv dd")[1]!.textContent!, 10) > least,
    kept,
  );
  const [own, workers, other, blocked] = (await figures()).map((text) => parseInt(text, 10));
  // The models are fetched in the workers.
  expect(workers).toBeGreaterThanOrEqual(3);
  expect(own).toBeGreaterThan(workers!);
  expect([other, blocked]).toEqual([0, 0]);
  await page.evaluate(() => fetch("https://elsewhere.example/").catch(() => undefined));
  await page.waitForFunction(() => document.querySelectorAll(".kv dd")[3]?.textContent?.startsWith("1 "));
  expect(await page.textContent(".sentchip .wide")).toBe("0 bytes sent");
  await context.close();
});

test("a page that came past the service worker, as by a reload without the cache, is claimed by it", async () => {
  const { page, context } = await studio.visit();
  const claimed = () => page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await claimed();
  const cdp = await context.newCDPSession(page);
  const loaded = page.waitForEvent("load");
  await cdp.send("Page.reload", { ignoreCache: true });
  await loaded;
  await claimed();
  const status = await page.evaluate(async () => (await fetch("./api/v1/health")).status);
  expect(status).toBe(200);
  await context.close();
});
