import type { ChildProcess } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../../src/core/random.ts";
import { freePort, type Stage } from "./cluster-stage.ts";

/** What came of jobs whose gateways, workers and Redis were killed. */
export interface ChaosResult {
  readonly jobs: number;
  /** What was killed, in order. */
  readonly kills: readonly string[];
  readonly ms: number;
  /** Acknowledged jobs that are not there, or never came to an end. */
  readonly lost: number;
  readonly failed: number;
  /** Jobs whose result is not that of their seed, or that were told of with different results. */
  readonly different: number;
  readonly webhooks: { readonly missing: number; readonly repeated: number; readonly otherIds: number };
}

interface Told {
  readonly ids: Set<string>;
  readonly bodies: Set<string>;
  times: number;
}

/** A receiver of webhooks that notes each under its job. */
async function startReceiver() {
  const told = new Map<string, Told>();
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { id } = JSON.parse(body) as { id: string };
      const seen = told.get(id) ?? { ids: new Set(), bodies: new Set(), times: 0 };
      seen.ids.add(String(request.headers["webhook-id"]));
      seen.bodies.add(body);
      seen.times++;
      told.set(id, seen);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { told, url: `http://127.0.0.1:${String(port)}/hook`, close: () => server.close() };
}

/** A part of the cluster that is killed and started again. */
interface Victim {
  readonly name: string;
  killAndRestart(): Promise<void>;
}

async function victimOf(stage: Stage, options: Parameters<Stage["spawn"]>[0]): Promise<Victim> {
  let child: ChildProcess = await stage.spawn(options);
  return {
    name: options.role,
    async killAndRestart() {
      child.kill("SIGKILL");
      await sleep(200);
      // Redis may be away just now: what does not start is started again, as by a supervisor.
      for (;;) {
        try {
          child = await stage.spawn(options);
          return;
        } catch {
          await sleep(500);
        }
      }
    },
  };
}

/** Submits jobs to two gateways with three workers while parts of them are killed, then counts what came of them. */
export async function measureChaos(stage: Stage, jobs: number, kills: number): Promise<ChaosResult> {
  const receiver = await startReceiver();
  const ports = [await freePort(), await freePort()];
  const origins = ports.map((port) => `http://127.0.0.1:${String(port)}`);
  const victims: Victim[] = [];
  for (const port of ports) victims.push(await victimOf(stage, { role: "gateway", port }));
  for (let i = 0; i < 3; i++)
    victims.push(await victimOf(stage, { role: "worker", jobMs: 60, concurrency: 2 }));
  victims.push({
    name: "redis",
    async killAndRestart() {
      await stage.redis.kill();
      await sleep(500);
      await stage.redis.start();
    },
  });
  const startedAt = performance.now();
  const acknowledged = new Map<number, string>();

  /** As a careful client: the same Idempotency-Key at the next gateway until one has acknowledged. */
  const submit = async (seed: number) => {
    const media = "data:image/png;base64,AAAA";
    const body = {
      webhook: receiver.url,
      formState: { image: media, audio: media.replace("image/png", "audio/wav"), seed },
    };
    for (let attempt = seed; ; attempt++) {
      try {
        const response = await fetch(`${origins[attempt % origins.length]!}/api/v1/lipsync-image`, {
          method: "POST",
          headers: { ...stage.headers, "Idempotency-Key": `job-${String(seed)}` },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(10_000),
        });
        if (response.ok) {
          acknowledged.set(seed, ((await response.json()) as { id: string }).id);
          return;
        }
      } catch {
        // The gateway is away.
      }
      await sleep(50);
    }
  };
  const submitting = (async () => {
    const seeds = Array.from({ length: jobs }, (_, seed) => seed + 1);
    const client = async () => {
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
        await submit(seed);
        await sleep(60);
      }
    };
    await Promise.all([client(), client(), client(), client()]);
  })();

  const killed: string[] = [];
  const draw = createRandom(7);
  for (let i = 0; i < kills; i++) {
    await sleep(400 + draw() * 800);
    // Redis every fourth time; it is one of six.
    const victim = i % 4 === 2 ? victims.at(-1)! : victims[Math.floor(draw() * (victims.length - 1))]!;
    killed.push(victim.name);
    await victim.killAndRestart();
  }
  await submitting;
  const deadline = Date.now() + 120_000;
  const settled = async () => {
    const { queued, running, webhooksOwed } = await stage.cluster.store.figures();
    return queued + running + webhooksOwed === 0;
  };
  while (Date.now() < deadline && !(await settled().catch(() => false))) await sleep(200);
  const ms = performance.now() - startedAt;

  let [lost, failed, different, missing, repeated, otherIds] = [0, 0, 0, 0, 0, 0];
  for (const [seed, id] of acknowledged) {
    const row = await stage.cluster.store.get(id);
    if (!row || row.state === "queued" || row.state === "running") {
      lost++;
      continue;
    }
    if (row.state === "failed") failed++;
    const file = row.output && (await stage.cluster.media.get(row.output.file));
    const text = file ? await new Response(file.stream()).text() : undefined;
    const told = receiver.told.get(id);
    if (row.state === "completed" && text !== `result of ${String(seed)}`) different++;
    else if (told && told.bodies.size > 1) different++;
    if (!told) missing++;
    else {
      if (told.times > 1) repeated++;
      if (told.ids.size > 1) otherIds++;
    }
  }
  receiver.close();
  lost += jobs - acknowledged.size;
  return { jobs, kills: killed, ms, lost, failed, different, webhooks: { missing, repeated, otherIds } };
}
