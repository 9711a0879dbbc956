import type { Backend, OutputFormat } from "../job/job.ts";
import type { JobRow } from "../queue/job-row.ts";
import { pause } from "../queue/leading-tab.ts";
import { DEFAULT_RETENTION, sweep } from "../queue/retention.ts";
import type { ApiDeps } from "../rest/api-deps.ts";
import { createKeyStore, type KeyStore } from "../rest/keys.ts";
import { outputAddress } from "../rest/links.ts";
import { loadReportWords } from "../job/report/load-words.ts";
import { createRouter } from "../rest/router.ts";
import { webhookSecret, type DeliverOptions } from "../rest/webhooks.ts";
import type { Installation } from "./data-dir.ts";
import { createWebhookTransport } from "./egress/send-webhook.ts";
import { listen, type HttpServer } from "./http-server.ts";
import type { GatewayJobStore } from "./job-store.ts";
import { createLog, type Log, type LogOptions } from "./observe/log.ts";
import { createMetrics, type Scraped } from "./observe/metrics.ts";
import { createOperations } from "./observe/operations.ts";
import { watchStore } from "./observe/watch-store.ts";
import { createResultLinks } from "./sign-links.ts";

/** What every gateway can be told, wherever its jobs lie. */
export interface FrontSettings {
  readonly version: string;
  /** 0 chooses a free port. */
  readonly port?: number;
  readonly host?: string;
  /** A second port for `/livez`, `/readyz` and `/metrics`, which needs no key there; 0 chooses a free one. */
  readonly opsPort?: number;
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
  /** Minutes for which the addresses of results are valid; undefined: as long as the job is kept. */
  readonly linkMinutes?: number;
  readonly format?: OutputFormat;
  readonly backend?: Backend;
  /** Pauses before the retries of webhooks in ms. */
  readonly webhookPausesMs?: readonly number[];
  readonly log?: LogOptions;
}

/** A gateway that answers. */
export interface Gateway {
  /** For instance `http://127.0.0.1:8787`. */
  readonly origin: string;
  /** Of the operators' port, where there is one. */
  readonly opsOrigin?: string;
  readonly keys: KeyStore;
  /** Secret that signs the webhooks. */
  webhookSecret(): Promise<string>;
  /**
   * Stops in good order; unfinished jobs go on at the next start.
   * @param graceMs for which answers and jobs in the middle may still come to their end.
   */
  close(graceMs?: number): Promise<void>;
}

/** What a gateway is made of beside its settings. */
export interface FrontParts<Store extends GatewayJobStore> {
  readonly installation: Installation<Store>;
  readonly throttle: ApiDeps["throttle"];
  readonly health: () => Promise<Record<string, unknown>>;
  readonly scraped?: Omit<Scraped, "figures">;
}

/** The part of a gateway that faces the clients. */
export interface Front<Store extends GatewayJobStore> {
  readonly server: HttpServer;
  readonly ops: HttpServer | undefined;
  readonly keys: KeyStore;
  readonly log: Log;
  /** The store, with every change through it counted and logged. */
  readonly store: Store;
  /** What a sender of webhooks needs. */
  readonly webhooks: DeliverOptions;
  secret(): Promise<string>;
  /** `/readyz` says no from here on, so that a load balancer sends nothing more. */
  drain(): void;
}

const SWEEP_MS = 3600_000;
const DAY_MS = 24 * SWEEP_MS;

/**
 * Answers the API and the operators' routes over HTTP.
 * @throws the system's error when a port is taken.
 */
export async function openFront<Store extends GatewayJobStore>(
  settings: FrontSettings,
  parts: FrontParts<Store>,
): Promise<Front<Store>> {
  const { host = "127.0.0.1", port = 8787, opsPort, allowPrivateUrls = false } = settings;
  const { maxBytes = 2e9, maxUnfinished = 1000, webhookPausesMs: pausesMs } = settings;
  const { installation, throttle, health, scraped } = parts;
  const log = createLog(settings.log);
  const metrics = createMetrics({ ...scraped, figures: () => installation.store.figures() });
  const store = watchStore(installation.store, (before, after) => {
    log.job(before, after);
    metrics.job(before, after);
  });
  const keys = createKeyStore(installation.keys, installation.uses);
  const links = createResultLinks(settings.linkMinutes && settings.linkMinutes * 60);
  const secret = () => webhookSecret(installation.settings);
  const router = createRouter({
    jobDefaults: () => Promise.resolve({ format: settings.format, backend: settings.backend }),
    store,
    media: installation.media,
    keys,
    access: "required",
    reportWords: loadReportWords,
    version: settings.version,
    allowedOrigins: settings.allowedOrigins,
    publicOrigin: settings.publicOrigin,
    maxFileBytes: maxBytes,
    maxUnfinished,
    links,
    throttle,
    health,
  });
  let draining = false;
  const operations = (mayRead: (request: Request) => Promise<boolean>) =>
    createOperations({
      metrics,
      mayRead,
      async ready() {
        await store.countUnfinished();
        return !draining;
      },
    });
  const guarded = operations(async (request) => {
    const key = /^Bearer +(\S+)$/i.exec(request.headers.get("Authorization") ?? "")?.[1];
    return key !== undefined && (await keys.verify(key, undefined)).tenant === undefined;
  });
  const server = await listen({
    host,
    port,
    answer: async (request) => guarded(request) ?? router(request),
    onAnswer(request, status, seconds) {
      const { pathname } = new URL(request.url);
      metrics.request(request.method, pathname, status, seconds);
      log.lines.debug({ method: request.method, path: pathname, status, seconds }, "request");
    },
  });
  const ops =
    opsPort === undefined
      ? undefined
      : await listenForOperators(
          host,
          opsPort,
          operations(() => Promise.resolve(true)),
        ).catch(async (error: unknown) => {
          await server.close();
          throw error;
        });
  return {
    server,
    ops,
    keys,
    log,
    store,
    secret,
    webhooks: {
      store,
      secret,
      send: createWebhookTransport({ allowPrivateUrls }),
      pausesMs,
      address: (row: JobRow) => outputAddress(row, { links, now: Date.now }),
    },
    drain() {
      draining = true;
    },
  };
}

/** Listens with the operators' routes alone. */
export function listenForOperators(
  host: string,
  port: number,
  routes: ReturnType<typeof createOperations>,
): Promise<HttpServer> {
  const nothing = () => Promise.resolve(new Response("Not found\n", { status: 404 }));
  return listen({ host, port, answer: async (request) => routes(request) ?? nothing() });
}

/**
 * Applies the retention every hour until the signal.
 * @param turn whether it is this process's turn, where there are several.
 */
export async function keepTidy(
  { store, media }: Pick<Installation, "store" | "media">,
  keepDays: number | undefined,
  signal: AbortSignal,
  turn: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<void> {
  const finishedMs = keepDays === undefined ? undefined : keepDays * DAY_MS;
  while (!signal.aborted) {
    const mine = await turn().catch(() => false);
    if (mine)
      await sweep(store, media, { ...DEFAULT_RETENTION, finishedMs }, Date.now()).catch(() => undefined);
    await pause(SWEEP_MS, signal);
  }
}
