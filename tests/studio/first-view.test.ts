import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright";
import { expect, test } from "vitest";
import { browserLaunch } from "../../src/headless/find-browser.mjs";
import { buildApp } from "../../src/headless/app-build.ts";
import { serveApp } from "../../src/headless/app-server.ts";

/** Chrome's "Fast 3G": 1.6 Mbit/s down, 150 ms a round trip. */
const NETWORK = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
};
const CPU_SLOWER = 4;
/** Above what the first view takes today; what is heavy must come after it. */
const MAX_BYTES = 100_000;

test("on a slow laptop and a slow network the first view can be used soon, before anything heavy is fetched", async () => {
  const server = await serveApp(await buildApp(), { compress: true });
  const browser = await chromium.launch(browserLaunch());
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  // A busy machine is slow, not broken.
  context.setDefaultTimeout(90_000);
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", NETWORK);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWER });
  await page.addInitScript(() => {
    const seen = new MutationObserver(() => {
      if (!document.querySelector(".drop .btn.primary")) return;
      seen.disconnect();
      performance.mark("usable");
    });
    seen.observe(document, { childList: true, subtree: true });
  });
  await page.goto(`${server.origin}/`);
  await page.waitForFunction(() => performance.getEntriesByName("usable").length > 0);
  const { usableMs, bytes, files } = await page.evaluate(() => {
    const at = performance.getEntriesByName("usable")[0]!.startTime;
    const resources = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    const before = resources.filter((entry) => entry.startTime < at && /\.(js|css)$/.test(entry.name));
    return {
      usableMs: Math.round(at),
      bytes: before.reduce((sum, entry) => sum + entry.encodedBodySize, 0),
      files: before.length,
    };
  });
  const kilobytes = (bytes / 1000).toFixed(0);
  console.log(
    `First view usable after ${usableMs} ms (processor ${CPU_SLOWER} times slower, Fast 3G): ${kilobytes} kB in ${files} files`,
  );
  await browser.close();
  await server.close();
  expect(bytes).toBeLessThan(MAX_BYTES);
});

test("a page that is opened as a file says how to serve it, which a served one does not", async () => {
  const folder = await buildApp();
  const server = await serveApp(folder);
  const browser = await chromium.launch(browserLaunch());
  const page = await browser.newPage();
  await page.goto(pathToFileURL(join(folder, "index.html")).href);
  expect(await page.locator("body").innerText()).toContain("npm start");
  await page.goto(`${server.origin}/`);
  await page.waitForSelector("studio-app .drop");
  expect(await page.locator("body").innerText()).not.toContain("npm start");
  await browser.close();
  await server.close();
});
