import { createKeyStore, type KeyStore } from "../keys.ts";
import { createJobDefaults, type JobDefaults } from "../job-defaults.ts";
import type { Router } from "../router.ts";
import { createWebhookSender, rotateWebhookSecret, webhookSecret, type WebhookSecret } from "../webhooks.ts";
import { EngineError } from "../../job/errors.ts";
import { createBlobExecutor, type RunJob } from "../../queue/blob-executor.ts";
import { openBrowserStorage, openMemoryStorage, type Storage } from "../../queue/store/browser-storage.ts";
import { createSoleLeadership, createTabLeadership, pause } from "../../queue/leading-tab.ts";
import { DEFAULT_RETENTION, sweep, type Retention } from "../../queue/retention.ts";
import { createRunner, type Farewell } from "../../queue/runner.ts";
import { discardTemporaryOutput } from "../../engine/output.ts";
import { fetchMedia } from "../../job/fetch-media.ts";
import { createLocalFetch, type LocalFetch } from "./dispatch.ts";
import { createWebhookFrame } from "./webhook-frame.ts";

/** How to open the API of a page. */
export interface LocalApiSettings {
  /** Does one job; the engine's `run`. */
  readonly runJob: RunJob;
  /** What requests get that leave settings open, from their submission on; also from the service worker. */
  readonly jobDefaults?: JobDefaults;
  readonly version: string;
  /** Folder of the app; the API lies below it. The document's own folder by default. */
  readonly appUrl?: string;
  /** Keep nothing after the page is closed. */
  readonly ephemeral?: boolean;
  /** How long finished work is kept; asked again at each sweep. */
  readonly retention?: () => Retention;
  /** Largest file in bytes. */
  readonly maxBytes?: number;
  /** Address of the page through which webhooks leave; `webhook-frame.html` in the app's folder by default. */
  readonly webhookFrameUrl?: string;
}

/** The API, the queue and the keys of this page's origin. */
export interface LocalApi {
  /** `fetch` for the API, whether or not a service worker controls the page. */
  readonly fetch: LocalFetch;
  /** Absolute address of the API. */
  readonly baseUrl: string;
  readonly storage: Storage;
  readonly keys: KeyStore;
  /** Whether this page is the one that runs the queue now. */
  readonly leading: boolean;
  webhookSecret(): Promise<string>;
  rotateWebhookSecret(): Promise<string>;
  /** Applies the retention now; otherwise once an hour. */
  tidy(): Promise<void>;
  /** Leaves the queue to other tabs; a job in the middle goes on there, or when the app is opened again. */
  close(): Promise<void>;
}

const SWEEP_MS = 3600_000;

/**
 * Opens the queue of this origin, takes part in running it, and answers the API in this page.
 * @throws EngineError `storage/failed` when the browser refuses its storage; `ephemeral` works then, too.
 */
export async function createLocalApi(options: LocalApiSettings): Promise<LocalApi> {
  const { retention = () => DEFAULT_RETENTION, maxBytes = 4e9, ephemeral = false } = options;
  const app = new URL("./", new URL(options.appUrl ?? "", document.baseURI));
  const basePath = `${app.pathname}api/v1`;
  if (!ephemeral && !("locks" in navigator)) {
    throw new EngineError(
      "storage/failed",
      "The browser keeps a queue only for pages that are secure. Open this site by https or at localhost, or use `ephemeral`, which forgets its jobs with the page.",
    );
  }
  const storage = ephemeral ? openMemoryStorage() : await openBrowserStorage();
  const { store, media } = storage;
  const keys = createKeyStore(storage.table("keys"), storage.table("keys"));
  const settings = storage.table<WebhookSecret>("settings");
  const defaults = createJobDefaults(storage.table("settings"));
  if (options.jobDefaults) await defaults.write(options.jobDefaults);
  let router: Promise<Router> | undefined;
  /** The router is fetched with the first request; where a service worker answers, never. */
  const answer: Router = async (request) => {
    router ??= Promise.all([import("../router.ts"), import("../../job/report/load-words.ts")]).then(
      ([{ createRouter }, { loadReportWords }]) =>
        createRouter({
          reportWords: loadReportWords,
          store,
          media,
          keys,
          access: "own-page",
          basePath,
          jobDefaults: defaults.read,
          maxFileBytes: maxBytes,
          version: options.version,
        }),
    );
    router.catch(() => (router = undefined));
    return (await router)(request);
  };
  const frame = createWebhookFrame(options.webhookFrameUrl ?? new URL("webhook-frame.html", app).href);
  const tidy = async () => void (await sweep(store, media, retention(), Date.now()).catch(() => undefined));
  const keepTidy = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      await tidy();
      await pause(SWEEP_MS, signal);
    }
  };
  const startRunner = () =>
    createRunner({
      store,
      media,
      execute: createBlobExecutor(options.runJob, {
        store,
        media,
        fetchMedia,
        maxBytes,
        discard: discardTemporaryOutput,
      }),
      leadership: ephemeral
        ? createSoleLeadership(store)
        : createTabLeadership({ store, name: storage.name }),
      farewell: createFarewell(storage.name),
      alongside: [
        createWebhookSender({ store, secret: () => webhookSecret(settings), send: frame.send }),
        keepTidy,
      ],
    });
  let runner = startRunner();
  const onHide = () => {
    runner.leave();
    void runner.stop();
  };
  const onShow = ({ persisted }: PageTransitionEvent) => {
    if (persisted) runner = startRunner();
  };
  addEventListener("pagehide", onHide);
  addEventListener("pageshow", onShow);
  const local = createLocalFetch(answer, basePath);
  return {
    // Jobs in memory are known to this page alone, not to the service worker.
    fetch: ephemeral ? (input, init) => answer(new Request(input, init)) : local,
    baseUrl: app.origin + basePath,
    storage,
    keys,
    get leading() {
      return runner.leading;
    },
    webhookSecret: () => webhookSecret(settings),
    rotateWebhookSecret: () => rotateWebhookSecret(settings),
    tidy,
    async close() {
      removeEventListener("pagehide", onHide);
      removeEventListener("pageshow", onShow);
      await runner.stop();
      frame.close();
      await storage.close();
    },
  };
}

/** A farewell in the origin's local storage, which is written at once; where the browser refuses that, there is none. */
function createFarewell(name: string): Farewell {
  const key = `${name}-departed`;
  return {
    read() {
      try {
        return localStorage.getItem(key) ?? undefined;
      } catch {
        return undefined;
      }
    },
    write(token) {
      try {
        localStorage.setItem(key, token);
      } catch {
        // Without a note this end counts as one crash.
      }
    },
  };
}
