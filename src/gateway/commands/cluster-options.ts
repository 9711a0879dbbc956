import { bytesOf } from "../../headless/option-values.ts";
import { usageError } from "../../headless/usage-error.ts";
import { rowsOf, type HelpPart, type OptionTable } from "../../headless/words/help-page.ts";
import { sentence } from "../../headless/words/words.ts";
import type { CliWords } from "../../headless/words/words.ts";
import type { RedisAddress } from "../cluster/redis-connection.ts";
import type { Patience } from "../patience.ts";
import { parseStorageAddress, type StorageAddress } from "../storage/storage-address.ts";

/** Where a cluster keeps its queue and its media. */
export interface ClusterAddress {
  readonly redis: RedisAddress;
  readonly storage: StorageAddress;
  /** In front of every key in Redis. */
  readonly namespace: string;
}

/** Options that name a cluster. */
export const CLUSTER_OPTIONS = {
  redis: { type: "string", value: "URL", text: sentence("cluster:redis") },
  storage: {
    type: "string",
    value: "URL",
    text: sentence("cluster:storage", { bucket: "s3://BUCKET/PREFIX?endpoint=URL&region=NAME" }),
  },
  namespace: { type: "string", value: "{NAME}", text: sentence("cluster:namespace"), initial: "dudak" },
  "redis-ca": { type: "string", value: "{FILE}", text: sentence("cluster:redisCa") },
  "redis-cert": { type: "string", value: "{FILE}", text: sentence("cluster:redisCert") },
  "redis-key": { type: "string", value: "{FILE}", text: sentence("cluster:redisKey") },
} as const satisfies OptionTable;

/** What `--help` says of {@link CLUSTER_OPTIONS}. */
export const CLUSTER_HELP: readonly HelpPart[] = [
  { rows: rowsOf(CLUSTER_OPTIONS) },
  sentence("cluster:secrets"),
];

type Values = { readonly [Name in keyof typeof CLUSTER_OPTIONS]?: string | undefined };

/**
 * The cluster that options and environment name; undefined when they name none.
 * @throws UsageError when only one half is named, an address is none, or it holds a secret.
 */
export function clusterAddress(
  values: Values,
  env: NodeJS.ProcessEnv = process.env,
): ClusterAddress | undefined {
  const redis = values.redis ?? env["DUDAK_REDIS"];
  const storage = values.storage ?? env["DUDAK_STORAGE"];
  if (redis === undefined && storage === undefined) return undefined;
  if (redis === undefined || storage === undefined) {
    throw usageError("usage/cluster-half");
  }
  const namespace = values.namespace ?? "dudak";
  if (!/^[\w-]{1,40}$/.test(namespace)) {
    throw usageError("usage/namespace");
  }
  return {
    redis: redisAddress(redis, values, env),
    storage: parseStorageAddress(storage),
    namespace,
  };
}

function redisAddress(text: string, values: Values, env: NodeJS.ProcessEnv): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^rediss?:$/.test(url.protocol) || url.hostname === "") {
    throw usageError("usage/redis", { given: text });
  }
  if (url.password !== "" && values.redis !== undefined) {
    throw usageError("usage/redis-password");
  }
  const file = (path: string | undefined) => (path === undefined ? undefined : bytesOf(path));
  const passwordFile = env["DUDAK_REDIS_PASSWORD_FILE"];
  const tls = url.protocol === "rediss:";
  const [ca, cert, key] = [file(values["redis-ca"]), file(values["redis-cert"]), file(values["redis-key"])];
  if (!tls && (ca ?? cert ?? key)) throw usageError("usage/redis-tls");
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || 6379),
    db: Number(url.pathname.slice(1) || 0),
    username: decodeURIComponent(url.username) || env["DUDAK_REDIS_USERNAME"],
    password:
      decodeURIComponent(url.password) ||
      (passwordFile === undefined ? env["DUDAK_REDIS_PASSWORD"] : bytesOf(passwordFile).toString().trim()),
    ...(tls ? { tls: { ca, cert, key } } : {}),
  };
}

/** Says on standard error what is waited for, and what to check. */
export const sayWaiting =
  ({ say }: CliWords): Patience["onWaiting"] =>
  ({ leftMs, ...wait }) => {
    const seconds = String(Math.round(leftMs / 1000));
    console.error(`${say("serve:waiting", { ...wait, seconds })} ${say("stopIt")}`);
  };
