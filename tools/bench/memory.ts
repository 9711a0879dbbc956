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

/** The highest resident memory while something ran, in bytes. */
export interface MemoryPeaks {
  readonly bytes: number;
  /** The same within each stage. */
  readonly byStage: Readonly<Record<string, number>>;
}

/**
 * The highest resident memory of a browser's renderer processes while `work` runs, sampled four times a second.
 * Shared pages count once for each process, so only ratios within one run mean something.
 * @param work calls what it gets whenever another stage begins.
 */
export async function peakMemory(
  browser: Browser,
  work: (enter: (stage: string) => void) => Promise<unknown>,
): Promise<MemoryPeaks> {
  const session = await browser.newBrowserCDPSession();
  const byStage: Record<string, number> = {};
  let stage = "start";
  let running = true;
  const sampling = (async () => {
    while (running) {
      const { processInfo } = await session.send("SystemInfo.getProcessInfo");
      const pids = processInfo.filter((info) => info.type === "renderer").map((info) => info.id);
      const [name, bytes] = [stage, pids.length > 0 ? await residentBytes(pids).catch(() => 0) : 0];
      byStage[name] = Math.max(byStage[name] ?? 0, bytes);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  })();
  try {
    await work((name) => (stage = name));
  } finally {
    running = false;
    await sampling;
    await session.detach();
  }
  return { bytes: Math.max(0, ...Object.values(byStage)), byStage };
}
