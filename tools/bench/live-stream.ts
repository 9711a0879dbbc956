import { execFileSync } from "node:child_process";
import { chromium, type Browser } from "playwright";
import { browserLaunch } from "../../src/headless/find-browser.mjs";
import { coreShares, type CoreShares } from "./core-share.ts";
import type { DrippedReply } from "./live-stream-page.ts";
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
  readonly cpu: CoreShares;
  readonly seconds: number;
}

/** Voices that are still being spoken, at 480p on wasm; times in milliseconds. */
export interface LiveStreamBench {
  readonly replyMs: Spread;
  /** Gaps in each of those replies, each of 4 s. */
  readonly replyGapsMs: Spread;
  /** What of `lagMs` two passages between audio contexts take, which are the browser's. */
  readonly passageMs: number;
  /** Share of a core of the bench's own voice, with the face at idle life. */
  readonly alone: CoreShares;
  readonly low: FollowedBench;
  readonly quality: FollowedBench;
  /** Lips against the sound that arrives with them by a call. */
  readonly call: {
    readonly meanMs: number;
    readonly worstMs: number;
    readonly r: number;
    readonly cpu: CoreShares;
  };
  /** Memory after so many seconds of a stream by that after a minute. */
  readonly memory: { readonly seconds: number; readonly ratio: number };
}

const HTML = `<!doctype html><title>bench</title><body><script type="module" src="/tools/bench/live-stream-page.ts"></script>`;
const IMAGE = "/tests/fixtures/portrait.jpg";
const VOICE = "/tests/fixtures/voice.mp3";
const REPLIES = 6;
const SETTLE_MS = 1500;
/** What is measured of a followed sound begins after the fit of its delay, and of a call once both are connected. */
const FOLLOW_SETTLES_MS = 7000;
const CALL_SETTLES_MS = 7000;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

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
    const replies: DrippedReply[] = [];
    for (let i = 0; i < REPLIES; i++) {
      replies.push(await page.evaluate((voice) => window.liveStreamBench!.reply(voice), VOICE));
    }
    const sharesAfter = async (settleMs: number, ms: number) => {
      await wait(settleMs);
      return coreShares(browser, ms);
    };
    const passageMs = await page.evaluate((voice) => window.liveStreamBench!.passage(voice), VOICE);
    const alone = sharesAfter(SETTLE_MS, 6000);
    await page.evaluate((voice) => window.liveStreamBench!.play(voice, 8), VOICE);
    const follow = async (latency: "low" | "quality"): Promise<FollowedBench> => {
      const cpu = sharesAfter(FOLLOW_SETTLES_MS, 1000 * seconds - FOLLOW_SETTLES_MS - 1000);
      const end = await page.evaluate(
        ([voice, mode, long]) => window.liveStreamBench!.follow(voice, mode, long),
        [VOICE, latency, seconds] as const,
      );
      await wait(SETTLE_MS);
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
    const calling = sharesAfter(CALL_SETTLES_MS, 8000);
    const lag = await page.evaluate((voice) => window.liveStreamBench!.call(voice, "low"), VOICE);
    const call = { ...lag, cpu: await calling };
    const hear = (long: number) =>
      page.evaluate(([voice, s]) => window.liveStreamBench!.hear(voice, s), [VOICE, long] as const);
    await hear(60);
    const minute = await residentBytes(browser);
    await hear(heardSeconds);
    const ratio = (await residentBytes(browser)) / minute;
    // The first reply warms up.
    return {
      replyMs: spread(replies.slice(1).map(({ firstSoundMs }) => firstSoundMs)),
      replyGapsMs: spread(replies.slice(1).map(({ gapsMs }) => gapsMs)),
      passageMs,
      alone: await alone,
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
export function describeLiveStream(found: LiveStreamBench): string {
  const { replyMs, replyGapsMs, passageMs, alone, low, quality, call, memory } = found;
  const ms = (value: number) => `${Math.round(value)} ms`;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const rows = [
    [
      "arrival of a sound to its leaving as a track, low / quality",
      `${ms(low.lagMs)} / ${ms(quality.lagMs)}`,
    ],
    ["… of which two passages between audio contexts, the browser's", ms(passageMs)],
    ["the loudspeaker's own latency, by the browser's word", ms(low.deviceMs)],
    ["frames behind their sound, mean / worst, low", `${ms(low.meanLagMs)} / ${ms(low.worstLagMs)}`],
    ["… quality", `${ms(quality.meanLagMs)} / ${ms(quality.worstLagMs)}`],
    [
      `frames shown of those due, low / quality, ${Math.round(low.seconds)} s each`,
      `${percent(low.shownShare)} / ${percent(quality.shownShare)}`,
    ],
    [
      "processor of one face with its voice and the page, share of a core, low / quality",
      `${percent(low.cpu.pages)} / ${percent(quality.cpu.pages)}`,
    ],
    ["… at idle life, with the bench's own voice", percent(alone.pages)],
    [
      "… beside it the browser's own (compositor without a GPU, audio service), low / quality",
      `${percent(low.cpu.browser)} / ${percent(quality.cpu.browser)}`,
    ],
    ["processor of a call that sends and receives it in one page", percent(call.cpu.pages)],
    [
      "lips after the sound in the picture that a call brings, mean / worst of 4 s",
      `${ms(call.meanMs)} / ${ms(call.worstMs)} (r ${call.r.toFixed(2)})`,
    ],
    [
      "first sound after a reply's first 300 ms, median (best–worst)",
      `${ms(replyMs.median)} (${ms(replyMs.best)}–${ms(replyMs.worst)})`,
    ],
    [
      "gaps in 4 s of that reply, pieces of 200 ms as it is spoken, median (best–worst)",
      `${ms(replyGapsMs.median)} (${ms(replyGapsMs.best)}–${ms(replyGapsMs.worst)})`,
    ],
    [
      `memory after ${Math.round(memory.seconds / 60)} min of a stream by that after one`,
      memory.ratio.toFixed(2),
    ],
  ];
  return ["| Measure | |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
}
