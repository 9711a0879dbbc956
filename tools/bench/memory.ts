import { execFileSync } from "node:child_process";
import type { Browser } from "playwright";

/** Resident memory in bytes of all processes of a browser. */
async function residentBytes(pids: readonly number[]): Promise<number> {
  const output = execFileSync("ps", ["-o", "rss=", "-p", pids.join(",")], { encoding: "utf8" });
  return output
    .trim()
    .split(/\s+/)
    .reduce((sum, kilobytes) => sum + Number(kilobytes) * 1024, 0);
}

/**
 * The highest resident memory of a browser's renderer processes while `work` runs, in bytes, sampled four times
 * a second. Shared pages count once for each process, so only ratios within one run mean something.
 */
export async function peakMemory(browser: Browser, work: () => Promise<unknown>): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  let peak = 0;
  let running = true;
  const sampling = (async () => {
    while (running) {
      const { processInfo } = await session.send("SystemInfo.getProcessInfo");
      const pids = processInfo.filter((info) => info.type === "renderer").map((info) => info.id);
      if (pids.length > 0) peak = Math.max(peak, await residentBytes(pids).catch(() => 0));
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  })();
  try {
    await work();
  } finally {
    running = false;
    await sampling;
    await session.detach();
  }
  return peak;
}
