import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompressSync } from "node:zlib";
import { chromium, type Browser, type Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { browserLaunch } from "../../src/headless/find-browser.mjs";
import { PROJECT_ROOT } from "../../src/headless/project-root.ts";
import { buildPackage } from "../../tools/packaging/package-build.ts";
import { axeFindings } from "../axe.ts";
import { serveSite } from "../package/site.ts";

const BASE = "/some/where/";
const PORTRAIT = join(PROJECT_ROOT, "tests/fixtures/portrait.jpg");
/** What a first visitor may have to fetch before the page can be read and used; the film follows later. */
const FIRST_VIEW_BYTES = 150_000;
/** How long a busy machine may take from the click to the first sound, with everything still to be fetched. */
const SPEAKS_WITHIN_MS = 90_000;

let folder = "";
let browser: Browser;
let site: Awaited<ReturnType<typeof serveSite>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dudak-site-"));
  // Dead links between pages end the build.
  const command = [
    "--import",
    "tsx",
    "tools/site/site-command.ts",
    "--pages",
    "--out",
    folder,
    "--base",
    BASE,
  ];
  // In a process of its own: a test runner's environment would make Vue one for developers.
  const env = { ...process.env, NODE_ENV: "production", VITEST: "" };
  await promisify(execFile)(process.execPath, command, { cwd: PROJECT_ROOT, env });
  site = await serveSite({ [BASE]: folder, [`${BASE}studio/`]: await buildPackage() });
  browser = await chromium.launch(browserLaunch());
}, 600_000);
afterAll(async () => {
  await browser?.close();
  site?.close();
  await rm(folder, { recursive: true, force: true });
});

async function visit(path: string): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto(`${site.origin}${BASE}${path}`);
  return { page, complaints };
}

test("every reference and guide is there, in English, the guides in Turkish, too", async () => {
  const pages = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".html"));
  const guides = (await readdir(join(PROJECT_ROOT, "docs/guide"))).map((name) => name.replace(/md$/, "html"));
  expect(pages).toEqual(
    expect.arrayContaining([
      "index.html",
      "tr/index.html",
      "docs/api.html",
      "docs/command-line.html",
      "reference/element.html",
      "reference/javascript/functions/createLipSync.html",
      ...guides.flatMap((name) => [`docs/guide/${name}`, `docs/tr/guide/${name}`]),
    ]),
  );
});

test("the first view is small, and nothing comes from elsewhere", async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const answers: Promise<number>[] = [];
  const foreign: string[] = [];
  page.on("response", (response) => {
    if (!response.url().startsWith(site.origin)) foreign.push(response.url());
    // The film follows when the page has been there for a while.
    if (response.url().endsWith("/speaking.webp")) return;
    // As a good host would send it: text compressed, pictures as they are.
    const text = /html|javascript|css|json|svg/.test(response.headers()["content-type"] ?? "");
    answers.push(response.body().then((body) => (text ? brotliCompressSync(body).length : body.length)));
  });
  await page.goto(`${site.origin}${BASE}`, { waitUntil: "load" });
  await page.waitForSelector(".moving img");
  const bytes = (await Promise.all(answers.slice())).reduce((sum, size) => sum + size, 0);
  console.log(`The site's first view: ${(bytes / 1000).toFixed(0)} kB in ${String(answers.length)} answers`);
  expect(bytes).toBeLessThanOrEqual(FIRST_VIEW_BYTES);
  expect(foreign).toEqual([]);
  await context.close();
});

test.each(["", "tr/", "docs/guide/portrait.html", "docs/api.html", "reference/element.html"])(
  "axe finds nothing on /%s",
  async (path) => {
    const { page, complaints } = await visit(path);
    await page.waitForLoadState("networkidle");
    expect(await axeFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  },
);

test.each([
  ["pick a face", "docs/guide/portrait.html#pick-a-face"],
  ["embed in a page", "docs/element.html"],
  ["own model", "docs/guide/own-model.html"],
  ["where files are kept", "docs/guide/privacy.html#where-files-are-kept"],
  ["delete everything", "docs/guide/privacy.html#delete-everything"],
])("the first three answers to a search for %s name /%s", async (words, wanted) => {
  const { page } = await visit("");
  await page.click(".VPNavBarSearch button");
  await page.fill("#localsearch-input", words);
  await page.waitForSelector(".VPLocalSearchBox .results a");
  const found = () =>
    page
      .locator(".VPLocalSearchBox .results a")
      .evaluateAll((links) => links.slice(0, 3).map((link) => (link as HTMLAnchorElement).href));
  await expect
    .poll(found)
    .toEqual(expect.arrayContaining([expect.stringContaining(`${BASE}${wanted}`) as string]));
  await page.context().close();
});

test("a page that was seen is there without a network", async () => {
  const { page } = await visit("docs/guide/portrait.html");
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const kept = () => page.evaluate(async () => (await (await caches.open("dudak-site")).keys()).length);
  await expect.poll(kept).toBeGreaterThan(4);
  await page.context().setOffline(true);
  await page.reload();
  expect(await page.textContent("h1")).toContain("A talking portrait");
  await page.context().close();
});

test("a sample speaks on the landing page, then a picture of the visitor's own, then another sample", async () => {
  const { page, complaints } = await visit("");
  await page.evaluate(() => {
    const speaks = () => {
      const painted = performance.getEntriesByName("first-paint")[0]!.startTime;
      document.title = `speaks ${((performance.now() - painted) / 1000).toFixed(1)} s`;
    };
    addEventListener("lip-sync-speakstart", speaks, { once: true });
  });
  await page.click(".tryit button[type=submit]");
  await page.waitForFunction(() => document.title.startsWith("speaks"), undefined, {
    timeout: SPEAKS_WITHIN_MS,
  });
  console.log(`A sample ${await page.title()} after the first paint, nothing cached`);
  const shown = () =>
    page.evaluate(() => document.querySelector("lip-sync")!.shadowRoot!.querySelector("img")!.src);
  await page.setInputFiles(".tryit input[accept='image/*']", PORTRAIT);
  await expect.poll(shown).toMatch(/^blob:/);
  await page.click(".tryit button[type=submit]:enabled", { timeout: SPEAKS_WITHIN_MS });
  await page.waitForFunction(
    () => document.querySelector("lip-sync")!.matches(":state(speaking)"),
    undefined,
    {
      timeout: SPEAKS_WITHIN_MS,
    },
  );
  await page.check(".tryit input[value=astronaut]");
  await expect.poll(shown).toContain("astronaut");
  expect(complaints).toEqual([]);
  await page.context().close();
});
