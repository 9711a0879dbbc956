import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEngineHost } from "../../src/headless/engine-host.ts";
import { serve, type Gateway } from "../../src/gateway/serve.ts";
import { pollJob, startWebhookReceiver, submitJob, type HostedJob } from "./hosted-clients.ts";
import { startMediaServer, type TestServer } from "./media-server.ts";

const run = promisify(execFile);
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const hasCurl = spawnSync("curl", ["--version"]).status === 0;
if (!hasCurl) console.warn("curl is not installed: its test is skipped.");

let folder: string;
let shortVoice: string;
let gateway: Gateway;
let media: TestServer;
let base: string;
let key: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dudak-end-to-end-"));
  // The first second is enough.
  shortVoice = join(folder, "voice.mp3");
  await writeFile(shortVoice, (await readFile(fixture("voice.mp3"))).subarray(0, 6000));
  media = await startMediaServer({
    "portrait.png": await readFile(fixture("portrait.jpg")),
    "voice.wav": await readFile(shortVoice),
  });
  gateway = await serve({
    port: 0,
    dataDir: folder,
    version: "0.0.0-test",
    allowPrivateUrls: true,
    startHost: () => createEngineHost(),
  });
  base = `${gateway.origin}/api/v1`;
  key = (await gateway.keys.create()).key;
});
afterAll(async () => {
  await gateway.close();
  await media.close();
  await rm(folder, { recursive: true, force: true });
});

/** Whether bytes are those of an MP4 or WebM file. */
function isMovie(bytes: Uint8Array): boolean {
  const mp4 = new TextDecoder("latin1").decode(bytes.subarray(4, 8)) === "ftyp";
  return mp4 || (bytes[0] === 0x1a && bytes[1] === 0x45);
}

test("an Express server and a fetch client of the hosted API get a rendered video from this machine", async () => {
  const seen: { job: HostedJob; body: string; headers: Record<string, string> }[] = [];
  const receiver = await startWebhookReceiver((job, raw) => void seen.push({ job, ...raw }));
  const formState = { image: `${media.origin}/portrait.png`, audio: `${media.origin}/voice.wav`, seed: 7 };
  const id = await submitJob(base, key, "lipsync-image", { webhook: receiver.url, formState });
  const job = await pollJob(base, key, id, 250);
  expect(job).toMatchObject({ id, model: "lipsync-image", status: "completed", error: "", seed: 7 });
  expect(job.executionTime).toBeGreaterThan(0);
  const movie = await fetch(job.output!);
  expect(movie.headers.get("Content-Type")).toMatch(/^video\/(mp4|webm)/);
  expect(isMovie(new Uint8Array(await movie.arrayBuffer()))).toBe(true);
  await expect.poll(() => seen.length).toBe(1);
  const { body, headers } = seen[0]!;
  expect(new Webhook(await gateway.webhookSecret()).verify(body, headers)).toEqual(job);
  await receiver.close();
});

test("a job without a face fails with the engine's own code, and the gateway stays usable", async () => {
  const formState = { image: `${media.origin}/voice.wav`, audio: `${media.origin}/voice.wav` };
  const id = await submitJob(base, key, "lipsync-image", { formState });
  const job = await pollJob(base, key, id, 250);
  expect(job).toMatchObject({ status: "failed", output: null, errorCode: "input/image" });
  expect(await (await fetch(`${base}/health`)).json()).toMatchObject({ status: "ok", unfinished: 0 });
});

test.skipIf(!hasCurl)("a curl script uploads its files and downloads the video", async () => {
  const output = join(folder, "movie.mp4");
  const script = fileURLToPath(new URL("./client.sh", import.meta.url));
  await run("sh", [script, base, key, fixture("portrait.jpg"), shortVoice, output]);
  expect(isMovie(await readFile(output))).toBe(true);
});

test("when the browser is killed in mid-job the job is run again in a new one and completes", async () => {
  const hosts: Awaited<ReturnType<typeof createEngineHost>>[] = [];
  const other = await serve({
    port: 0,
    dataDir: join(folder, "other"),
    version: "0.0.0-test",
    allowPrivateUrls: true,
    startHost: async () => {
      const host = await createEngineHost();
      hosts.push(host);
      return host;
    },
  });
  try {
    const otherBase = `${other.origin}/api/v1`;
    const { key: otherKey } = await other.keys.create();
    const formState = { image: `${media.origin}/portrait.png`, audio: `${media.origin}/voice.wav` };
    const id = await submitJob(otherBase, otherKey, "lipsync-image", { formState });
    const headers = { Authorization: `Bearer ${otherKey}` };
    const progress = async () =>
      ((await (await fetch(`${otherBase}/jobs/${id}`, { headers })).json()) as { progress: number }).progress;
    await expect.poll(progress).toBeGreaterThan(0);
    const page = await hosts[0]!.page();
    await page.context().browser()!.close();
    expect(await pollJob(otherBase, otherKey, id, 250)).toMatchObject({ status: "completed" });
  } finally {
    await other.close();
  }
});
