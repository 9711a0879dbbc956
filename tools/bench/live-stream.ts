import { execFileSync } from "node:child_process";
import { chromium, type Browser } from "playwright";
import { browserLaunch } from "../../src/headless/find-browser.mjs";
import { coreShare } from "./core-share.ts";
import type {} from "./live-stream-page.ts";
import { serveBenchPage } from "./page-server.ts";
import { spread, type Spread } from "./spread.ts";

/** A sound that is followed. */
export interface FollowedBench {
  /** From the arrival of a sound to its leaving as a track, in milliseconds; found by fitting the two. */
  readonly lagMs: number;
  /** What the loudspeaker takes beside that, by the browser's word. */
  readonly deviceMs: number;
  readonly shownShare: number;
  readonly meanLagMs: number;
  readonly worstLagMs: number;
  /** Share of a core of the page with its workers. */
  readonly cpu: number;
  readonly seconds: number;
}

/** Voices that are still being spoken, at 480p on wasm; times in milliseconds. */
export interface LiveStreamBench {
  readonly replyMs: Spread;
  readonly low: FollowedBench;
  readonly quality: FollowedBench;
  /** Lips against the sound that arrives with them by a call. */
  readonly call: { readonly meanMs: number; readonly worstMs: number; readonly r: number };
  /** Memory after so many seconds of a stream by that after a minute. */
  readonly memory: { readonly seconds: number; readonly ratio: number };
}

const HTML = `<!doctype html><title>bench</title><body><script type="module" src="/tools/bench/live-stream-page.ts"></script>`;
const IMAGE = "/tests/fixtures/portrait.jpg";
const VOICE = "/tests/fixtures/voice.mp3";
const REPLIES = 6;
const SETTLE_MS = 1500;

async function residentBytes(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const pids = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  const output = execFileSync("ps", ["-o", "rss=", "-p", pids.join(",")], { encoding: "utf8" });
  return output
    .trim()
    .split(/\s+/)
    .reduce((sum, kilobytes) => sum + Number(kilobytes) * 1024, 0);
}

/**
 * Measures voices that are still being spoken.
 * @param seconds that each latency is followed for.
 * @param heardSeconds of the stream whose memory is compared with a minute's, heard as fast as can be.
 */
export async function measureLiveStream(seconds = 60, heardSeconds = 3600): Promise<LiveStreamBench> {
  const bench = await serveBenchPage(HTML);
  const launch = browserLaunch({ softwareGpu: false });
  const browser = await chromium.launch({
    ...launch,
    args: [...(launch.args ?? []), "--autoplay-policy=no-user-gesture-required"],
    headless: true,
  });
  try {
    const page = await browser.newPage();
    await page.goto(bench.url);
    await page.waitForFunction("window.liveStreamBench !== undefined");
    await page.evaluate((image) => window.liveStreamBench!.open(image), IMAGE);
    const replies: number[] = [];
    for (let i = 0; i < REPLIES; i++) {
      replies.push(await page.evaluate((voice) => window.liveStreamBench!.reply(voice), VOICE));
    }
    const follow = async (latency: "low" | "quality"): Promise<FollowedBench> => {
      const cpu = new Promise((resolve) => setTimeout(resolve, 6000)).then(() =>
        coreShare(browser, 1000 * Math.max(2, seconds - 8)),
      );
      const end = await page.evaluate(
        ([voice, mode, long]) => window.liveStreamBench!.follow(voice, mode, long),
        [VOICE, latency, seconds] as const,
      );
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      return {
        lagMs: end.lagMs,
        deviceMs: end.deviceMs,
        shownShare: end.framesShown / end.framesDue,
        meanLagMs: 1000 * end.meanLagSeconds,
        worstLagMs: 1000 * end.worstLagSeconds,
        cpu: await cpu,
        seconds: end.durationSeconds,
      };
    };
    const low = await follow("low");
    const quality = await follow("quality");
    const call = await page.evaluate((voice) => window.liveStreamBench!.call(voice, "low"), VOICE);
    const hear = (long: number) =>
      page.evaluate(([voice, s]) => window.liveStreamBench!.hear(voice, s), [VOICE, long] as const);
    await hear(60);
    const minute = await residentBytes(browser);
    await hear(heardSeconds);
    const ratio = (await residentBytes(browser)) / minute;
    // The first reply warms up.
    return {
      replyMs: spread(replies.slice(1)),
      low,
      quality,
      call,
      memory: { seconds: heardSeconds, ratio },
    };
  } finally {
    await browser.close();
    await bench.close();
  }
}

/** The figures as a table in Markdown. */
export function describeLiveStream({ replyMs, low, quality, call, memory }: LiveStreamBench): string {
  const ms = (value: number) => `${Math.round(value)} ms`;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const rows = [
    [
      "arrival of a sound to its leaving as a track, low / quality",
      `${ms(low.lagMs)} / ${ms(quality.lagMs)}`,
    ],
    ["the loudspeaker's own latency, by the browser's word", ms(low.deviceMs)],
    ["frames behind their sound, mean / worst, low", `${ms(low.meanLagMs)} / ${ms(low.worstLagMs)}`],
    ["… quality", `${ms(quality.meanLagMs)} / ${ms(quality.worstLagMs)}`],
    [
      `frames shown of those due, low / quality, ${Math.round(low.seconds)} s each`,
      `${percent(low.shownShare)} / ${percent(quality.shownShare)}`,
    ],
    [
      "processor of one face with its voice, share of a core, low / quality",
      `${percent(low.cpu)} / ${percent(quality.cpu)}`,
    ],
    [
      "lips after the sound in the picture that a call brings, mean / worst of 4 s",
      `${ms(call.meanMs)} / ${ms(call.worstMs)} (r ${call.r.toFixed(2)})`,
    ],
    [
      "first sound after a reply's first 300 ms, median (best–worst)",
      `${ms(replyMs.median)} (${ms(replyMs.best)}–${ms(replyMs.worst)})`,
    ],
    [
      `memory after ${Math.round(memory.seconds / 60)} min of a stream by that after one`,
      memory.ratio.toFixed(2),
    ],
  ];
  return ["| Measure | |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
}
