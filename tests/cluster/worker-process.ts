// A worker in a process of its own, to be killed: its jobs write ten pieces, half a second apart, unless an earlier run
// did; the result names who wrote each.
import { appendFile, writeFile } from "node:fs/promises";
import { work } from "../../src/gateway/cluster/work.ts";
import type { GatewayHost } from "../../src/gateway/host-executor.ts";
import { REPORT } from "../api/jobs.ts";
import type { ClusterAddress } from "../../src/gateway/commands/cluster-options.ts";

const { name, runs, pieceMs, lockMs, ...address } = JSON.parse(process.argv[2]!) as ClusterAddress & {
  name: string;
  /** A file that gets a line for each run. */
  runs: string;
  pieceMs: number;
  lockMs: number;
};

const host: GatewayHost = {
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

const worker = await work({ ...address, lockMs, startHost: () => Promise.resolve(host), concurrency: 4 });
process.once("SIGTERM", () => void worker.close(1).then(() => process.exit(0)));
console.log("ready");
