import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobResult } from "../../src/job/job.ts";
import { PROJECT_ROOT } from "../../src/headless/app-build.ts";
import { createEngineHost, type EngineHost } from "../../src/headless/engine-host.ts";
import { machineFacts, type MachineFacts } from "./machine.ts";
import { peakMemory } from "./memory.ts";
import { measureLongVideo, measureVideo, type LongVideoBench, type VideoBench } from "./video.ts";

const FIXTURES = join(PROJECT_ROOT, "tests", "fixtures");

/** What one run of the bench found. Times in milliseconds unless named otherwise. */
export interface BenchResult {
  readonly machine: MachineFacts;
  readonly picture: {
    readonly voiceSeconds: number;
    readonly frames: number;
    readonly backend: string;
    readonly encoder: string;
    /** Median of the warm runs. */
    readonly totalMs: number;
    readonly timesRealTime: number;
    readonly framesPerSecond: number;
    readonly stagesMs: Readonly<Record<string, number>>;
  };
  readonly video: VideoBench;
  readonly coldStart: {
    readonly firstPreviewMs: number;
    /** Compressed bytes sent before the first frame, by path. */
    readonly bytes: Readonly<Record<string, number>>;
    readonly totalBytes: number;
  };
  /** Peak resident bytes of the renderer; absent with `--quick`. */
  readonly memory?: { readonly seconds30: number; readonly seconds300: number; readonly ratio: number };
}

/** A voice of at least `seconds`: the sample again and again (frames of constant-rate MP3 can simply follow each other). */
async function longVoice(folder: string, seconds: number, sampleSeconds: number): Promise<string> {
  const sample = await readFile(join(FIXTURES, "voice.mp3"));
  const path = join(folder, `voice-${seconds}.mp3`);
  await writeFile(
    path,
    Buffer.concat(Array.from({ length: Math.ceil(seconds / sampleSeconds) }, () => sample)),
  );
  return path;
}

async function render(host: EngineHost, folder: string, voice: string) {
  const started = performance.now();
  const { result } = await host.run({
    model: "lipsync-image",
    formState: { image: { path: join(FIXTURES, "portrait.jpg") }, audio: { path: voice }, seed: 1 },
    backend: "wasm",
    outputPath: join(folder, "bench.mp4"),
  });
  return { result, ms: performance.now() - started };
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function coldStart(folder: string): Promise<BenchResult["coldStart"]> {
  const host = await createEngineHost({ compress: true });
  try {
    const voice = join(FIXTURES, "voice.mp3");
    // The first visit fills the server's cache of compressed files, as a real host has it.
    await render(host, folder, voice);
    // A new page has a context, and so a cache, of its own.
    await (await host.page()).close();
    const before = new Map(host.server.bytesSent);
    await render(host, folder, voice);
    const page = await host.page();
    const firstPreviewMs = await page.evaluate(() => window.dudakHost.firstPreviewMs());
    const bytes: Record<string, number> = {};
    for (const [path, sent] of host.server.bytesSent) {
      const extra = sent - (before.get(path) ?? 0);
      if (extra > 0 && !path.startsWith("/__file/")) bytes[path] = extra;
    }
    return {
      firstPreviewMs: firstPreviewMs ?? Number.NaN,
      bytes,
      totalBytes: Object.values(bytes).reduce((sum, size) => sum + size, 0),
    };
  } finally {
    await host.close();
  }
}

async function memory(host: EngineHost, folder: string, sampleSeconds: number) {
  const browser = (await host.page()).context().browser()!;
  const peakOf = async (seconds: number) => {
    const voice = await longVoice(folder, seconds, sampleSeconds);
    return (await peakMemory(browser, () => render(host, folder, voice))).bytes;
  };
  const seconds30 = await peakOf(30);
  const seconds300 = await peakOf(300);
  return { seconds30, seconds300, ratio: seconds300 / seconds30 };
}

/** Runs the measure of long videos alone; see {@link measureLongVideo}. */
export async function measureLong(): Promise<LongVideoBench> {
  const folder = await mkdtemp(join(tmpdir(), "dudak-bench-"));
  const host = await createEngineHost();
  try {
    const [portrait, voice] = [join(FIXTURES, "portrait.jpg"), join(FIXTURES, "voice.mp3")];
    const { result } = await render(host, folder, voice);
    const { durationSeconds } = result.report;
    return await measureLongVideo({ host, folder, portrait, voice }, durationSeconds, (seconds) =>
      longVoice(folder, seconds, durationSeconds),
    );
  } finally {
    await host.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Runs the bench on the bundled portrait and voice: 480p, 25 frames/s, wasm.
 * @param quick leaves out the long voices.
 */
export async function measure(quick: boolean, runs = 3): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), "dudak-bench-"));
  const host = await createEngineHost();
  try {
    const voice = join(FIXTURES, "voice.mp3");
    await render(host, folder, voice);
    const measured: { result: Omit<JobResult, "output">; ms: number }[] = [];
    for (let run = 0; run < runs; run++) measured.push(await render(host, folder, voice));
    const totalMs = median(measured.map(({ ms }) => ms));
    const { result } = measured.find(({ ms }) => ms === totalMs)!;
    const { report, timings } = result;
    const version = (await host.page()).context().browser()!.version();
    const machine = machineFacts(`Chromium ${version}`);
    const portrait = join(FIXTURES, "portrait.jpg");
    const video = await measureVideo({ host, folder, portrait, voice }, runs);
    const memoryFound = quick ? undefined : await memory(host, folder, report.durationSeconds);
    await host.close();
    return {
      machine,
      picture: {
        voiceSeconds: report.durationSeconds,
        frames: report.frames,
        backend: report.backend,
        encoder: report.encoder,
        totalMs,
        timesRealTime: (report.durationSeconds * 1000) / totalMs,
        framesPerSecond: (report.frames * 1000) / totalMs,
        stagesMs: timings,
      },
      video,
      coldStart: await coldStart(folder),
      ...(memoryFound ? { memory: memoryFound } : {}),
    };
  } finally {
    await host.close();
    await rm(folder, { recursive: true, force: true });
  }
}
