import type { Browser } from "playwright";

/** CPU seconds that the browser's pages have used so far. */
async function cpuSeconds(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  try {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo
      .filter((info) => info.type === "renderer")
      .reduce((sum, info) => sum + info.cpuTime, 0);
  } finally {
    await session.detach();
  }
}

/** Share of a core that they use within `ms`. */
export async function coreShare(browser: Browser, ms: number): Promise<number> {
  const before = await cpuSeconds(browser);
  const started = performance.now();
  await new Promise((resolve) => setTimeout(resolve, ms));
  return ((await cpuSeconds(browser)) - before) / ((performance.now() - started) / 1000);
}
