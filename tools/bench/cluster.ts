import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { RedisJobStore } from "../../src/gateway/cluster/redis-job-store.ts";
import { startServer, type TestServer } from "../../tests/api/media-server.ts";
import { startRedis, startS3 } from "../../tests/cluster/services.ts";
import { measureChaos, type ChaosResult } from "./cluster-chaos.ts";
import { freePort, withStage, type Stage } from "./cluster-stage.ts";

/** What {@link measureCluster} found; times in milliseconds. */
export interface ClusterResult {
  /** Jobs that wait a second for a download: the time that one worker takes for them by the time of two. */
  readonly twoWorkers: {
    readonly jobs: number;
    readonly oneMs: number;
    readonly twoMs: number;
    readonly ratio: number;
  };
  /** Answers to submissions, over HTTP, while so many jobs wait. */
  readonly submission: {
    readonly queued: number;
    readonly median: number;
    readonly p99: number;
    /** Of the gateway for each, where the system tells; to 10 ms over all of them. */
    readonly processorMs: number | null;
  };
  /** `GET /jobs?limit=100` with so many rows. */
  readonly list: { readonly rows: number; readonly median: number; readonly p99: number };
  readonly chaos: ChaosResult;
}

/** Milliseconds of processor that a process has taken, by Linux's /proc; null elsewhere. */
function processorMs(pid: number | undefined): number | null {
  try {
    const fields = readFileSync(`/proc/${String(pid)}/stat`, "utf8")
      .split(") ")[1]!
      .split(" ");
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return null;
  }
}

/** Median and 99th of 100, in ms. */
function timesOf(ms: number[]): { median: number; p99: number } {
  const sorted = ms.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { median: at(0.5), p99: at(0.99) };
}

async function submit(origin: string, stage: Stage, formState: object, more: object = {}): Promise<string> {
  const response = await fetch(`${origin}/api/v1/lipsync-image`, {
    method: "POST",
    headers: stage.headers,
    body: JSON.stringify({ formState, ...more }),
  });
  if (!response.ok) throw new Error(await response.text());
  return ((await response.json()) as { id: string }).id;
}

/** Time until so many jobs, whose picture takes a second to come, are done by so many workers. */
async function timeOfJobs(stage: Stage, slow: TestServer, jobs: number, workers: number): Promise<number> {
  const port = await freePort();
  await stage.spawn({ role: "gateway", port });
  for (let i = 0; i < workers; i++) await stage.spawn({ role: "worker", jobMs: 1 });
  const origin = `http://127.0.0.1:${String(port)}`;
  const formState = { image: `${slow.origin}/slow.png`, audio: `${slow.origin}/fast.wav`, seed: 1 };
  const run = async (count: number) => {
    const { completed } = await stage.cluster.store.figures();
    for (let i = 0; i < count; i++) await submit(origin, stage, formState);
    while ((await stage.cluster.store.figures()).completed < completed + count) await sleep(20);
  };
  // The first jobs of a process take longer: its code is read and its connections are made then.
  await run(2 * workers);
  const startedAt = performance.now();
  await run(jobs);
  return performance.now() - startedAt;
}

/** Fills the storage with rows that no queue holds. */
async function fill({ cluster }: Stage, count: number): Promise<void> {
  const nothing = () => Promise.resolve();
  const silent = cluster.redis.duplicate({ lazyConnect: false, enableOfflineQueue: true });
  const store = new RedisJobStore(cluster.redis, silent, cluster.scripts, cluster.root, {
    dispatch: nothing,
    owe: nothing,
  });
  const image = { url: "http://media.example/face.png" };
  for (let done = 0; done < count; done += 500) {
    const batch = Array.from({ length: Math.min(500, count - done) }, () =>
      store.create({
        id: crypto.randomUUID(),
        spec: { model: "lipsync-image", formState: { image, audio: image, seed: 1 } },
        warnings: [],
        createdAt: Date.now(),
        baseUrl: "http://dudak.example/api/v1",
        outputToken: "token",
        owner: "sk_filling0",
      }),
    );
    await Promise.all(batch);
  }
  silent.disconnect();
}

/** Measures a cluster on this machine: its Redis and S3 server are started for it. @param quick fewer rows and jobs. */
export async function measureCluster(quick: boolean): Promise<ClusterResult> {
  const redis = await startRedis();
  const s3 = await startS3();
  const slow = await startServer((request, response) => {
    const type = request.url === "/slow.png" ? "image/png" : "audio/wav";
    setTimeout(
      () => response.writeHead(200, { "Content-Type": type }).end("bytes"),
      type === "image/png" ? 1000 : 0,
    );
  });
  const stage = <T>(name: string, work: (stage: Stage) => Promise<T>) =>
    withStage(redis, s3.address, `bench-${name}`, work);
  try {
    const jobs = quick ? 6 : 16;
    const oneMs = await stage("one", (here) => timeOfJobs(here, slow, jobs, 1));
    const twoMs = await stage("two", (here) => timeOfJobs(here, slow, jobs, 2));
    const chaos = await stage("chaos", (here) => measureChaos(here, quick ? 100 : 500, 10));
    const answers = await stage("rows", async (here) => {
      const port = await freePort();
      const gateway = await here.spawn({ role: "gateway", port });
      const origin = `http://127.0.0.1:${String(port)}`;
      const queued = quick ? 1000 : 10_000;
      await fill(here, queued);
      const formState = { image: "http://media.example/a.png", audio: "http://media.example/a.wav", seed: 1 };
      const submitMs: number[] = [];
      const before = processorMs(gateway.pid);
      for (let i = 0; i < 300; i++) {
        const startedAt = performance.now();
        await submit(origin, here, formState);
        submitMs.push(performance.now() - startedAt);
      }
      const after = processorMs(gateway.pid);
      const rows = quick ? 5000 : 100_000;
      await fill(here, rows - queued - 300);
      const listMs: number[] = [];
      for (let i = 0; i < 100; i++) {
        const startedAt = performance.now();
        const list = await fetch(`${origin}/api/v1/jobs?limit=100`, { headers: here.headers });
        await list.text();
        listMs.push(performance.now() - startedAt);
      }
      return {
        submission: {
          queued,
          ...timesOf(submitMs),
          processorMs: before === null || after === null ? null : (after - before) / submitMs.length,
        },
        list: { rows, ...timesOf(listMs) },
      };
    });
    return { twoWorkers: { jobs, oneMs, twoMs, ratio: oneMs / twoMs }, ...answers, chaos };
  } finally {
    await slow.close();
    await s3.close();
    await redis.close();
  }
}

/** The figures for people. */
export function describeCluster({ twoWorkers, submission, list, chaos }: ClusterResult): string[] {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return [
    `Two workers against one, ${String(twoWorkers.jobs)} jobs that wait 1 s for a download: ${twoWorkers.ratio.toFixed(2)} ×`,
    `Submission with ${String(submission.queued)} jobs queued: median ${ms(submission.median)}, p99 ${ms(submission.p99)}` +
      (submission.processorMs === null
        ? ""
        : `, ${ms(submission.processorMs)} of the gateway's processor each`),
    `List of 100 from ${String(list.rows)} rows: median ${ms(list.median)}, p99 ${ms(list.p99)}`,
    `${String(chaos.jobs)} jobs, ${String(chaos.kills.length)} kills (${chaos.kills.join(", ")}), ${(chaos.ms / 1000).toFixed(1)} s: ` +
      `${String(chaos.lost)} lost, ${String(chaos.failed)} failed, ${String(chaos.different)} with different results, ` +
      `webhooks: ${String(chaos.webhooks.missing)} missing, ${String(chaos.webhooks.repeated)} came again, ${String(chaos.webhooks.otherIds)} under another id`,
  ];
}
