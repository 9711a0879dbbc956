import { createDeliverer } from "../../rest/webhooks.ts";
import { keepTidy, openFront, type FrontSettings, type Gateway } from "../front.ts";
import { burstOf, DEFAULT_PER_MINUTE } from "../submission-rate.ts";
import { openCluster, type ClusterOptions } from "./open-cluster.ts";
import { asked } from "./redis-connection.ts";
import { keepReconciled } from "./reconcile.ts";
import { startDeliveries } from "./webhook-queue.ts";

/** How to run a gateway without a browser, for workers elsewhere. */
export type ClusterGatewayOptions = FrontSettings & ClusterOptions;

const PATIENCE_MS = 60_000;
const TIDY_TURN_MS = 3500_000;

/**
 * Starts a gateway of a cluster: it answers the API and delivers webhooks; jobs run where `dudak work` runs.
 * @throws EngineError `storage/unavailable` or `storage/failed`, and the system's error when a port is taken.
 */
export async function serveCluster(options: ClusterGatewayOptions): Promise<Gateway> {
  const { perMinute = DEFAULT_PER_MINUTE } = options;
  const cluster = await openCluster({ patienceMs: PATIENCE_MS, ...options });
  const front = await openFront(options, {
    installation: cluster,
    throttle: async (client) =>
      Number(await cluster.scripts.take(client, perMinute, burstOf(perMinute))) / 1000,
    health: async () => {
      const workers = await cluster.jobs.workers();
      return { status: workers > 0 ? "ok" : "degraded", workers };
    },
    scraped: { workers: () => cluster.jobs.workers() },
  }).catch(async (error: unknown) => {
    await cluster.close();
    throw error;
  });
  const stop = new AbortController();
  const deliveries = startDeliveries({
    address: options.redis,
    prefix: cluster.prefix,
    store: front.store,
    deliver: createDeliverer(front.webhooks),
    pausesMs: options.webhookPausesMs,
    onError: (error) => {
      front.log.lines.warn({ error: error.message }, "queue of webhooks");
    },
  });
  const turn = async () =>
    (await asked(cluster.redis.set(`${cluster.root}:tidy`, "1", "PX", TIDY_TURN_MS, "NX"))) === "OK";
  const sides = [
    keepReconciled(cluster, stop.signal),
    keepTidy(cluster, options.keepDays, stop.signal, turn),
  ];
  return {
    origin: front.server.origin,
    opsOrigin: front.ops?.origin,
    keys: front.keys,
    webhookSecret: front.secret,
    async close(graceMs = 0) {
      front.drain();
      await front.server.close(graceMs);
      stop.abort();
      await Promise.all([deliveries.close(), ...sides]);
      await front.ops?.close();
      await cluster.close();
    },
  };
}
