import { createSoleLeadership } from "../queue/leading-tab.ts";
import { createRunner } from "../queue/runner.ts";
import { createWebhookSender } from "../rest/webhooks.ts";
import { openDataDir } from "./data-dir.ts";
import { createMediaFetcher } from "./egress/fetch-media.ts";
import { keepTidy, openFront, type FrontSettings, type Gateway } from "./front.ts";
import { createHostExecutor, createHostPool, type GatewayHost } from "./host-executor.ts";
import { burstOf, createThrottle, DEFAULT_PER_MINUTE } from "./submission-rate.ts";

export type { Gateway } from "./front.ts";

/** How to run the gateway on one machine. */
export interface GatewayOptions extends FrontSettings {
  /** Starts a headless browser with the engine; called when the first job needs it and after one died. */
  readonly startHost: () => Promise<GatewayHost>;
  readonly dataDir: string;
  /** Jobs at the same time, each in its own browser. */
  readonly concurrency?: number;
}

/**
 * Starts the gateway: the API over HTTP, the queue in a folder, the engine in headless browsers.
 * @throws EngineError `storage/failed` when the folder is in use, and the system's error when the port is taken.
 */
export async function serve(options: GatewayOptions): Promise<Gateway> {
  const {
    concurrency = 1,
    allowPrivateUrls = false,
    maxBytes = 2e9,
    perMinute = DEFAULT_PER_MINUTE,
  } = options;
  const data = await openDataDir(options.dataDir);
  const pool = createHostPool(options.startHost);
  const front = await openFront(options, {
    installation: data,
    throttle: createThrottle(perMinute, burstOf(perMinute)),
    health: async () => ({ status: (await pool.healthy()) ? "ok" : "degraded" }),
    scraped: { hosts: async () => ({ count: pool.size(), healthy: await pool.healthy() }) },
  }).catch(async (error: unknown) => {
    await data.close();
    throw error;
  });
  const { store } = front;
  const { media, scratch } = data;
  const fetchMedia = createMediaFetcher({ policy: allowPrivateUrls ? "any" : "public", maxBytes });
  const runner = createRunner({
    store,
    media,
    concurrency,
    execute: createHostExecutor({ data: { store, media, scratch }, pool, fetchMedia, maxBytes }),
    leadership: createSoleLeadership(store),
    alongside: [
      createWebhookSender(front.webhooks),
      (signal) => keepTidy({ store, media }, options.keepDays, signal),
    ],
  });
  return {
    origin: front.server.origin,
    opsOrigin: front.ops?.origin,
    keys: front.keys,
    webhookSecret: front.secret,
    async close(graceMs = 0) {
      front.drain();
      await Promise.all([front.server.close(graceMs), runner.stop(graceMs)]);
      await pool.close();
      await front.ops?.close();
      await data.close();
    },
  };
}
