import { chromium, type Browser } from "playwright";
import { wav2lipNet } from "../../models/lip-models/wav2lip-net.ts";
import { browserLaunch } from "../../src/headless/find-browser.mjs";
import { machineFacts, type MachineFacts } from "./machine.ts";
import { peakMemory } from "./memory.ts";
import { serveBenchPage } from "./page-server.ts";
import type { LipModelBenchAnswer, LipModelBenchOrder } from "./lip-model.worker.ts";

/** Speed of a Wav2Lip-shaped network of 36 million random weights in the browser. */
export interface LipModelBench {
  readonly machine: MachineFacts;
  /** One answer for each number of threads, with the browser's peak memory in bytes. */
  readonly runs: readonly (LipModelBenchAnswer & { readonly peakBytes: number })[];
}

const NET = "/__plugin-bench.onnx";
const HTML = `<!doctype html><title>bench</title><script type="module">
  window.pluginBench = (order) => new Promise((resolve, reject) => {
    const worker = new Worker("/tools/bench/lip-model.worker.ts", { type: "module" });
    worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
    worker.onmessage = ({ data }) => {
      worker.terminate();
      if (data.error) reject(new Error(data.error));
      else resolve(data.answer);
    };
    worker.postMessage(order);
  });
</script>`;

declare global {
  interface Window {
    lipModelBench?: (order: LipModelBenchOrder) => Promise<LipModelBenchAnswer>;
  }
}

async function run(browser: Browser, url: string, order: LipModelBenchOrder) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction("window.pluginBench !== undefined");
  let answer: LipModelBenchAnswer | undefined;
  const { bytes: peakBytes } = await peakMemory(browser, async () => {
    answer = await page.evaluate((value) => window.lipModelBench!(value), order);
  });
  await context.close();
  return { ...answer!, peakBytes };
}

/**
 * Measures frames a second by batch size on wasm with one and two threads, load times and peak memory.
 * @param quick paints fewer frames of fewer batch sizes.
 */
export async function measureLipModel(quick: boolean): Promise<LipModelBench> {
  const net = Buffer.from(wav2lipNet());
  const bench = await serveBenchPage(HTML, { [NET]: (_request, response) => response.end(net) });
  const browser = await chromium.launch({ ...browserLaunch({ softwareGpu: false }), headless: true });
  try {
    const batches = quick ? [1, 8] : [1, 2, 4, 8, 16];
    const runs: LipModelBench["runs"][number][] = [];
    for (const threads of [1, 2]) {
      runs.push(await run(browser, bench.url, { url: NET, threads, batches, frames: quick ? 8 : 48 }));
    }
    return { machine: machineFacts(`Chromium ${browser.version()}`), runs };
  } finally {
    await browser.close();
    await bench.close();
  }
}

/** The figures as lines of text. */
export function describeLipModel({ machine, runs }: LipModelBench): string {
  const lines = runs.map((result) => {
    const rates = result.framesPerSecond
      .map(({ batch, rate }) => `${rate.toFixed(2)} at ${batch}`)
      .join(", ");
    return (
      `${result.threads} ${result.threads === 1 ? "thread" : "threads"}: frames/s by batch size: ${rates}; ` +
      `read ${Math.round(result.readMs)} ms and opened ${Math.round(result.openMs)} ms after (${(result.modelBytes / 1e6).toFixed(1)} MB), ` +
      `mels of a minute ${Math.round(result.melMinuteMs)} ms, peak memory ${Math.round(result.peakBytes / 1e6)} MB`
    );
  });
  return [
    `Wav2Lip-shaped network, 96 px, random weights, wasm; ${machine.cpu}, ${machine.cores} cores, ${machine.browser}, revision ${machine.revision}`,
    ...lines,
  ].join("\n");
}
