import { getRequestListener } from "@hono/node-server";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createKeyStore, type KeyStore } from "../rest/keys.ts";
import { outputAddress } from "../rest/links.ts";
import { createRouter } from "../rest/router.ts";
import { createWebhookSender, webhookSecret } from "../rest/webhooks.ts";
import type { Backend, OutputFormat } from "../job/job.ts";
import type { JobRow } from "../queue/job-row.ts";
import { createSoleLeadership, pause } from "../queue/leadership.ts";
import { DEFAULT_RETENTION, sweep } from "../queue/retention.ts";
import { createRunner } from "../queue/runner.ts";
import { openDataDir } from "./data-dir.ts";
import { createMediaFetcher } from "./egress/fetch-media.ts";
import { createHostExecutor, createHostPool, type GatewayHost } from "./host-executor.ts";
import { createWebhookTransport } from "./egress/send-webhook.ts";
import { createResultLinks } from "./result-links.ts";
import { createThrottle } from "./throttle.ts";

/** How to run the gateway. */
export interface GatewayOptions {
  /** Starts a headless browser with the engine; called when the first job needs it and after one died. */
  readonly startHost: () => Promise<GatewayHost>;
  readonly dataDir: string;
  readonly version: string;
  /** 0 chooses a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Jobs at the same time, each in its own browser. */
  readonly concurrency?: number;
  /** Also fetch media from and deliver webhooks to private addresses. */
  readonly allowPrivateUrls?: boolean;
  /** Origins whose pages may call. */
  readonly allowedOrigins?: readonly string[];
  /** Largest file in bytes, uploaded or fetched. */
  readonly maxBytes?: number;
  readonly maxUnfinished?: number;
  /** Submissions and uploads that a key may send per minute. */
  readonly perMinute?: number;
  /** Days for which finished jobs are kept; undefined keeps them. */
  readonly keepDays?: number;
  /** Origin that clients see, for instance behind a proxy. */
  readonly publicOrigin?: string;
  readonly format?: OutputFormat;
  readonly backend?: Backend;
  /** Minutes for which the addresses of results are valid; undefined: as long as the job is kept. */
  readonly linkMinutes?: number;
  /** Pauses before the retries of webhooks in ms. */
  readonly webhookPausesMs?: readonly number[];
}

/** A gateway that answers. */
export interface Gateway {
  /** For instance `http://127.0.0.1:8787`. */
  readonly origin: string;
  readonly keys: KeyStore;
  /** Secret that signs the webhooks. */
  webhookSecret(): Promise<string>;
  /** Stops in good order; unfinished jobs go on at the next start. */
  close(): Promise<void>;
}

const SWEEP_MS = 3600_000;
const DAY_MS = 24 * SWEEP_MS;

/**
 * Starts the gateway: the API over HTTP, the queue in a folder, the engine in headless browsers.
 * @throws EngineError `storage/failed` when the folder is in use, and the system's error when the port is taken.
 */
export async function serve(options: GatewayOptions): Promise<Gateway> {
  const { host = "127.0.0.1", port = 8787, concurrency = 1, allowPrivateUrls = false } = options;
  const { maxBytes = 2e9, perMinute = 600, maxUnfinished = 1000, webhookPausesMs: pausesMs } = options;
  const data = await openDataDir(options.dataDir);
  const { store, media } = data;
  const keys = createKeyStore(data.keys, data.uses);
  const secret = () => webhookSecret(data.settings);
  const pool = createHostPool(options.startHost);
  const links = createResultLinks(options.linkMinutes && options.linkMinutes * 60);
  const address = (row: JobRow) => outputAddress(row, { links, now: Date.now });
  const router = createRouter({
    jobDefaults: { format: options.format, backend: options.backend },
    store,
    media,
    keys,
    access: "required",
    version: options.version,
    allowedOrigins: options.allowedOrigins,
    publicOrigin: options.publicOrigin,
    maxFileBytes: maxBytes,
    maxUnfinished,
    links,
    throttle: createThrottle(perMinute, Math.max(30, perMinute / 4)),
    health: async () => ({ status: (await pool.healthy()) ? "ok" : "degraded" }),
  });
  const server = createServer(
    { requestTimeout: 3600_000, headersTimeout: 20_000, keepAliveTimeout: 10_000 },
    (incoming, outgoing) => void listener(incoming, outgoing),
  );
  const listener = getRequestListener((request) => router(request), { overrideGlobalObjects: false });
  server.maxConnections = 1000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  }).catch(async (error: unknown) => {
    await data.close();
    throw error;
  });

  const policy = allowPrivateUrls ? "any" : "public";
  const fetchMedia = createMediaFetcher({ policy, maxBytes });
  const finishedMs = options.keepDays === undefined ? undefined : options.keepDays * DAY_MS;
  const tidy = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      await sweep(store, media, { ...DEFAULT_RETENTION, finishedMs }, Date.now()).catch(() => undefined);
      await pause(SWEEP_MS, signal);
    }
  };
  const runner = createRunner({
    store,
    media,
    concurrency,
    execute: createHostExecutor({
      data,
      pool,
      fetchMedia,
      maxBytes,
    }),
    leadership: createSoleLeadership(store),
    alongside: [
      createWebhookSender({
        store,
        secret,
        send: createWebhookTransport({ allowPrivateUrls }),
        pausesMs,
        address,
      }),
      tidy,
    ],
  });
  const bound = server.address() as AddressInfo;
  const name = bound.family === "IPv6" ? `[${host}]` : host;
  return {
    origin: `http://${name}:${String(bound.port)}`,
    keys,
    webhookSecret: secret,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await runner.stop();
      await pool.close();
      await closed;
      await data.close();
    },
  };
}
