import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ROW_FORM } from "../../src/queue/job-row.ts";
import { openCluster } from "../../src/gateway/cluster/open-cluster.ts";
import { pollJob, startWebhookReceiver, submitJob, type HostedJob } from "../api/hosted-clients.ts";
import { startMediaServer, type TestServer } from "../api/media-server.ts";
import { refusal } from "../api/harness.ts";
import { createCluster, type TestCluster } from "./cluster.ts";
import { hasRedis, startRedis, startS3, type RedisService } from "./services.ts";
import type { WorkerProcess } from "./worker-process.ts";

const run = promisify(execFile);
const hasCurl = spawnSync("curl", ["--version"]).status === 0;
const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

describe.skipIf(!hasRedis)("several gateways and workers", () => {
  let redis: RedisService;
  let s3: Awaited<ReturnType<typeof startS3>>;
  let media: TestServer;
  let cluster: TestCluster;
  let folder: string;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    redis = await startRedis();
    s3 = await startS3();
    const bytes = (text: string) => new TextEncoder().encode(text);
    media = await startMediaServer({ "face.png": bytes("a face"), "voice.wav": bytes("a voice") });
  });
  afterAll(async () => {
    await redis.close();
    await s3.close();
    await media.close();
  });
  beforeEach(async () => {
    cluster = await createCluster(redis, s3.url);
    folder = await mkdtemp(join(tmpdir(), "dudak-cluster-test-"));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  });

  const formState = () => ({
    image: `${media.origin}/face.png`,
    audio: `${media.origin}/voice.wav`,
    seed: 5,
  });
  const pair = async (options: Parameters<TestCluster["gateway"]>[0] = {}) => {
    const [a, b] = [await cluster.gateway(options), await cluster.gateway(options)];
    const { key } = await a.keys.create({ tenant: "own" });
    return { a, b, key, headers: { Authorization: `Bearer ${key}` } };
  };

  test("the hosted API's clients get what they get from one machine, through either gateway", async () => {
    const { a, b, key, headers } = await pair();
    await cluster.worker();
    const seen: { job: HostedJob; body: string; headers: Record<string, string> }[] = [];
    const receiver = await startWebhookReceiver((job, raw) => void seen.push({ job, ...raw }));
    const submission = { webhook: receiver.url, formState: formState() };
    const id = await submitJob(a.base, key, "lipsync-image", submission);
    const job = await pollJob(b.base, key, id, 20);
    expect(job).toMatchObject({ id, model: "lipsync-image", status: "completed", error: "", seed: 5 });
    expect(Number.isInteger(job.executionTime)).toBe(true);
    const part = await fetch(job.output!.replace(a.origin, b.origin), { headers: { Range: "bytes=2-" } });
    expect([part.status, await part.text()]).toEqual([206, "voice"]);
    await expect.poll(() => seen.length).toBe(1);
    expect(new Webhook(await b.webhookSecret()).verify(seen[0]!.body, seen[0]!.headers)).toEqual(job);
    await receiver.close();
    const listed = await fetch(`${b.base}/jobs?status=completed`, { headers });
    expect(await listed.json()).toMatchObject({ jobs: [{ id }], cursor: null });
    expect((await fetch(`${b.base}/jobs/${id}`, { method: "DELETE", headers })).status).toBe(204);
    expect((await fetch(`${a.base}/jobs/${id}`, { headers })).status).toBe(404);
    expect((await fetch(job.output!, { headers })).status).toBe(404);
  });

  test.skipIf(!hasCurl)("a shell script uploads, submits, waits and downloads", async () => {
    const { a, key } = await pair();
    await cluster.worker();
    const [image, voice, output] = ["face.png", "voice é.wav", "result.mp4"].map((name) =>
      join(folder, name),
    );
    await writeFile(image!, "a face");
    await writeFile(voice!, "a voice");
    const script = fileOf("../api/client.sh");
    const { stdout } = await run("sh", [script, a.base, key, image!, voice!, output!]);
    expect(stdout).toMatch(/^completed [0-9a-f-]{36}$/m);
    expect(await readFile(output!, "utf8")).toBe("a voice");
  });

  test("keys, idempotency and rate limits are those of the whole", async () => {
    const { a, b, key, headers } = await pair({ perMinute: 1 });
    const submit = (base: string, more: Record<string, string> = {}) =>
      fetch(`${base}/lipsync-image`, {
        method: "POST",
        headers: { ...headers, "Content-Type": "application/json", ...more },
        body: JSON.stringify({ formState: formState() }),
      });
    const once = { "Idempotency-Key": "one" };
    const answers = await Promise.all([a, b, a, b].map(({ base }) => submit(base, once)));
    const ids = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { id: string }).id),
    );
    expect(new Set(ids).size).toBe(1);
    let allowed = answers.length;
    let last: Response;
    do last = await submit(allowed % 2 ? a.base : b.base);
    while (last.status === 200 && allowed++ < 100);
    expect(allowed).toBe(30);
    expect(Number(last.headers.get("Retry-After"))).toBeGreaterThan(0);
    await b.keys.revoke(key.slice(0, 11));
    expect(await refusal(await fetch(`${a.base}/jobs`, { headers }))).toMatchObject({ code: "auth/unknown" });
  });

  test("progress comes through the other gateway as it happens, and a job is cancelled there", async () => {
    const { a, b, key, headers } = await pair();
    let runs = 0;
    await cluster.worker({ hosts: { jobMs: 60_000, onRun: () => void runs++ } });
    const id = await submitJob(a.base, key, "lipsync-image", { formState: formState() });
    const events = await fetch(`${b.base}/jobs/${id}/events`, { headers });
    let text = "";
    const reading = (async () => {
      for await (const chunk of events.body!) text += new TextDecoder().decode(chunk as Uint8Array);
    })();
    await expect.poll(() => text).toContain('"stage":"rendering"');
    const waiting = fetch(`${b.base}/jobs/${id}?wait=30`, { headers });
    const startedAt = performance.now();
    expect((await fetch(`${a.base}/jobs/${id}`, { method: "DELETE", headers })).status).toBe(200);
    expect(await (await waiting).json()).toMatchObject({ status: "failed", errorCode: "job/cancelled" });
    // Not because its time was up.
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    await reading;
    expect(text).toContain("id: end");
    // The worker is free for the next one.
    const next = await submitJob(a.base, key, "lipsync-image", { formState: formState() });
    await expect.poll(() => runs).toBe(2);
    await fetch(`${a.base}/jobs/${next}`, { method: "DELETE", headers });
  });

  /** Starts a worker in a process of its own. @param pieceMs see {@link WorkerProcess}. */
  async function spawnWorker(name: string, pieceMs?: number, lockMs = 1500): Promise<ChildProcess> {
    const options: WorkerProcess = {
      name,
      ...(pieceMs === undefined ? {} : { pieceMs }),
      runs: join(folder, "runs"),
      lockMs,
      redis: redis.address,
      storage: s3.address,
      namespace: cluster.namespace,
    };
    const script = fileOf("./worker-process.ts");
    const child = spawn(process.execPath, ["--import", "tsx", script, JSON.stringify(options)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    await new Promise((resolve, reject) => {
      child.stdout.once("data", resolve);
      child.once("exit", reject);
    });
    return child;
  }
  const runsSoFar = async () =>
    (await readFile(join(folder, "runs"), "utf8").catch(() => ""))
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { name: string; kept: number });
  const upload = async (base: string, headers: Record<string, string>, body: BodyInit = "a file") =>
    ((await (await fetch(`${base}/files`, { method: "POST", headers, body })).json()) as { url: string }).url;

  test("an address of one gateway is understood by the other, for whom it belongs to alone", async () => {
    const { a, b, key, headers } = await pair();
    const { key: foreign } = await b.keys.create({ tenant: "own" });
    await cluster.worker();
    const file = await upload(a.base, headers, "a voice");
    const submit = (by: string, audio: string) =>
      submitJob(b.base, by, "lipsync-image", { formState: { image: file, audio } });
    const job = await pollJob(a.base, key, await submit(key, file), 50);
    expect(job).toMatchObject({ status: "completed" });
    const again = await pollJob(b.base, key, await submit(key, job.output!), 50);
    expect(await (await fetch(again.output!)).text()).toBe("a voice");
    // For others it is an address of elsewhere, which answers that it needs a key.
    expect(await pollJob(b.base, foreign, await submit(foreign, file), 50)).toMatchObject({
      status: "failed",
      errorCode: "input/fetch",
    });
  });

  test("a worker that dies in mid-job is followed by another from the last checkpoint; the result is the same", async () => {
    const { a, key, headers } = await pair();
    const file = await upload(a.base, headers);
    const first = await spawnWorker("first", 150);
    const id = await submitJob(a.base, key, "lipsync-image", { formState: { image: file, audio: file } });
    const progress = async () =>
      ((await (await fetch(`${a.base}/jobs/${id}`, { headers })).json()) as { progress: number }).progress;
    await expect.poll(progress).toBeGreaterThan(0.25);
    first.kill("SIGKILL");
    await spawnWorker("second", 1);
    const job = await pollJob(a.base, key, id, 50);
    expect(job).toMatchObject({ status: "completed", error: "" });
    const whole = Array.from({ length: 10 }, (_, index) => `piece ${String(index)}\n`).join("");
    expect(await (await fetch(job.output!)).text()).toBe(whole);
    const runs = await runsSoFar();
    expect(runs.map(({ name }) => name)).toEqual(["first", "second"]);
    expect(runs[1]!.kept).toBeGreaterThanOrEqual(3);
  });

  test("the engine's job of a worker that dies in mid-rendering has the frames of an undisturbed one", async () => {
    const { a, key, headers } = await pair();
    const seen = await openCluster({
      redis: redis.address,
      storage: s3.address,
      namespace: cluster.namespace,
    });
    const voice = await readFile(fileOf("../fixtures/voice.mp3"));
    const formState = {
      image: await upload(a.base, headers, await readFile(fileOf("../fixtures/portrait.jpg"))),
      // Frames of a constant-rate MP3 can simply be left out: three seconds.
      audio: await upload(a.base, headers, voice.subarray(0, 18_000)),
      seed: 7,
    };
    const submit = async () => {
      const settings = { format: "webm", backend: "wasm", hashFrames: true } as const;
      const id = await submitJob(a.base, key, "lipsync-image", { ...settings, formState });
      // Short parts, so that a short job has several.
      await seen.store.update(id, (row) => ({ ...row, spec: { ...row.spec, segmentSeconds: 0.5 } }));
      return id;
    };
    const taken = await submit();
    const lockMs = 5000;
    const first = await spawnWorker("first", undefined, lockMs);
    // The first piece is what was found out about picture and voice.
    await expect.poll(() => seen.media.get(`${taken}.segment-2`), { timeout: 200_000 }).toBeDefined();
    first.kill("SIGKILL");
    await spawnWorker("second", undefined, lockMs);
    const whole = await submit();
    for (const id of [taken, whole])
      expect(await pollJob(a.base, key, id, 200)).toMatchObject({ status: "completed" });
    const [resumed, undisturbed] = await Promise.all([taken, whole].map((id) => seen.store.get(id)));
    expect(Object.keys(resumed!.timings!)).not.toContain("listening");
    expect(Object.keys(undisturbed!.timings!)).toContain("listening");
    expect(resumed!.report!.frames).toBe(undisturbed!.report!.frames);
    expect(resumed!.report!.framesSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(resumed!.report!.framesSha256).toBe(undisturbed!.report!.framesSha256);
    await seen.close();
  });

  test("a worker that is told to stop hands its job on without a crash", async () => {
    const { a, key, headers } = await pair();
    const file = await upload(a.base, headers);
    const first = await spawnWorker("first", 200);
    const id = await submitJob(a.base, key, "lipsync-image", { formState: { image: file, audio: file } });
    await expect.poll(async () => (await runsSoFar()).length).toBe(1);
    const ended = new Promise((resolve) => first.once("exit", resolve));
    first.kill("SIGTERM");
    await ended;
    const seen = await openCluster({
      redis: redis.address,
      storage: s3.address,
      namespace: cluster.namespace,
    });
    expect(await seen.store.get(id)).toMatchObject({ state: "running", crashes: 0 });
    expect((await seen.store.get(id))!.runner).toBeUndefined();
    await spawnWorker("second", 1);
    expect(await pollJob(a.base, key, id, 50)).toMatchObject({ status: "completed" });
    expect((await seen.store.get(id))!.crashes).toBe(0);
    await seen.close();
  });

  test("while Redis is away submissions are 503 with Retry-After; then everything goes on, nothing is lost", async () => {
    const { a, b, key, headers } = await pair();
    await cluster.worker();
    const before = await submitJob(a.base, key, "lipsync-image", { formState: formState() });
    await pollJob(a.base, key, before, 20);
    const waiting = await fetch(`${a.base}/lipsync-image`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify({ formState: formState() }),
    });
    const { id } = (await waiting.json()) as { id: string };
    await redis.kill();
    for (const { base, origin } of [a, b]) {
      const refused = await fetch(`${base}/lipsync-image`, {
        method: "POST",
        headers: { ...headers, "Content-Type": "application/json" },
        body: JSON.stringify({ formState: formState() }),
      });
      expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
      expect(await refusal(refused)).toMatchObject({ status: 503, code: "storage/unavailable" });
      expect((await fetch(`${origin}/readyz`)).status).toBe(503);
      expect((await fetch(`${origin}/livez`)).status).toBe(200);
    }
    await redis.start();
    await expect.poll(async () => (await fetch(`${b.origin}/readyz`)).status).toBe(200);
    expect(await pollJob(b.base, key, id, 50)).toMatchObject({ status: "completed" });
    const after = await submitJob(b.base, key, "lipsync-image", { formState: formState() });
    expect(await pollJob(a.base, key, after, 50)).toMatchObject({ status: "completed" });
    expect(await pollJob(a.base, key, before, 20)).toMatchObject({ status: "completed" });
  });

  test("a submission that was cut off before it came into the queue, and a webhook too, are not forgotten", async () => {
    const { a, key } = await pair({ webhookPausesMs: [50] });
    const seen = await openCluster({
      redis: redis.address,
      storage: s3.address,
      namespace: cluster.namespace,
    });
    const id = await submitJob(a.base, key, "lipsync-image", { formState: formState() });
    // As if the gateway had died between the row and the queue.
    await seen.redis.del(...(await seen.redis.keys(`${seen.prefix}:*`)));
    await seen.redis.zadd(`${seen.root}:undispatched`, Date.now() - 60_000, id);
    await cluster.worker();
    expect(await pollJob(a.base, key, id, 50)).toMatchObject({ status: "completed" });
    let deliveries = 0;
    const receiver = await startWebhookReceiver(() => void deliveries++);
    await seen.store.update(id, (row) => ({ ...row, webhook: { url: receiver.url, attempts: 0 } }));
    // Due a minute ago, and in no queue.
    await seen.redis.zadd(`${seen.root}:due`, Date.now() - 60_000, id);
    const row = (await seen.store.get(id))!;
    const json = JSON.stringify({ ...row, webhookDueAt: Date.now() - 60_000 });
    await seen.redis.hset(`${seen.root}:row:${id}`, "json", json);
    await expect.poll(() => deliveries).toBe(1);
    await expect.poll(async () => (await seen.store.get(id))?.webhook?.deliveredAt).toBeGreaterThan(0);
    await receiver.close();
    await seen.close();
  });

  test("a job of a later release is left alone by a worker that does not know it", async () => {
    const { a, key } = await pair();
    const seen = await openCluster({
      redis: redis.address,
      storage: s3.address,
      namespace: cluster.namespace,
    });
    const later = await submitJob(a.base, key, "lipsync-image", { formState: formState() });
    const row = (await seen.store.get(later))!;
    const json = JSON.stringify({ ...row, form: ROW_FORM + 1, spec: { model: "lipsync-of-tomorrow" } });
    await seen.redis.hset(`${seen.root}:row:${later}`, "json", json);
    await cluster.worker();
    const id = await submitJob(a.base, key, "lipsync-image", { formState: formState() });
    expect(await pollJob(a.base, key, id, 20)).toMatchObject({ status: "completed" });
    expect(await seen.store.get(later)).toMatchObject({ state: "queued", crashes: 0 });
    await seen.store.delete(later);
    await seen.close();
  });

  test("gateways and workers tell what they do, in figures and in lines without media, names or prompts", async () => {
    const lines: string[] = [];
    const log = { level: "info", write: (line: string) => void lines.push(line) } as const;
    const a = await cluster.gateway({ log, opsPort: 0 });
    const worker = await cluster.worker({ log, opsPort: 0 });
    const admin = await a.keys.create({});
    const tenant = await a.keys.create({ tenant: "own" });
    const state = { ...formState(), prompt: "a secret wish" };
    const id = await submitJob(a.base, tenant.key, "lipsync-image", { formState: state });
    await pollJob(a.base, tenant.key, id, 20);
    const told = lines.map((line) => JSON.parse(line) as { msg: string; job?: string });
    for (const msg of ["job submitted", "job started", "job completed"]) {
      await expect.poll(() => told.some((line) => line.msg === msg && line.job === id)).toBe(true);
    }
    expect(lines.join("")).not.toMatch(/secret wish|face\.png|voice\.wav/);
    const metrics = async (origin: string, key?: string) => {
      const headers: Record<string, string> = key === undefined ? {} : { Authorization: `Bearer ${key}` };
      const response = await fetch(`${origin}/metrics`, { headers });
      return { status: response.status, text: await response.text() };
    };
    expect((await metrics(a.origin)).status).toBe(401);
    expect((await metrics(a.origin, tenant.key)).status).toBe(401);
    const { text } = await metrics(a.origin, admin.key);
    expect(text).toMatch(/^dudak_jobs\{state="completed"\} 1$/m);
    expect(text).toMatch(/^dudak_workers 1$/m);
    expect(text).toMatch(
      /^dudak_http_seconds_count\{method="GET",route="\/api\/v1\/jobs\/:id",status="200"\} \d+$/m,
    );
    expect((await metrics(a.opsOrigin!)).text).toContain("dudak_queue_oldest_seconds 0");
    const there = await metrics(worker.opsOrigin!);
    expect(there.text).toMatch(
      /^dudak_jobs_finished_total\{model="lipsync-image",outcome="completed",code=""\} 1$/m,
    );
    expect(there.text).toMatch(/^dudak_stage_seconds_count\{model="lipsync-image",stage="rendering"\} 1$/m);
    expect((await fetch(`${worker.opsOrigin!}/readyz`)).status).toBe(200);
  });
});
