import { resolve } from "node:path";
import { UsageError } from "../../headless/exit-codes.ts";
import type { FrontSettings } from "../front.ts";
import { CLUSTER_HELP, CLUSTER_OPTIONS, clusterAddress, type ClusterAddress } from "./cluster-options.ts";
import { parseLine } from "../../headless/parse-line.ts";
import { logOptions, oneOf, origin, SERVICE_HELP, SERVICE_OPTIONS, times, whole } from "./option-values.ts";

/** What `dudak serve --help` prints. */
export const SERVE_HELP = `Usage: dudak serve [options]

Answers the lip-sync REST API on this machine; the engine runs in a headless browser.

  --port N                default 8787; 0 chooses a free one
  --host ADDRESS          default 127.0.0.1; anything else can be reached from other machines
  --concurrency N         jobs at the same time, each in its own browser (default 1)
  --data DIR              folder of jobs, media and keys (default ~/.dudak)
  --keep-days N           remove finished jobs after N days (default: keep them)
  --max-size MB           largest file, uploaded or fetched (default 2000)
  --max-queue N           unfinished jobs beyond which 429 is answered (default 1000)
  --rate N                submissions and uploads per key and minute (default 600)
  --link-minutes N        addresses of results are signed and expire after N minutes (default: they last as the job)
  --allow-origin ORIGIN   pages of this origin may call; can be repeated
  --allow-private-urls    also fetch from and deliver to private addresses
  --public-origin ORIGIN  how clients reach this gateway, when it is behind a proxy
  --format mp4|webm       of the results (default: the best the browser encodes)
  --backend webgpu|wasm   where the networks run (default: the best there is)
  --ops-port N            /livez, /readyz and /metrics on a port of their own, without a key
${SERVICE_HELP}

On more than one machine (docs/scale-out.md), a gateway without a browser, for workers (dudak work):

${CLUSTER_HELP}`;

/** A parsed `dudak serve` command line. */
export interface ServeOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly verbose: boolean;
  /** Milliseconds. */
  readonly drainMs: number;
  readonly front: Omit<FrontSettings, "version">;
  /** Where jobs lie and run: a folder and browsers here, or machines elsewhere. */
  readonly place: { readonly dataDir: string; readonly concurrency: number | undefined } | ClusterAddress;
}

/**
 * Parses the arguments of `dudak serve`.
 * @throws UsageError for an unknown option or a value out of range.
 */
export function parseServeOptions(argv: readonly string[], defaultDataDir: string): ServeOptions {
  const { values } = parseLine(argv, OPTIONS);
  const front: Omit<FrontSettings, "version"> = {
    port: whole(values.port, "--port", 0, 65_535),
    host: values.host,
    opsPort: whole(values["ops-port"], "--ops-port", 0, 65_535),
    keepDays: whole(values["keep-days"], "--keep-days", 0, 36_500),
    maxBytes: times(whole(values["max-size"], "--max-size", 1, 100_000), 1e6),
    maxUnfinished: whole(values["max-queue"], "--max-queue", 1, 1e6),
    perMinute: whole(values.rate, "--rate", 1, 1e6),
    linkMinutes: whole(values["link-minutes"], "--link-minutes", 1, 525_600),
    allowedOrigins: (values["allow-origin"] ?? []).map((text) =>
      text === "*" ? "*" : origin(text, "--allow-origin"),
    ),
    allowPrivateUrls: values["allow-private-urls"] ?? false,
    publicOrigin: values["public-origin"] && origin(values["public-origin"], "--public-origin"),
    format: oneOf(values.format, "--format", ["mp4", "webm"]),
    backend: oneOf(values.backend, "--backend", ["webgpu", "wasm"]),
    log: logOptions(values),
  };
  const concurrency = whole(values.concurrency, "--concurrency", 1, 64);
  const cluster = values.help ? undefined : clusterAddress(values);
  if (cluster && (values.data !== undefined || concurrency !== undefined)) {
    throw new UsageError(
      "--data and --concurrency have no meaning with --redis: jobs run where dudak work runs.",
    );
  }
  const { help = false, json = false, verbose = false } = values;
  return {
    help,
    json,
    verbose,
    drainMs: (whole(values.drain, "--drain", 0, 86_400) ?? 25) * 1000,
    front,
    place: cluster ?? { dataDir: resolve(values.data ?? defaultDataDir), concurrency },
  };
}

const OPTIONS = {
  ...SERVICE_OPTIONS,
  ...CLUSTER_OPTIONS,
  port: { type: "string" },
  host: { type: "string" },
  concurrency: { type: "string" },
  data: { type: "string" },
  "keep-days": { type: "string" },
  "max-size": { type: "string" },
  "max-queue": { type: "string" },
  "link-minutes": { type: "string" },
  rate: { type: "string" },
  "allow-origin": { type: "string", multiple: true },
  "allow-private-urls": { type: "boolean" },
  "public-origin": { type: "string" },
  format: { type: "string" },
  backend: { type: "string" },
  "ops-port": { type: "string" },
} as const;
