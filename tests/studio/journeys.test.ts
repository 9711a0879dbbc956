import { readFile } from "node:fs/promises";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { axeFindings } from "../axe.ts";
import {
  chooseFiles,
  dropBytes,
  dropText,
  GENERATE,
  LONG_VOICE,
  lookAtSheets,
  OFFLINE,
  openStudio,
  PORTRAIT,
  VOICE,
  type OpenStudio,
} from "./open-studio.ts";

let studio: OpenStudio;

beforeAll(async () => {
  studio = await openStudio();
});
afterAll(() => studio?.close());

/** Where the pages begin among the bar's buttons: before them is the live mode. */
const PAGES = 1;

test("a sample becomes an MP4: cancelled, started again, reloaded in mid-job, downloaded, still there offline", async () => {
  const { page, context, complaints } = await studio.visit({ acceptDownloads: true });
  await page.click(".sample:nth-child(1)");
  await page.waitForSelector(".tag");
  await chooseFiles(page, "[aria-label^='Replace: sonnet-en']", LONG_VOICE);
  const asked = await page.evaluateHandle(() => {
    const calls: string[] = [];
    StorageManager.prototype.persist = () => Promise.resolve(calls.push("persist") > 0);
    return calls;
  });
  // The second click falls on the button that takes the place of the first one's.
  await page.dblclick(GENERATE);
  await page.waitForSelector("canvas.preview.on");
  expect(await asked.jsonValue()).toEqual(["persist"]);
  expect(await page.textContent(".steps li.now")).toContain("Render the mouth");

  await page.keyboard.press("Escape");
  await page.waitForSelector(GENERATE);
  expect(await page.textContent("#live")).toBe("Cancelled. Everything is as it was.");
  expect(await page.locator(".file b").allTextContents()).toEqual(["mona-lisa.jpg", "voice.mp3"]);

  await page.keyboard.press("Control+Enter");
  await page.waitForSelector("canvas.preview.on");
  await page.reload();
  await page.waitForSelector("studio-live-stage, studio-result-panel");
  await page.waitForSelector("studio-result-panel");

  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("d")]);
  expect(download.suggestedFilename()).toBe("mona-lisa-voice.mp4");
  const movie = await readFile(await download.path());
  expect(movie.subarray(4, 8).toString("latin1")).toBe("ftyp");
  expect(movie.length).toBeGreaterThan(50_000);
  expect(movie.includes("compositeWithTrainedAlgorithmicMedia")).toBe(true);

  // The lane of mouth shapes, close up: letters, and the slider says what the mouth does.
  await page.click(".transport [aria-pressed]");
  await expect.poll(() => page.locator(".letters i").count()).toBeGreaterThan(8);
  await page.fill(".scrub", "0.6");
  await page.waitForFunction(() =>
    /mouth \d+% open/.test(document.querySelector(".scrub")!.ariaValueText ?? ""),
  );

  // The other language reaches everything that is shown, and back.
  for (const [language, ready, loop] of [
    ["tr", "Hazır", "Döngü"],
    ["en", "Ready", "Loop"],
  ] as const) {
    await page.selectOption(".langs select", language);
    await page.waitForSelector(`studio-result-panel :text-is("${ready}")`);
    await page.waitForSelector(`studio-result-stage :text-is("${loop}")`);
  }

  await page.click("[aria-haspopup=menu]");
  expect(await findings(page, "result")).toEqual([]);
  const [preview] = await Promise.all([
    page.waitForEvent("download"),
    page.click("[role=menuitem]:has-text('GIF')"),
  ]);
  expect(preview.suggestedFilename()).toBe("mona-lisa-voice.gif");
  const gif = await readFile(await preview.path());
  expect(gif.subarray(0, 6).toString("latin1")).toBe("GIF89a");
  expect(gif.length).toBeLessThan(3_000_000);

  expect(complaints).toEqual([]);

  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await context.setOffline(true);
  await page.reload();
  await page.waitForSelector("studio-result-panel");
  await page.keyboard.press("q");
  await page.waitForSelector("li.job");
  expect(await page.locator("li.job").count()).toBe(1);
  expect(await page.textContent(".sentchip .wide")).toBe("0 bytes sent");
  expect(complaints.filter((text) => !OFFLINE.test(text))).toEqual([]);
  await context.close();
}, 240_000);

test("a recorded voice, a painted mask and every option survive a reload", async () => {
  const { page, context, complaints } = await studio.visit({ permissions: ["microphone"] });
  await page.click(".sample:nth-child(1)");
  await page.waitForSelector(".tag");
  await page.click("[aria-label='Record: Voice']");
  await page.waitForSelector("studio-recorder [role=timer]");
  await page.waitForFunction(() =>
    /0:0[1-9]/.test(document.querySelector("studio-recorder [role=timer]")?.textContent ?? ""),
  );
  await page.keyboard.press("r");
  await page.waitForFunction(() =>
    document.querySelector(".file:has(button.th) b")?.textContent?.startsWith("voice-"),
  );
  await page.keyboard.press("m");
  await page.focus("canvas.maskveil");
  for (const key of ["ArrowRight", "Space", "ArrowDown"]) await page.keyboard.press(key);
  await page.click(".masktools .btn.primary");
  await page.fill("#style", "calm");
  await page.fill("#seed", "41");
  await page.click("label:has-text('720p')");
  const keptResolution = () =>
    page.evaluate(async () => {
      const request = indexedDB.open("dudak-studio");
      await new Promise((resolve) => (request.onsuccess = resolve));
      const kept = request.result.transaction("draft").objectStore("draft").get("current");
      await new Promise((resolve) => (kept.onsuccess = resolve));
      request.result.close();
      return (kept.result as { options: { resolution: string } }).options.resolution;
    });
  // The last of what was changed.
  await expect.poll(keptResolution).toBe("720p");

  await page.reload();
  await page.waitForSelector(".tag");
  expect(await page.inputValue("#style")).toBe("calm");
  expect(await page.inputValue("#seed")).toBe("41");
  expect(await page.isChecked("input[value='720p']")).toBe(true);
  expect(await page.textContent(".options")).toContain("painted");
  expect(await page.locator(".file b").last().textContent()).toMatch(/^voice-/);
  expect(complaints).toEqual([]);
  await context.close();
});

test("a file that is no picture says so on the stage, keeps the voice, and offers another", async () => {
  const { page, context } = await studio.visit();
  await chooseFiles(page, "[aria-label='Choose'], .slot:has-text('voice') .btn", VOICE);
  await dropText(page, "notes.png", "image/png", "no picture at all");
  await page.waitForSelector(".errbox");
  expect(await page.textContent(".errbox h2")).toBe("This file could not be read as a picture");
  expect(await page.textContent("#why")).toBe("Needs a picture");
  expect(await page.locator(".file b").allTextContents()).toEqual(["notes.png", "question.mp3"]);
  await chooseFiles(
    page,
    ".errbox .btn.primary",
    new URL("../fixtures/portrait.jpg", import.meta.url).pathname,
  );
  await page.waitForSelector(GENERATE);
  expect(await page.locator(".errbox").count()).toBe(0);

  // A photo of an iPhone that is cut off: what to do stands there, and nothing goes on "looking".
  await dropText(page, "photo.heic", "image/heic", "\0\0\0\x18ftypheic\0\0\0\0mif1heic");
  await page.waitForSelector(".errbox");
  expect(await page.textContent(".errbox p")).toContain("it may be incomplete");

  // A whole one, for which the browser has no decoder, is shown as the engine reads it.
  await dropBytes(page, "p3.heic", await readFile(new URL("../fixtures/media/p3.heic", import.meta.url)));
  const shown = page.locator("img.base[alt='p3.heic'][src^='blob:']");
  await expect
    .poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth), { timeout: 60_000 })
    .toBeGreaterThan(0);

  await dropText(page, "film.mp4", "video/mp4", "no film at all");
  await page.waitForSelector(".note:has-text('does not play the video')");
  expect(await page.textContent("studio-app")).not.toContain("Looking for faces");
  expect(await page.textContent("#live")).toContain("does not play the video");
  await page.click(GENERATE);
  await page.waitForSelector(".errbox.inline button:has-text('Choose another video')");
  await context.close();
});

test("a key is made, shown once, and opens the API; the form sends a request and shows the answer", async () => {
  const { page, context, complaints } = await studio.visit();
  await page.locator("nav button.mid").nth(PAGES).click();
  await page.fill("#keyname", "kiosk");
  await page.click("form .btn");
  const key = await page.textContent("[data-fresh-key]");
  expect(key).toMatch(/^sk_\w+_\w+$/);
  expect(await page.textContent("table")).toContain("kiosk");
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const status = await page.evaluate(
    async (bearer) =>
      (await fetch("./api/v1/jobs", { headers: { Authorization: `Bearer ${bearer}` } })).status,
    key,
  );
  expect(status).toBe(200);
  await page.click("label:has(input[value='lipsync-video'])");
  expect(await page.textContent("pre.code[aria-label='Request as code']")).toMatch(
    /"video": "http.+talk.+mp4"/,
  );
  await page.click("label:has-text('jobs')");
  await page.click("text=Send");
  await page.waitForSelector("[data-answer]");
  expect(JSON.parse((await page.textContent("[data-answer]"))!)).toEqual({ jobs: [], cursor: null });
  // The browser's Back is the way back, and the page has an address.
  await page.goBack();
  await page.waitForSelector(".drop");
  await page.goForward();
  await page.waitForSelector("#keyname");
  await page.reload();
  await page.waitForSelector("#keyname");
  await page.locator("nav button.mid").nth(PAGES).click();
  await page.waitForSelector(".drop");
  await expect.poll(() => new URL(page.url()).hash).toBe("");
  expect(complaints).toEqual([]);
  await context.close();
});

test("the page carries the policy that the server sends, as far as a page can", async () => {
  const { CONTENT_SECURITY_POLICY } = await import("../../src/headless/page-headers.ts");
  const html = await readFile(new URL("../../index.html", import.meta.url), "utf8");
  const carried = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(html)?.[1];
  expect(carried).toBe(CONTENT_SECURITY_POLICY.replace(/; frame-ancestors.*$/, ""));
});

async function findings(page: Page, screen: string): Promise<string[]> {
  const found = (await axeFindings(page)).map((finding) => `${screen}: ${finding}`);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return sideways > 0 ? [...found, `${screen}: scrolls sideways by ${sideways} px`] : found;
}

test.each([
  { theme: "light", language: "en", width: 1440 },
  { theme: "dark", language: "tr", width: 360 },
] as const)(
  "axe finds nothing on any screen, $theme, $language, $width px, and nothing scrolls sideways",
  async ({ theme, language, width }) => {
    const { page, context, complaints } = await studio.visit({
      theme,
      language,
      viewport: { width, height: 800 },
      reducedMotion: "reduce",
    });
    const found: string[] = [];
    const look = async (screen: string) => void found.push(...(await findings(page, screen)));
    /** Presses one of the bar's buttons: live mode, API, settings. */
    const open = async (index: number) => {
      const narrow = width <= 720;
      if (narrow) await page.click(".mm summary");
      await page
        .locator(narrow ? ".mm .menu button" : "nav button.mid")
        .nth(index)
        .click();
    };
    await look("empty");
    await page.click(".sample:nth-child(5)");
    await page.waitForSelector(GENERATE);
    await page.click("details.more summary");
    await page.click("details.shapes summary");
    expect(await page.locator("details.shapes li").count()).toBe(6);
    await look("dialogue");
    await dropText(page, "notes.png", "image/png", "no picture");
    await page.waitForSelector(".errbox");
    await dropText(page, "voice.mp3", "audio/mpeg", "no sound");
    await page.waitForSelector(".errbox.inline");
    await look("failures");
    await lookAtSheets(page, look);
    await page.keyboard.press("q");
    await look("queue");
    await page.keyboard.press("Escape");
    await dropBytes(page, "portrait.jpg", await readFile(PORTRAIT));
    await page.waitForSelector(".tag");
    await open(0);
    await page.waitForSelector("studio-live-sheet .primary:not([disabled])");
    await look("live");
    await page.keyboard.press("Escape");
    for (const [index, screen] of ["api", "settings"].entries()) {
      await open(PAGES + index);
      await page.waitForSelector("main.page");
      await look(screen);
    }
    await page.locator("main.page [aria-expanded=false]").last().click();
    await page.waitForSelector("[data-forget]");
    await look("remove everything");
    await context.close();
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  },
);
