import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dropText, GENERATE, openStudio, type OpenStudio } from "./open-studio.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
let studio: OpenStudio;

beforeAll(async () => {
  studio = await openStudio();
});
afterAll(() => studio.close());

async function findings(page: Page, screen: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${screen}: ${id} ${node.target.join(" ")} ${node.failureSummary ?? ""}`),
  );
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  return sideways > 0 ? [...found, `${screen}: scrolls sideways by ${sideways} px`] : found;
}

test.each([
  { theme: "light", language: "en", width: 1440 },
  { theme: "dark", language: "tr", width: 360 },
  { theme: "dark", language: "en", width: 768 },
  { theme: "light", language: "tr", width: 1440 },
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
    const look = async (screen: string) => found.push(...(await findings(page, screen)));
    await look("empty");
    await page.click(".sample:nth-child(3)");
    await page.waitForSelector(GENERATE);
    await page.click("details.more summary");
    await look("dialogue");
    await page.click(".sample, [aria-label^='Remove: two'], [aria-label^='Kaldır: two']");
    await dropText(page, "notes.png", "image/png", "no picture");
    await page.waitForSelector(".errbox");
    await dropText(page, "voice.mp3", "audio/mpeg", "no sound");
    await page.waitForSelector(".errbox.inline");
    await look("failures");
    await page.click(".sentchip");
    await look("privacy");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await look("keys");
    await page.keyboard.press("Escape");
    if (width > 720) await page.click("nav button.mid[aria-label]");
    else {
      await page.click(".mm summary");
      await page.click(".mm .menu button");
    }
    await look("settings");
    await context.close();
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  },
);
