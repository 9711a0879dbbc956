import { UsageError } from "../headless/usage.ts";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { GatewayOptions } from "./serve.ts";

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
  --json                  print where it listens as JSON
  --verbose               print what the browser logs`;

/** A parsed `dudak serve` command line. */
export interface ServeOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly gateway: Omit<GatewayOptions, "startHost" | "version">;
}

/**
 * Parses the arguments of `dudak serve`.
 * @throws UsageError for an unknown option or a value out of range.
 */
export function parseServeOptions(argv: readonly string[], defaultDataDir: string): ServeOptions {
  const values = parse(argv);
  const gateway: Omit<GatewayOptions, "startHost" | "version"> = {
    port: whole(values.port, "--port", 0, 65_535),
    host: values.host,
    concurrency: whole(values.concurrency, "--concurrency", 1, 64),
    dataDir: resolve(values.data ?? defaultDataDir),
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
  };
  const { help = false, json = false, verbose = false } = values;
  return { help, json, verbose, gateway };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
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
        json: { type: "boolean" },
        verbose: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function whole(text: string | undefined, option: string, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new UsageError(
      `${option} must be a whole number from ${String(min)} to ${String(max)}, not "${text}".`,
    );
  }
  return value;
}

function times(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

function oneOf<T extends string>(
  text: string | undefined,
  option: string,
  allowed: readonly T[],
): T | undefined {
  const found = allowed.find((value) => value === text);
  if (text !== undefined && !found)
    throw new UsageError(`${option} must be ${allowed.join(" or ")}, not "${text}".`);
  return found;
}

function origin(text: string, option: string): string {
  try {
    return new URL(text).origin;
  } catch {
    throw new UsageError(`${option} must be an origin like https://example.com, not "${text}".`);
  }
}
