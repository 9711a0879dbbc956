import { chromium } from "playwright";
import { browserLaunch } from "../../src/headless/find-browser.mjs";
import type {} from "./live-page.ts";
import { coreShares } from "./core-share.ts";
import { spread, type Spread } from "./spread.ts";
import { serveBenchPage } from "./page-server.ts";

/** A live portrait at 480p on a warm engine; times in milliseconds. */
export interface LiveBench {
  readonly openMs: number;
  /** From `speak()` to the first sound as it leaves the loudspeaker. */
  readonly firstSoundMs: Spread;
  /** From `speak()` to the first drawn frame of speech. */
  readonly firstFrameMs: Spread;
  readonly utterances: number;
  /** Frames shown a second while a voice of some seconds was spoken, of 25. */
  readonly framesPerSecond: number;
  /** By how much the sound is ahead of a frame when this is shown, on average. */
  readonly lagMs: number;
  /** Share of a core that the page needs between utterances, with the face in sight and out of sight. */
  readonly idleCpu: { readonly seen: number; readonly hidden: number };
}

const HTML = `<!doctype html><title>bench</title><body><script type="module" src="/tools/bench/live-page.ts"></script>`;
const IMAGE = "/tests/fixtures/portrait.jpg";
/** A sentence and a longer speech. */
const VOICES = ["/src/studio/samples/question.mp3", "/tests/fixtures/voice.mp3"];
const IDLE_MS = 5000;
const FPS = 25;

/**
 * Measures how soon and how smoothly a live portrait speaks, on wasm.
 * @param rounds utterances of each voice; the first round is not counted.
 */
export async function measureLive(rounds = 5): Promise<LiveBench> {
  const bench = await serveBenchPage(HTML);
  const browser = await chromium.launch({ ...browserLaunch({ softwareGpu: false }), headless: true });
  try {
    const page = await browser.newPage();
    await page.goto(bench.url);
    await page.waitForFunction("window.liveBench !== undefined");
    const openMs = await page.evaluate((image) => window.liveBench!.open(image), IMAGE);
    const speak = (voice: string, seconds: number) =>
      page.evaluate(([file, limit]) => window.liveBench!.speak(file, limit), [voice, seconds] as const);
    for (const voice of VOICES) await speak(voice, 1);
    const ends = [];
    for (let round = 0; round < rounds; round++) {
      for (const voice of VOICES) ends.push(await speak(voice, 1));
    }
    const long = await speak(VOICES[1]!, 10);
    // Until the device rests and what speech has begun is over.
    await new Promise((resolve) => setTimeout(resolve, 6000));
    const { pages: seen } = await coreShares(browser, IDLE_MS);
    await page.evaluate(() => window.liveBench!.show(false));
    const { pages: hidden } = await coreShares(browser, IDLE_MS);
    return {
      openMs,
      firstSoundMs: spread(ends.map((end) => end.firstSoundMs!)),
      firstFrameMs: spread(ends.map((end) => end.firstFrameMs!)),
      utterances: ends.length,
      framesPerSecond: (FPS * long.framesShown) / long.framesDue,
      lagMs: long.meanLagSeconds * 1000,
      idleCpu: { seen, hidden },
    };
  } finally {
    await browser.close();
    await bench.close();
  }
}

/** The figures as lines of text. */
export function describeLive(found: LiveBench): string {
  const ms = ({ best, median, worst }: Spread) =>
    `${Math.round(median)} ms (${Math.round(best)}–${Math.round(worst)})`;
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  return [
    `Live, 480p, warm, ${found.utterances} utterances: speak() to the first sound ${ms(found.firstSoundMs)}, to the first frame ${ms(found.firstFrameMs)}`,
    `  ${found.framesPerSecond.toFixed(1)} of ${FPS} frames/s kept, shown ${found.lagMs.toFixed(0)} ms after their sound; face ready in ${Math.round(found.openMs)} ms`,
    `  between utterances ${percent(found.idleCpu.seen)} of a core, out of sight ${percent(found.idleCpu.hidden)}`,
  ].join("\n");
}
