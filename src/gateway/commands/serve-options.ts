import { resolve } from "node:path";
import { oneOf, origin, times, whole } from "../../headless/option-values.ts";
import { noWords, parseLine } from "../../headless/parse-line.ts";
import { usageError } from "../../headless/usage-error.ts";
import { rowsOf, type HelpPage, type OptionTable } from "../../headless/words/help-page.ts";
import { sentence } from "../../headless/words/words.ts";
import type { FrontSettings } from "../front.ts";
import { CLUSTER_HELP, CLUSTER_OPTIONS, clusterAddress, type ClusterAddress } from "./cluster-options.ts";
import { DRAIN_SECONDS, logOptions, SERVICE_OPTIONS } from "./service-options.ts";

const OPTIONS = {
  port: { type: "string", value: "N", text: sentence("serve:port"), initial: "8787" },
  host: { type: "string", value: "{ADDRESS}", text: sentence("serve:host"), initial: "127.0.0.1" },
  concurrency: { type: "string", value: "N", text: sentence("serve:concurrency"), initial: "1" },
  data: { type: "string", value: "{FOLDER}", text: sentence("serve:data"), initial: "~/.dudak" },
  "keep-days": {
    type: "string",
    value: "N",
    text: sentence("serve:keepDays"),
    initial: sentence("serve:kept"),
  },
  "max-size": { type: "string", value: "MB", text: sentence("serve:maxSize"), initial: "2000" },
  "max-queue": { type: "string", value: "N", text: sentence("serve:maxQueue"), initial: "1000" },
  rate: { type: "string", value: "N", text: sentence("serve:rate"), initial: "600" },
  "link-minutes": {
    type: "string",
    value: "N",
    text: sentence("serve:linkMinutes"),
    initial: sentence("serve:asJob"),
  },
  "allow-origin": {
    type: "string",
    multiple: true,
    value: "{ORIGIN}",
    text: sentence("serve:allowOrigin"),
  },
  "allow-private-urls": { type: "boolean", text: sentence("serve:allowPrivate") },
  "public-origin": { type: "string", value: "{ORIGIN}", text: sentence("serve:publicOrigin") },
  format: {
    type: "string",
    value: "{NAME}",
    text: sentence("serve:format", { first: "mp4", second: "webm" }),
    initial: sentence("serve:bestEncoded"),
  },
  backend: {
    type: "string",
    value: "{NAME}",
    text: sentence("serve:backend", { first: "webgpu", second: "wasm" }),
    initial: sentence("help:machineHas"),
  },
  "ops-port": { type: "string", value: "N", text: sentence("serve:opsPort") },
  ...SERVICE_OPTIONS,
} as const satisfies OptionTable;

/** What `dudak serve --help` prints. */
export const SERVE_HELP: HelpPage = {
  usage: ["serve [{OPTIONS}]"],
  parts: [sentence("serve:about"), { rows: rowsOf(OPTIONS) }, sentence("cluster:heading"), ...CLUSTER_HELP],
};

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
  const { values } = parseLine(argv, { ...OPTIONS, ...CLUSTER_OPTIONS }, noWords);
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
    throw usageError("usage/cluster-local");
  }
  const { help = false, json = false, verbose = false } = values;
  return {
    help,
    json,
    verbose,
    drainMs: (whole(values.drain, "--drain", 0, 86_400) ?? DRAIN_SECONDS) * 1000,
    front,
    place: cluster ?? { dataDir: resolve(values.data ?? defaultDataDir), concurrency },
  };
}
