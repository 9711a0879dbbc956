import { ENGLISH_WORDS, type LoadReportWords } from "../job/report/report-words.ts";
import type { JobTable } from "../queue/store/job-store.ts";
import type { MediaStore } from "../queue/store/media-store.ts";
import type { JobDefaults } from "./job-defaults.ts";
import type { KeyListing, KeyStore } from "./keys.ts";
import type { ResultLinks } from "./links.ts";

/** What the router needs of the place that it answers in. */
export interface ApiDeps {
  readonly store: JobTable;
  readonly media: MediaStore;
  readonly keys: KeyStore;
  /** `required`: every request carries a key. `own-page`: only pages of the own origin get here, they need none. */
  readonly access: "required" | "own-page";
  /** Origins whose pages may call, `*` for all; origins of bound keys may always. */
  readonly allowedOrigins?: readonly string[];
  /** Path of the API. */
  readonly basePath?: string;
  /** Origin that clients see, when it is not that of the request (behind a proxy). */
  readonly publicOrigin?: string;
  /** Largest upload in bytes. */
  readonly maxFileBytes?: number;
  /** Largest JSON body in bytes, `data:` URLs included. */
  readonly maxJsonBytes?: number;
  /** Unfinished jobs beyond this are refused with 429. */
  readonly maxUnfinished?: number;
  /** Seconds that `client` (its key, else its address) must wait before it may submit or upload again; 0 lets it. */
  readonly throttle?: (client: string) => number | Promise<number>;
  /** Signs addresses of results that work without a key for a while. */
  readonly links?: ResultLinks;
  /** For what a request leaves open; kept with the job from its submission on. */
  readonly jobDefaults?: () => Promise<JobDefaults>;
  /** The words of a report's page; English where absent. */
  readonly reportWords?: LoadReportWords;
  readonly version: string;
  /** More fields for `GET /health`; `status: "degraded"` when jobs cannot run. */
  readonly health?: () => Promise<Record<string, unknown>>;
  readonly now?: () => number;
}

type Optional = "publicOrigin" | "throttle" | "health" | "jobDefaults" | "links";

/** The deps with every default filled in. */
export type FullDeps = Required<Omit<ApiDeps, Optional>> & Pick<ApiDeps, Optional>;

/** One request on its way through a route. */
export interface Call {
  readonly request: Request;
  readonly url: URL;
  readonly params: Readonly<Record<string, string>>;
  /** Origin and path of the API as clients address it, without a slash at the end. */
  readonly base: string;
  /** The key, where one was sent. */
  readonly key: KeyListing | undefined;
  readonly deps: FullDeps;
}

/** Fills in the defaults. */
export function withDefaults(deps: ApiDeps): FullDeps {
  return {
    ...deps,
    allowedOrigins: deps.allowedOrigins ?? [],
    basePath: deps.basePath ?? "/api/v1",
    maxFileBytes: deps.maxFileBytes ?? 4e9,
    maxJsonBytes: deps.maxJsonBytes ?? 128e6,
    maxUnfinished: deps.maxUnfinished ?? 1000,
    reportWords: deps.reportWords ?? (() => Promise.resolve(ENGLISH_WORDS)),
    now: deps.now ?? Date.now,
  };
}
