import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildApp, PROJECT_ROOT } from "../../src/headless/app-build.ts";
import { serveApp } from "../../src/headless/app-server.ts";
import { launchBrowser } from "../../src/headless/browser-driver.ts";
import { createEngineHost } from "../../src/headless/engine-host.ts";
import { serve } from "../../src/gateway/serve.ts";

/** How long submissions took while another job was rendered, in milliseconds. */
export interface SubmitTimes {
  readonly median: number;
  /** 95 of 100 were faster. */
  readonly p95: number;
  readonly submissions: number;
}

/** What {@link measureSubmit} found. */
export interface SubmitResult {
  /** From a page of the studio, by its service worker, while the same page renders. */
  readonly page: SubmitTimes;
  /** Over HTTP, while the gateway's browser renders. */
  readonly gateway: SubmitTimes;
}

const SUBMISSIONS = 40;
/** Repeats of the sample voice: the job renders for longer than the submissions take. */
const VOICES = 6;

function timesOf(ms: readonly number[]): SubmitTimes {
  const sorted = [...ms].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { median: at(0.5), p95: at(0.95), submissions: sorted.length };
}

/**
 * A client: uploads the media, submits a job, and when it is being rendered submits more of the same. Runs in Node and,
 * as text, in a page: it uses nothing from outside.
 */
async function client(
  api: string,
  authorization: string,
  media: { picture: string; voice: string },
  submissions: number,
): Promise<number[]> {
  const headers: Record<string, string> = authorization ? { Authorization: authorization } : {};
  const upload = async (url: string, type: string) => {
    const body = await (await fetch(url)).blob();
    const answer = await fetch(`${api}/files`, {
      method: "POST",
      body,
      headers: { ...headers, "Content-Type": type },
    });
    return ((await answer.json()) as { url: string }).url;
  };
  const formState = {
    image: await upload(media.picture, "image/jpeg"),
    audio: await upload(media.voice, "audio/mpeg"),
    seed: 1,
  };
  const submit = async () => {
    const answer = await fetch(`${api}/lipsync-image`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify({ formState }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return ((await answer.json()) as { id: string }).id;
  };
  const stageOf = async (id: string) =>
    ((await (await fetch(`${api}/jobs/${id}`, { headers })).json()) as { stage: string; error: string })
      .stage;
  const first = await submit();
  while ((await stageOf(first)) !== "rendering") await new Promise((resolve) => setTimeout(resolve, 50));
  const ms: number[] = [];
  const ids = [first];
  for (let i = 0; i < submissions; i++) {
    const started = performance.now();
    ids.push(await submit());
    ms.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const stage = await stageOf(first);
  if (stage !== "rendering") throw new Error(`The job was ${stage} before all submissions were measured.`);
  for (const id of ids.reverse()) await fetch(`${api}/jobs/${id}`, { method: "DELETE", headers });
  return ms;
}

/** @param voice a file, long enough. */
async function inPage(picture: string, voice: string): Promise<SubmitTimes> {
  const server = await serveApp(await buildApp());
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`${server.origin}/`);
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await page.goto(`${server.origin}/`);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    const media = { picture: server.offer(picture).url, voice: server.offer(voice).url };
    const call = JSON.stringify(["/api/v1", "", media, SUBMISSIONS]);
    // The loader of TypeScript puts calls of `__name` into functions.
    const code = `((__name) => (${client.toString()})(...${call}))((it) => it)`;
    return timesOf(await page.evaluate<number[]>(code));
  } finally {
    await browser.close();
    await server.close();
  }
}

async function overHttp(picture: string, voice: string, dataDir: string): Promise<SubmitTimes> {
  const gateway = await serve({
    port: 0,
    dataDir,
    version: "bench",
    startHost: () => createEngineHost(),
  });
  const files = await serveApp(dataDir);
  try {
    const { key } = await gateway.keys.create();
    const media = {
      picture: files.origin + files.offer(picture).url,
      voice: files.origin + files.offer(voice).url,
    };
    return timesOf(await client(`${gateway.origin}/api/v1`, `Bearer ${key}`, media, SUBMISSIONS));
  } finally {
    await files.close();
    await gateway.close();
  }
}

/** Measures how soon submissions are answered while the engine renders a job of 480p. */
export async function measureSubmit(): Promise<SubmitResult> {
  const folder = await mkdtemp(join(tmpdir(), "dudak-submit-"));
  try {
    const fixtures = join(PROJECT_ROOT, "tests", "fixtures");
    const sample = await readFile(join(fixtures, "voice.mp3"));
    // Frames of a constant-rate MP3 can simply follow each other.
    const voice = join(folder, "voice.mp3");
    await writeFile(voice, Buffer.concat(Array.from({ length: VOICES }, () => sample)));
    const picture = join(fixtures, "portrait.jpg");
    return {
      page: await inPage(picture, voice),
      gateway: await overHttp(picture, voice, join(folder, "gateway")),
    };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The figures as lines to print. */
export function describeSubmit({ page, gateway }: SubmitResult): string[] {
  const line = ({ median, p95, submissions }: SubmitTimes) =>
    `${median.toFixed(0)} ms (median of ${String(submissions)}; 95 % under ${p95.toFixed(0)} ms)`;
  return [
    "A submission is answered, while another job is rendered, in",
    `  in a page, by the service worker: ${line(page)}`,
    `  over HTTP, by the gateway:        ${line(gateway)}`,
  ];
}
