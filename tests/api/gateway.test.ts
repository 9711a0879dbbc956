import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EngineError } from "../../src/job/errors.ts";
import { serve, type Gateway, type GatewayOptions } from "../../src/gateway/serve.ts";
import { createCopyingHost, type CopyingHostOptions } from "./copying-host.ts";
import { refusal } from "./harness.ts";
import { pollJob, startWebhookReceiver, submitJob, type HostedJob } from "./hosted-clients.ts";
import { startMediaServer, type TestServer } from "./media-server.ts";

const run = promisify(execFile);
const hasCurl = spawnSync("curl", ["--version"]).status === 0;
if (!hasCurl) console.warn("curl is not installed: its test is skipped.");

let folder: string;
let media: TestServer;
const gateways: Gateway[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dudak-gateway-"));
  const bytes = (text: string) => new TextEncoder().encode(text);
  media = await startMediaServer({ "face.png": bytes("a face"), "voice.wav": bytes("a voice") });
});
afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
  await media.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<GatewayOptions> & { hosts?: CopyingHostOptions } = {}) {
  const hosts: ReturnType<typeof createCopyingHost>[] = [];
  const gateway = await serve({
    port: 0,
    dataDir: folder,
    version: "0.0.0-test",
    allowPrivateUrls: true,
    startHost: () => {
      const host = createCopyingHost(options.hosts);
      hosts.push(host);
      return Promise.resolve(host);
    },
    ...options,
  });
  gateways.push(gateway);
  const { key } = await gateway.keys.create({ name: "test" });
  return { gateway, key, base: `${gateway.origin}/api/v1`, hosts };
}

async function stop(gateway: Gateway) {
  gateways.splice(gateways.indexOf(gateway), 1);
  await gateway.close();
}

const formState = () => ({ image: `${media.origin}/face.png`, audio: `${media.origin}/voice.wav`, seed: 5 });

describe("clients of the hosted API", () => {
  test("submit and poll, for a job whose media are fetched by URL", async () => {
    const { base, key } = await start();
    const id = await submitJob(base, key, "lipsync-image", { formState: formState() });
    const job = await pollJob(base, key, id, 20);
    expect(job).toMatchObject({ id, model: "lipsync-image", status: "completed", error: "" });
    expect(Number.isInteger(job.executionTime)).toBe(true);
    expect(await (await fetch(job.output!)).text()).toBe("a voice");
  });

  test("submit with a webhook that Express receives, signed", async () => {
    const { base, key, gateway } = await start();
    const received = new Promise<{ job: HostedJob; body: string; headers: Record<string, string> }>(
      (resolve) => {
        void startWebhookReceiver((job, raw) => {
          resolve({ job, ...raw });
          return undefined;
        }).then(async ({ url }) => {
          await submitJob(base, key, "lipsync-image", { webhook: url, formState: formState() });
        });
      },
    );
    const { job, body, headers } = await received;
    expect(job).toMatchObject({ status: "completed", model: "lipsync-image", error: "" });
    expect(await (await fetch(job.output!)).text()).toBe("a voice");
    expect(new Webhook(await gateway.webhookSecret()).verify(body, headers)).toEqual(job);
  });

  test("a failed job says why, in the poll and in the webhook", async () => {
    const { base, key } = await start();
    const seen: HostedJob[] = [];
    const receiver = await startWebhookReceiver((job) => void seen.push(job));
    const bad = { ...formState(), audio: `${media.origin}/page` };
    const id = await submitJob(base, key, "lipsync-image", { webhook: receiver.url, formState: bad });
    const job = await pollJob(base, key, id, 20);
    expect(job).toMatchObject({
      status: "failed",
      output: null,
      executionTime: null,
      errorCode: "input/fetch",
    });
    expect(job.error).toMatch(/^formState\.audio: .*text\/html/);
    await vi.waitFor(() => {
      expect(seen).toEqual([job]);
    }, 60_000);
    await receiver.close();
  });
});

describe.skipIf(!hasCurl)("curl", () => {
  test("a shell script uploads, submits, waits and downloads", async () => {
    const { base, key } = await start();
    const output = join(folder, "result.mp4");
    const image = join(folder, "face.png");
    const voice = join(folder, "voice é.wav");
    await writeFile(image, "a face");
    await writeFile(voice, "a voice");
    const script = fileURLToPath(new URL("./client.sh", import.meta.url));
    const { stdout } = await run("sh", [script, base, key, image, voice, output]);
    expect(stdout).toMatch(/^completed [0-9a-f-]{36}$/m);
    expect(await readFile(output, "utf8")).toBe("a voice");
  });
});

describe("private addresses", () => {
  test("media on them are refused unless the gateway was told otherwise", async () => {
    const { base, key } = await start({ allowPrivateUrls: false });
    const id = await submitJob(base, key, "lipsync-image", { formState: formState() });
    const job = await pollJob(base, key, id, 20);
    expect(job).toMatchObject({ status: "failed", errorCode: "input/fetch" });
    expect(job.error).toContain("--allow-private-urls");
  });

  test("webhooks to this machine are delivered, as the contract has it", async () => {
    const { base, key } = await start({ allowPrivateUrls: false });
    const seen: string[] = [];
    const receiver = await startWebhookReceiver((job) => void seen.push(job.id));
    const id = await submitJob(base, key, "lipsync-image", { webhook: receiver.url, formState: formState() });
    await vi.waitFor(() => {
      expect(seen).toEqual([id]);
    }, 60_000);
    await receiver.close();
  });
});

describe("restarts", () => {
  test("jobs, keys, results and owed webhooks survive, and a job in the middle is run again", async () => {
    const first = await start({ hosts: { jobMs: 60_000 }, webhookPausesMs: [50, 50, 50, 50, 50, 50] });
    let failures = 3;
    const seen: HostedJob[] = [];
    const receiver = await startWebhookReceiver((job) => {
      if (failures-- > 0) return 500;
      seen.push(job);
      return 200;
    });
    const submission = { webhook: receiver.url, formState: formState() };
    const id = await submitJob(first.base, first.key, "lipsync-image", submission);
    await vi.waitFor(() => {
      expect(first.hosts[0]?.runs).toBe(1);
    }, 60_000);
    const queued = await submitJob(first.base, first.key, "lipsync-image", { formState: formState() });
    await stop(first.gateway);

    const second = await start({ webhookPausesMs: [50, 50, 50, 50, 50, 50] });
    for (const job of [id, queued]) {
      expect(await pollJob(second.base, first.key, job, 20)).toMatchObject({ status: "completed", seed: 5 });
    }
    await vi.waitFor(() => {
      expect(seen.map((job) => job.id)).toEqual([id]);
    }, 60_000);
    await receiver.close();
    await stop(second.gateway);

    const third = await start();
    const output = await fetch(`${third.base}/jobs/${id}/output`, {
      headers: { Authorization: `Bearer ${first.key}` },
    });
    expect(await output.text()).toBe("a voice");
    expect(seen).toHaveLength(1);
  });

  test("a browser that dies is replaced and the job runs again", async () => {
    let deaths = 2;
    const { base, key } = await start({
      hosts: {
        onRun: () => {
          if (deaths-- > 0) throw new EngineError("device/lost", "The browser stopped.");
        },
      },
    });
    const id = await submitJob(base, key, "lipsync-image", { formState: formState() });
    expect(await pollJob(base, key, id, 20)).toMatchObject({ status: "completed" });
  });

  test("a second gateway on the same folder in another process is refused", async () => {
    await writeFile(join(folder, "gateway.pid"), String(process.ppid));
    await expect(start()).rejects.toMatchObject({ code: "storage/failed" });
    await writeFile(join(folder, "gateway.pid"), "999999999");
    await expect(start()).resolves.toBeDefined();
  });

  test.skipIf(process.platform !== "linux")(
    "the lock of a gateway whose process id another program has now does not count",
    async () => {
      await writeFile(join(folder, "gateway.pid"), `${String(process.ppid)} earlier-boot 1`);
      await expect(start()).resolves.toBeDefined();
    },
  );
});

describe("stopping", () => {
  test("with time to spare lets the job in the middle end, takes no other, and answers who waits", async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { gateway, base, key } = await start({ hosts: { onRun: () => held } });
    const first = await submitJob(base, key, "lipsync-image", { formState: formState() });
    const next = await submitJob(base, key, "lipsync-image", { formState: formState() });
    const headers = { Authorization: `Bearer ${key}` };
    const state = async () =>
      ((await (await fetch(`${base}/jobs/${first}`, { headers })).json()) as { stage: string }).stage;
    await expect.poll(state).toBe("rendering");
    const waiting = fetch(`${base}/jobs/${first}?wait=30`, { headers });
    // Connections are taken in the order in which they came.
    await fetch(`${base}/health`);
    gateways.splice(gateways.indexOf(gateway), 1);
    const closed = gateway.close(30_000);
    await expect(fetch(`${base}/health`)).rejects.toThrow();
    release();
    expect(await (await waiting).json()).toMatchObject({ id: first });
    await closed;
    const again = await start();
    const jobs = await fetch(`${again.base}/jobs/${first}`, { headers });
    expect(await jobs.json()).toMatchObject({ status: "completed" });
    expect(await pollJob(again.base, key, next, 20)).toMatchObject({ status: "completed" });
  });
});

describe("the queue", () => {
  test("a submission is answered while a job renders, and a cancelled job makes room for the next", async () => {
    const { base, key } = await start({ hosts: { jobMs: 60_000 } });
    const headers = { Authorization: `Bearer ${key}` };
    const first = await submitJob(base, key, "lipsync-image", { formState: formState() });
    for (let i = 0; i < 20; i++) await submitJob(base, key, "lipsync-image", { formState: formState() });
    const cancelled = await fetch(`${base}/jobs/${first}`, { method: "DELETE", headers });
    expect(await cancelled.json()).toMatchObject({ status: "failed", errorCode: "job/cancelled" });
    await vi.waitFor(async () => {
      const page = (await (await fetch(`${base}/jobs?status=processing&limit=100`, { headers })).json()) as {
        jobs: { stage: string }[];
      };
      expect(page.jobs.filter((job) => job.stage === "rendering")).toHaveLength(1);
    }, 60_000);
  });

  test("several jobs render at the same time, each in its own browser", async () => {
    // No job goes on before three browsers have one.
    let allRun: () => void = () => undefined;
    const three = new Promise<void>((resolve) => (allRun = resolve));
    const onRun = () => {
      if (hosts.length === 3) allRun();
      return three;
    };
    const { base, key, hosts } = await start({ concurrency: 3, hosts: { onRun } });
    const submissions = Array.from({ length: 6 }, () =>
      submitJob(base, key, "lipsync-image", { formState: formState() }),
    );
    const jobs = await Promise.all(submissions.map(async (id) => pollJob(base, key, await id, 20)));
    expect(jobs.every((job) => job.status === "completed")).toBe(true);
    expect(hosts).toHaveLength(3);
  });
});

describe("over HTTP", () => {
  test("a large upload streams through, and a removed job leaves no file behind", async () => {
    const { base, key } = await start();
    const headers = { Authorization: `Bearer ${key}` };
    const voice = Buffer.alloc(20e6, "voice");
    const upload = await fetch(`${base}/files`, { method: "POST", headers, body: voice });
    const { url } = (await upload.json()) as { url: string };
    const id = await submitJob(base, key, "lipsync-image", { formState: { ...formState(), audio: url } });
    const job = await pollJob(base, key, id, 20);
    const part = await fetch(job.output!, { headers: { Range: "bytes=-5" } });
    expect([part.status, await part.text()]).toEqual([206, "voice"]);
    expect((await fetch(`${base}/jobs/${id}`, { method: "DELETE", headers })).status).toBe(204);
    // A job is told to be completed a moment before its scratch file goes.
    const left = (name: string) => readdir(join(folder, name));
    await expect.poll(() => left("media")).toHaveLength(1);
    await expect.poll(() => left("scratch")).toEqual([]);
    const headersOf = { headers };
    expect(await (await fetch(`${base}/jobs`, headersOf)).json()).toMatchObject({ jobs: [] });
  });

  test("an upload that is too large is refused before it is sent", async () => {
    const { base, key } = await start({ maxBytes: 1e6 });
    const { hostname, port, pathname } = new URL(`${base}/files`);
    const status = await new Promise((resolve, reject) => {
      const headers = { Authorization: `Bearer ${key}`, "Content-Length": 5e9 };
      const request = httpRequest({ hostname, port, path: pathname, method: "POST", headers }, (response) => {
        resolve(response.statusCode);
        request.destroy();
      });
      request.on("error", reject);
      request.write("x");
    });
    expect(status).toBe(413);
  });

  test("a client that leaves in the middle of an upload leaves no file behind", async () => {
    const { base, key } = await start();
    const { hostname, port, pathname } = new URL(`${base}/files`);
    await new Promise<void>((resolve) => {
      const headers = { Authorization: `Bearer ${key}`, "Content-Length": 1e6 };
      const request = httpRequest({ hostname, port, path: pathname, method: "POST", headers });
      request.on("error", () => undefined);
      request.write(Buffer.alloc(100_000), () => {
        setTimeout(() => {
          request.destroy();
          resolve();
        }, 100);
      });
    });
    await vi.waitFor(async () => {
      expect(await readdir(join(folder, "media"))).toEqual([]);
    }, 60_000);
  });

  test("requests beyond the rate are 429 with Retry-After", async () => {
    const { base, key } = await start({ perMinute: 1, hosts: { jobMs: 60_000 } });
    let response: Response;
    let sent = 0;
    do {
      sent++;
      response = await fetch(`${base}/lipsync-image`, {
        method: "POST",
        headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
        body: "{}",
      });
    } while (response.status === 400 && sent < 100);
    expect(sent).toBe(31);
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(await refusal(response)).toMatchObject({ status: 429, code: "route/too-many" });
  });

  test("health says whether jobs can run, and needs no key", async () => {
    const { base } = await start();
    expect(await (await fetch(`${base}/health`)).json()).toEqual({
      status: "ok",
      version: "0.0.0-test",
      unfinished: 0,
    });
  });
});
