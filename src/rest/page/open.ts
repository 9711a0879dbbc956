import { VERSION } from "../../core/version.ts";
import { checkJobSpec } from "../../job/check-job.ts";
import { mapMedia, type JobSettings } from "../../job/job-spec.ts";
import type { RunJob } from "../../queue/blob-executor.ts";
import type { Retention } from "../../queue/retention.ts";
import { createLipSync, type JobListeners, type LipSync } from "../../engine/lip-sync.ts";
import type { JobDefaults } from "../job-defaults.ts";
import type { LocalFetch } from "./dispatch.ts";
import { createLocalApi } from "./local-api.ts";

type JobListenerOptions = Pick<JobListeners, "onProgress" | "onPreview" | "onWarning">;

/** What a job's request may leave open, and who is told of all jobs. */
export type LocalJobOptions = JobSettings<string | URL> & JobListenerOptions;

/** How to open the local API of an app; all can be left out. */
export interface LocalApiOptions {
  /** Does the jobs; one of its own when absent. Give the page's, so that the networks are loaded once. */
  readonly lipSync?: LipSync;
  /**
   * For what a job's request leaves open, for instance `{ format: "webm" }`: a job gets them when it is submitted and
   * keeps them, whatever a later page says; the service worker's jobs get those of the page that was opened last. A lip
   * model is named by its address or its id in the model store. Listeners are told of the jobs that this page does.
   */
  readonly jobOptions?: LocalJobOptions;
  /** Folder of the app, that of its service worker; the API lies below it. The document's own folder by default. */
  readonly appUrl?: string;
  /** Keep nothing after the page is closed; the service worker knows nothing of such jobs. */
  readonly ephemeral?: boolean;
  /** How long finished jobs and unused uploads are kept. */
  readonly retention?: Retention;
  /** Largest file in bytes; 4 GB by default. */
  readonly maxBytes?: number;
}

/** The local API of a page. */
export interface LocalApi {
  /** `fetch` for the API, whether or not a service worker controls the page. */
  readonly fetch: LocalFetch;
  /** Absolute address of the API, for instance `https://example.org/api/v1`. */
  readonly baseUrl: string;
  /** Whether this page is the one that runs the queue now. */
  readonly leading: boolean;
  /** Secret with which the webhooks of this origin are signed, by Standard Webhooks. */
  webhookSecret(): Promise<string>;
  /** Leaves the queue to other tabs; a job in the middle goes on there, or when the app is opened again. */
  close(): Promise<void>;
}

/** Runs a job of the queue as one of {@link LipSync}. */
function runWith(lipSync: LipSync, listeners: JobListenerOptions): RunJob {
  const { onProgress: onAnyProgress, onPreview, onWarning } = listeners;
  return (spec, { signal, onProgress, checkpoint }) =>
    Promise.resolve(
      lipSync.run(spec, {
        signal,
        checkpoint,
        onPreview,
        onWarning,
        onProgress(progress) {
          onProgress(progress);
          onAnyProgress?.(progress);
        },
      }),
    );
}

/**
 * The settings, checked as those of a request, addresses whole.
 * @throws EngineError `input/field`.
 */
function defaultsOf(settings: JobSettings<string | URL>): JobDefaults {
  const form = { model: "lipsync-image", formState: { image: "any", audio: "any" } } as const;
  const checked = checkJobSpec<string | URL>({ ...settings, ...form });
  const whole = mapMedia(checked, (address) => new URL(address, document.baseURI).href);
  return Object.fromEntries(
    Object.entries(whole).filter(([name]) => !Object.hasOwn(form, name)),
  ) as JobDefaults;
}

/**
 * Opens the local REST API in a page of your app: its durable queue, and this page's part in running it. Together with
 * the service worker of `dudak/service-worker`, which answers `fetch("/api/v1/…")` of every page of the app at once,
 * the jobs are done in one open page after the other: closing it loses nothing, the next one goes on from the last
 * finished segment. Pages that are not yet controlled by the service worker use the `fetch` of the answer.
 *
 * The page's content security policy must allow `frame-src 'self'` when webhooks are used: they leave through a
 * sandboxed frame with a policy of its own, which comes with the package.
 * @throws EngineError `storage/failed` when the browser refuses its storage; `ephemeral` works then, too;
 * `input/field` for a job option that no request may have.
 * @example
 * import { openLocalApi } from "dudak/local-api";
 * import { registerServiceWorker } from "dudak/service-worker";
 *
 * await registerServiceWorker("/service-worker.js");
 * const api = await openLocalApi();
 * const formState = { image: "/me.jpg", audio: "/hello.mp3" };
 * const { id } = await (await api.fetch(`${api.baseUrl}/lipsync-image`, {
 *   method: "POST",
 *   headers: { "Content-Type": "application/json" },
 *   body: JSON.stringify({ formState }),
 * })).json();
 */
export async function openLocalApi(options: LocalApiOptions = {}): Promise<LocalApi> {
  const { lipSync, jobOptions = {}, retention, ...rest } = options;
  const { onProgress, onPreview, onWarning, ...settings } = jobOptions;
  const jobDefaults = defaultsOf(settings);
  const own = lipSync ? undefined : createLipSync();
  const api = await createLocalApi({
    ...rest,
    runJob: runWith(lipSync ?? own!, { onProgress, onPreview, onWarning }),
    jobDefaults,
    version: VERSION,
    webhookFrameUrl: new URL("../../../public/webhook-frame.html", import.meta.url).href,
    ...(retention ? { retention: () => retention } : {}),
  });
  return {
    fetch: api.fetch,
    baseUrl: api.baseUrl,
    get leading() {
      return api.leading;
    },
    webhookSecret: () => api.webhookSecret(),
    async close() {
      await api.close();
      own?.dispose();
    },
  };
}

export { EngineError } from "../../job/errors.ts";
export type { LipSync, LocalFetch, Retention };
