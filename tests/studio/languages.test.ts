import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LANGUAGE_NAMES, LANGUAGES, type Language } from "../../src/job/sentences/languages.ts";
import { dropText, GENERATE, lookAtSheets, openStudio, type Look, type OpenStudio } from "./open-studio.ts";
import { layoutFaults } from "./layout-faults.ts";

let studio: OpenStudio;

beforeAll(async () => {
  studio = await openStudio();
});
afterAll(() => studio?.close());

/** Goes through the studio's screens. */
async function lookAround(page: Page, look: Look): Promise<void> {
  await look("empty");
  await page.click(".sample:nth-child(1)");
  await page.waitForSelector(GENERATE);
  await page.click("details.more summary");
  await look("photo");
  await dropText(page, "notes.png", "image/png", "no picture");
  await page.waitForSelector(".errbox h2");
  await look("failure");
  await lookAtSheets(page, look);
  await page.locator("nav button.mid").first().click();
  await page.waitForSelector("studio-live-sheet .panel");
  await look("live");
  await page.keyboard.press("Escape");
  // Before the pages stands the live mode.
  for (const [index, screen] of ["api", "settings"].entries()) {
    await page
      .locator("nav button.mid")
      .nth(index + 1)
      .click();
    await page.waitForSelector("main.page");
    await look(screen);
  }
}

/** The faults of what is shown, at two widths. */
async function faultsOf(page: Page, screen: string): Promise<string[]> {
  const faults: string[] = [];
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await page.waitForTimeout(50);
    faults.push(...(await layoutFaults(page)).map((fault) => `${screen}, ${String(width)} px: ${fault}`));
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  return faults;
}

/** Chooses a language in the bar, also where a sheet lies over it, and waits until the page has it. */
async function setLanguage(page: Page, language: Language): Promise<void> {
  await page.locator(".langs select").evaluate((select, value) => {
    (select as HTMLSelectElement).value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }, language);
  await page.waitForSelector(`html[lang="${language}"]`);
}

const NO_PICTURE: Readonly<Record<Language, string>> = {
  en: "This file could not be read as a picture",
  tr: "Bu dosya resim olarak okunamadı",
  de: "Diese Datei konnte nicht als Bild gelesen werden",
  es: "Este archivo no se ha podido leer como imagen",
  fr: "Ce fichier n’a pas pu être lu comme image",
  "pt-BR": "Este arquivo não pôde ser lido como imagem",
  ja: "このファイルは画像として読み込めませんでした",
  "zh-Hans": "无法将此文件读取为图片",
};

test("in every language every screen has room for its words, errors included", async () => {
  const { page, context, complaints } = await studio.visit({ reducedMotion: "reduce" });
  const faults: string[] = [];
  await lookAround(page, async (screen) => {
    for (const language of LANGUAGES) {
      await setLanguage(page, language);
      if (screen === "failure") {
        await expect.poll(() => page.textContent(".errbox h2")).toBe(NO_PICTURE[language]);
      }
      faults.push(...(await faultsOf(page, `${language}: ${screen}`)));
    }
  });
  expect(faults).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

test("the browser's language is taken, and another can be chosen in the bar", async () => {
  const context = await studio.browser.newContext({
    locale: "de-AT",
    viewport: { width: 1280, height: 800 },
  });
  const page = await context.newPage();
  await page.goto(`${studio.server.origin}/`);
  await page.waitForSelector("html[lang=de] .bar");
  const names = await page.locator(".langs option").allTextContents();
  expect(names.map((name) => name.trim())).toEqual(LANGUAGES.map((language) => LANGUAGE_NAMES[language]));
  await page.selectOption(".langs select", "ja");
  await page.waitForSelector("html[lang=ja] .dropsub, html[lang=ja] .drop");
  await page.reload();
  await page.waitForSelector("html[lang=ja] .bar");
  await context.close();
});

test("from right to left the page is mirrored, nothing overlaps, and time and pictures stay as they are", async () => {
  const { page, context } = await studio.visit({ reducedMotion: "reduce" });
  await page.evaluate(() => (document.documentElement.dir = "rtl"));
  const faults: string[] = [];
  await lookAround(page, async (screen) => void faults.push(...(await faultsOf(page, screen))));
  expect(faults).toEqual([]);
  await page.click(".brand");
  const place = async (selector: string) => {
    const box = (await page.locator(selector).first().boundingBox())!;
    return box.x + box.width / 2;
  };
  expect(await place(".brand")).toBeGreaterThan(await place(".bar nav"));
  expect(await place(".stage")).toBeGreaterThan(await place(".panel"));
  const directions = await page.evaluate(() =>
    [".media", ".tracks"].map((selector) => {
      const probe = document.body.appendChild(document.createElement("div"));
      probe.className = selector.slice(1);
      const { direction } = getComputedStyle(probe);
      probe.remove();
      return direction;
    }),
  );
  expect(directions).toEqual(["ltr", "ltr"]);
  await context.close();
});
