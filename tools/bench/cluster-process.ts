// One gateway or worker of the bench in a process of its own, to be killed. Its jobs take the time that they are told and
// say their seed; what the engine makes of a job is measured elsewhere.
import { writeFile } from "node:fs/promises";
import { serveCluster } from "../../src/gateway/cluster/serve-cluster.ts";
import { work } from "../../src/gateway/cluster/work.ts";
import type { ClusterAddress } from "../../src/gateway/commands/cluster-options.ts";
import type { GatewayHost } from "../../src/gateway/host-executor.ts";

/** What a process of the bench is told. */
export interface ClusterProcess extends ClusterAddress {
  readonly role: "gateway" | "worker";
  readonly port: number;
  readonly jobMs: number;
  readonly concurrency: number;
  readonly lockMs: number;
}

const { role, port, jobMs, concurrency, lockMs, ...address } = JSON.parse(process.argv[2]!) as ClusterProcess;
const common = { ...address, allowPrivateUrls: true };

const report = {
  width: 2,
  height: 2,
  fps: 25,
  frames: 1,
  durationSeconds: 0.04,
  backend: "wasm",
  encoder: "none",
  faces: [],
  facelessRanges: [],
  mouthWidthPx: 0,
} as const;

const host: GatewayHost = {
  async run(request, { signal } = {}) {
    await new Promise((resolve) => setTimeout(resolve, jobMs));
    signal?.throwIfAborted();
    const seed = request.formState.seed ?? 0;
    await writeFile(request.outputPath, `result of ${String(seed)}`);
    return { type: "video/mp4", result: { seed, warnings: [], report, timings: { rendering: jobMs } } };
  },
  healthy: () => Promise.resolve(true),
  close: () => Promise.resolve(),
};

if (role === "worker") {
  await work({ ...common, concurrency, lockMs, startHost: () => Promise.resolve(host) });
} else {
  await serveCluster({
    ...common,
    version: "bench",
    port,
    perMinute: 1e6,
    maxUnfinished: 1e6,
    publicOrigin: "http://dudak.example",
    webhookPausesMs: [100, 200, 400, 800, 1600, 3200, 6400],
  });
}
console.log("ready");
