import type { Browser, Page } from "playwright";
import type { EngineHost, HostRequest } from "../../src/headless/engine-host.ts";

/** A stage of a job: when it ran, and how much processor time all the browser's processes used meanwhile. */
interface StageSpan {
  readonly stage: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly processorMs: number;
}

/** One run of a job. Times in milliseconds. */
export interface StagedRun {
  readonly totalMs: number;
  readonly processorMs: number;
  readonly frames: number;
  readonly spans: readonly StageSpan[];
  /** The longest task of the page's main thread, 0 where none took 50 ms. */
  readonly longestTaskMs: number;
  readonly framesSha256: string | null;
}

/** Processor time in milliseconds that all processes of a browser have used. */
export async function processorMs(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  try {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return 1000 * processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  } finally {
    await session.detach();
  }
}

/** Notes the page's long tasks; the browser tells those of 50 ms and more. @returns ends it: the longest one. */
async function watchLongTasks(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) =>
      list.getEntries().forEach((entry) => tasks.push(entry.duration)),
    );
    observer.observe({ type: "longtask" });
    Object.assign(window, { dudakLongTasks: { tasks, observer } });
  });
  return () =>
    page.evaluate(() => {
      const { tasks, observer } = (
        window as unknown as { dudakLongTasks: { tasks: number[]; observer: PerformanceObserver } }
      ).dudakLongTasks;
      observer.disconnect();
      return Math.max(0, ...tasks);
    });
}

/** Runs a job and notes its stages. */
export async function runStaged(host: EngineHost, request: HostRequest): Promise<StagedRun> {
  const page = await host.page();
  const browser = page.context().browser()!;
  const longest = await watchLongTasks(page);
  const marks: { stage: string; at: number; used: Promise<number> }[] = [];
  const started = performance.now();
  const mark = (stage: string) => {
    if (marks.at(-1)?.stage === stage) return;
    marks.push({ stage, at: performance.now() - started, used: processorMs(browser) });
  };
  mark("starting");
  const { result } = await host.run(
    { ...request, hashFrames: true },
    { onProgress: ({ stage }) => mark(stage) },
  );
  const totalMs = performance.now() - started;
  mark("end");
  const used = await Promise.all(marks.map((one) => one.used));
  return {
    totalMs,
    processorMs: used.at(-1)! - used[0]!,
    frames: result.report.frames,
    spans: marks.slice(0, -1).map(({ stage, at }, i) => ({
      stage,
      fromMs: at,
      toMs: marks[i + 1]!.at,
      processorMs: used[i + 1]! - used[i]!,
    })),
    longestTaskMs: await longest(),
    framesSha256: result.report.framesSha256 ?? null,
  };
}
