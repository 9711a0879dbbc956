import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from "playwright";
import type { Language } from "../../src/job/sentences/languages.ts";
import { browserLaunch } from "../../src/headless/find-browser.mjs";
import { buildApp } from "../../src/headless/app-build.ts";
import { serveApp, type AppServer } from "../../src/headless/app-server.ts";

/** The built studio in a real browser. */
export interface OpenStudio {
  readonly server: AppServer;
  readonly browser: Browser;
  /** A fresh visitor; the page's own complaints land in `complaints`. */
  visit(options?: VisitOptions): Promise<Visit>;
  close(): Promise<void>;
}

/** How a visitor comes. */
export interface VisitOptions extends BrowserContextOptions {
  readonly theme?: "light" | "dark";
  readonly language?: Language;
}

/** One visitor. */
export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of the page and violations of its policy. */
  readonly complaints: string[];
}

/** Our own voice of three seconds, one of thirteen, whose job lasts while a test looks at it, and our own portrait. */
export const VOICE = new URL("../../src/studio/samples/question.mp3", import.meta.url).pathname;
export const LONG_VOICE = new URL("../fixtures/voice.mp3", import.meta.url).pathname;
export const PORTRAIT = new URL("../fixtures/portrait.jpg", import.meta.url).pathname;

/** What the browser logs without a network of what it could not look up, for instance a newer service worker. */
export const OFFLINE = /ERR_INTERNET_DISCONNECTED|service worker/i;

/** The Generate button once everything is there. */
export const GENERATE = ".pfoot .btn.primary[aria-disabled=false]";

/**
 * Builds and serves the app and starts the browser.
 * @param newer a folder whose files are served instead of the build's, for instance those of a later build.
 * @param args further arguments of the browser.
 */
export async function openStudio(newer?: string, args: readonly string[] = []): Promise<OpenStudio> {
  const dist = await buildApp();
  const server = await serveApp(newer === undefined ? dist : [newer, dist]);
  const launch = browserLaunch();
  const browser = await chromium.launch({ ...launch, args: [...(launch.args ?? []), ...args] });
  return {
    server,
    browser,
    async visit({ theme = "light", language = "en", ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      await context.addInitScript((preferences) => {
        if (!localStorage.getItem("dudak-preferences")) {
          localStorage.setItem("dudak-preferences", preferences);
        }
      }, JSON.stringify({ theme, language }));
      // A busy machine is slow, not broken.
      context.setDefaultTimeout(90_000);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(message.text());
      });
      await page.goto(`${server.origin}/`);
      await page.waitForSelector("studio-app .bar");
      return { context, page, complaints };
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** Gives the page files through its own file choosers. */
export async function chooseFiles(page: Page, button: string, files: string | string[]): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.click(button)]);
  await chooser.setFiles(files);
}

/** Drops a file made of text onto the page. */
export async function dropText(page: Page, name: string, type: string, text: string): Promise<void> {
  await page.evaluate(
    ([fileName, fileType, content]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content!], fileName!, { type: fileType! }));
      document.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    },
    [name, type, text],
  );
}

/** Drops files onto the page, all at once. */
export async function dropFiles(
  page: Page,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Promise<void> {
  await page.evaluate(
    (given) => {
      const dataTransfer = new DataTransfer();
      for (const { name, base64 } of given) {
        const binary = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        dataTransfer.items.add(new File([binary], name));
      }
      document.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    },
    files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString("base64") })),
  );
}

/** Drops a file of any bytes onto the page. */
export const dropBytes = (page: Page, name: string, bytes: Uint8Array): Promise<void> =>
  dropFiles(page, [{ name, bytes }]);

/** What is done on each screen of the studio, in turn, as soon as it is open. */
export type Look = (screen: string) => Promise<void>;

/** Opens and shuts the sheets that lie over every page: privacy, keys, and a batch whose list has faults. */
export async function lookAtSheets(page: Page, look: Look): Promise<void> {
  await page.click(".sentchip");
  await look("privacy");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await look("keys");
  await page.keyboard.press("Escape");
  await page.keyboard.press("b");
  await page.waitForSelector("studio-batch-sheet .pfoot");
  await page.click("studio-batch-sheet summary");
  await dropText(page, "list.csv", "text/csv", "voice;size\nvoice.mp3;2\n;3");
  await page.waitForSelector("studio-batch-sheet li.job .bad");
  await look("batch");
  await page.keyboard.press("Escape");
}
