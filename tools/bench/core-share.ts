import type { Browser } from "playwright";

/** Share of a core that a browser uses, by what its processes do. */
export interface CoreShares {
  /** Pages with their workers. */
  readonly pages: number;
  /** The browser's own: window, compositor, audio device. */
  readonly browser: number;
}

/** CPU seconds used so far. */
async function cpuSeconds(browser: Browser): Promise<CoreShares> {
  const session = await browser.newBrowserCDPSession();
  try {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const of = (renderer: boolean) =>
      processInfo
        .filter((info) => (info.type === "renderer") === renderer)
        .reduce((sum, info) => sum + info.cpuTime, 0);
    return { pages: of(true), browser: of(false) };
  } finally {
    await session.detach();
  }
}

/** Shares of a core that are used within `ms`. */
export async function coreShares(browser: Browser, ms: number): Promise<CoreShares> {
  const before = await cpuSeconds(browser);
  const started = performance.now();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const after = await cpuSeconds(browser);
  const seconds = (performance.now() - started) / 1000;
  return {
    pages: (after.pages - before.pages) / seconds,
    browser: (after.browser - before.browser) / seconds,
  };
}
