import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pause } from "../../queue/leading-tab.ts";
import { attemptJob } from "../../queue/job-attempt.ts";
import { createMediaFetcher } from "../egress/fetch-media.ts";
import { listenForOperators } from "../front.ts";
import { createHostExecutor, createHostPool, type GatewayHost } from "../host-executor.ts";
import { createLog, type LogOptions } from "../observe/log.ts";
import { createMetrics } from "../observe/metrics.ts";
import { createOperations } from "../observe/operations.ts";
import { watchStore } from "../observe/watch-store.ts";
import { startWorkers } from "./job-queue.ts";
import { openCluster, type ClusterOptions } from "./open-cluster.ts";
import { keepReconciled } from "./reconcile.ts";

/** How to run a worker. */
export interface WorkOptions extends ClusterOptions {
  /** Starts a headless browser with the engine. */
  readonly startHost: () => Promise<GatewayHost>;
  /** Jobs at the same time, each in its own browser. */
  readonly concurrency?: number;
  readonly allowPrivateUrls?: boolean;
  /** Largest file in bytes that is fetched. */
  readonly maxBytes?: number;
  readonly host?: string;
  /** A port for `/livez`, `/readyz` and `/metrics`; 0 chooses a free one. */
  readonly opsPort?: number;
  readonly log?: LogOptions;
  /** Milliseconds of silence after which this worker's jobs are another's. */
  readonly lockMs?: number;
}

/** A worker that takes jobs. */
export interface WorkingWorker {
  readonly opsOrigin?: string;
  /**
   * Stops taking jobs; those in the middle may come to their end within the grace, then they are let go and go on
   * elsewhere from their last checkpoint.
   */
  close(graceMs?: number): Promise<void>;
}

const PATIENCE_MS = 60_000;

/**
 * Runs jobs of a cluster in headless browsers.
 * @throws EngineError `storage/unavailable` or `storage/failed`, and the system's error when the port is taken.
 */
export async function work(options: WorkOptions): Promise<WorkingWorker> {
  const { concurrency = 1, allowPrivateUrls = false, maxBytes = 2e9, opsPort, host = "127.0.0.1" } = options;
  const cluster = await openCluster({ patienceMs: PATIENCE_MS, ...options });
  const log = createLog(options.log);
  const pool = createHostPool(options.startHost);
  const hosts = async () => ({ count: pool.size(), healthy: await pool.healthy() });
  const metrics = createMetrics({ figures: () => cluster.store.figures(), hosts });
  const store = watchStore(cluster.store, (before, after) => {
    log.job(before, after);
    metrics.job(before, after);
  });
  const { media } = cluster;
  const folder = await mkdtemp(join(tmpdir(), "dudak-work-"));
  const scratch = (name: string) => join(folder, encodeURIComponent(name));
  let draining = false;
  const ops =
    opsPort === undefined
      ? undefined
      : await listenForOperators(
          host,
          opsPort,
          createOperations({
            metrics,
            mayRead: () => Promise.resolve(true),
            async ready() {
              await cluster.store.countUnfinished();
              return !draining && (await pool.healthy());
            },
          }),
        ).catch(async (error: unknown) => {
          await cluster.close();
          throw error;
        });
  const fetchMedia = createMediaFetcher({ policy: allowPrivateUrls ? "any" : "public", maxBytes });
  const execute = createHostExecutor({ data: { store, media, scratch }, pool, fetchMedia, maxBytes });
  const leave = new AbortController();
  const workers = startWorkers({
    address: options.redis,
    prefix: cluster.prefix,
    store,
    concurrency,
    run: (row, token) => attemptJob({ store, media, execute }, row, token, leave.signal),
    ...(options.lockMs === undefined ? {} : { lockMs: options.lockMs }),
    onError: (error) => {
      log.lines.warn({ error: error.message }, "queue of jobs");
    },
  });
  const stop = new AbortController();
  const side = keepReconciled(cluster, stop.signal);
  return {
    ...(ops ? { opsOrigin: ops.origin } : {}),
    async close(graceMs = 0) {
      draining = true;
      stop.abort();
      const closed = workers.close();
      const over = new AbortController();
      if (graceMs > 0) await Promise.race([closed, pause(graceMs, over.signal)]);
      over.abort();
      leave.abort();
      await closed;
      await side;
      await pool.close();
      await ops?.close();
      await rm(folder, { recursive: true, force: true });
      await cluster.close();
    },
  };
}
