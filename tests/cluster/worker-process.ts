// A worker in a process of its own, to be killed: its jobs are the engine's, or write ten pieces, unless an earlier run
// did; the result names who wrote each.
import { appendFile, writeFile } from "node:fs/promises";
import { work } from "../../src/gateway/cluster/work.ts";
import { createEngineHost } from "../../src/headless/engine-host.ts";
import type { GatewayHost } from "../../src/gateway/host-executor.ts";
import { REPORT } from "../api/jobs.ts";
import type { ClusterAddress } from "../../src/gateway/commands/cluster-options.ts";

/** What such a worker is told. */
export interface WorkerProcess extends ClusterAddress {
  readonly name: string;
  /** A file that gets a line for each run. */
  readonly runs: string;
  /** Time for each piece; the engine in a headless browser runs the jobs when absent. */
  readonly pieceMs?: number;
  readonly lockMs: number;
}

const { name, runs, pieceMs, lockMs, ...address } = JSON.parse(process.argv[2]!) as WorkerProcess;

const pieces: GatewayHost = {
  async run(request, { checkpoint, signal, onProgress } = {}) {
    const kept = await Promise.all((await checkpoint!.load()).map((piece) => piece.text()));
    await appendFile(runs, `${JSON.stringify({ name, kept: kept.length })}\n`);
    for (let index = kept.length; index < 10; index++) {
      await new Promise((resolve) => setTimeout(resolve, pieceMs));
      signal?.throwIfAborted();
      kept.push(`piece ${String(index)}\n`);
      await checkpoint!.save(new Blob([kept[index]!]), index);
      onProgress?.({ stage: "rendering", progress: (index + 1) / 10 });
    }
    await writeFile(request.outputPath, kept.join(""));
    const seed = request.formState.seed ?? 0;
    return { type: "video/mp4", result: { seed, warnings: [], report: REPORT, timings: { rendering: 1 } } };
  },
  healthy: () => Promise.resolve(true),
  close: () => Promise.resolve(),
};

const startHost = () => (pieceMs === undefined ? createEngineHost() : Promise.resolve(pieces));
const worker = await work({ ...address, lockMs, startHost, concurrency: pieceMs === undefined ? 1 : 4 });
process.once("SIGTERM", () => void worker.close(1).then(() => process.exit(0)));
console.log("ready");
