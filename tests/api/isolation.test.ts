import { chromium, type Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { browserLaunch } from "../../src/headless/find-browser.mjs";
import { serveBrowserApp, type BrowserApp } from "./browser-app.ts";
import { startServer, type TestServer } from "./media-server.ts";

/** A picture of another origin whose host knows nothing of isolation. */
const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"/>`;

let app: BrowserApp;
let other: TestServer;
let browser: Browser;

beforeAll(async () => {
  other = await startServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "image/svg+xml" }).end(PICTURE);
  });
  app = await serveBrowserApp((request, response) => {
    const options = new URL(request.url!, "http://x").searchParams.get("options")!;
    response.writeHead(200, { "Content-Type": "text/html" }).end(`<!doctype html><body>
      <script type="module">
        import { registerServiceWorker } from "/src/rest/service-worker/service-worker-registration.ts";
        document.title = "registered: " + (await registerServiceWorker("/service-worker.js", ${options}));
      </script>`);
  });
  browser = await chromium.launch({ ...browserLaunch(), headless: true });
});
afterAll(async () => {
  await browser.close();
  await app.close();
  await other.close();
});

test.each([
  [{}, { isolated: true, width: 7 }],
  [{ isolation: "require-corp" }, { isolated: true, width: 0 }],
  [{ isolation: "none" }, { isolated: false, width: 7 }],
  [{ pages: ["/studio/"] }, { isolated: false, width: 7 }],
] as const)("a host that registers with %o gets %o", async (options, expected) => {
  const context = await browser.newContext();
  // A busy machine is slow, not broken.
  context.setDefaultTimeout(90_000);
  const page = await context.newPage();
  await page.goto(`${app.origin}/__host?options=${encodeURIComponent(JSON.stringify(options))}`);
  await page.waitForFunction(
    (isolated) =>
      document.title === "registered: true" &&
      navigator.serviceWorker.controller &&
      crossOriginIsolated === isolated,
    expected.isolated,
  );
  const width = await page.evaluate(async (src) => {
    const picture = new Image();
    picture.src = src;
    await picture.decode().catch(() => undefined);
    return picture.naturalWidth;
  }, `${other.origin}/picture.svg`);
  expect({ isolated: await page.evaluate(() => crossOriginIsolated), width }).toEqual(expected);
  await context.close();
});
