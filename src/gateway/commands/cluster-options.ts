import { readFileSync } from "node:fs";
import { UsageError } from "../../headless/exit-codes.ts";
import type { RedisAddress } from "../cluster/redis-connection.ts";
import { parseStorageAddress, type StorageAddress } from "../storage/storage-address.ts";
import { secretFrom } from "./option-values.ts";

/** Where a cluster keeps its queue and its media. */
export interface ClusterAddress {
  readonly redis: RedisAddress;
  readonly storage: StorageAddress;
  /** In front of every key in Redis. */
  readonly namespace: string;
}

/** Options that name a cluster. */
export const CLUSTER_OPTIONS = {
  redis: { type: "string" },
  storage: { type: "string" },
  namespace: { type: "string" },
  "redis-ca": { type: "string" },
  "redis-cert": { type: "string" },
  "redis-key": { type: "string" },
} as const;

/** What `--help` says of {@link CLUSTER_OPTIONS}. */
export const CLUSTER_HELP = `  --redis URL             redis://HOST:PORT/DB of a Redis or Valkey; rediss:// for TLS
  --storage URL           s3://BUCKET/PREFIX?endpoint=URL&region=NAME, or file:///FOLDER that all machines share
  --namespace NAME        when several installations share one Redis (default dudak)
  --redis-ca FILE         certificates that a rediss:// server's is checked against
  --redis-cert FILE, --redis-key FILE   this client's certificate and its key

Secrets come from the environment: DUDAK_REDIS_USERNAME, DUDAK_REDIS_PASSWORD or DUDAK_REDIS_PASSWORD_FILE; for S3 as
AWS has it (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a file named by AWS_SHARED_CREDENTIALS_FILE, a role). DUDAK_REDIS
and DUDAK_STORAGE take the place of --redis and --storage. NODE_EXTRA_CA_CERTS names certificates for S3.`;

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
    throw new UsageError(
      "--redis and --storage go together: the queue in one, media and results in the other.",
    );
  }
  const namespace = values.namespace ?? "dudak";
  if (!/^[\w-]{1,40}$/.test(namespace)) {
    throw new UsageError("--namespace must be letters, digits, - or _, at most 40.");
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
    throw new UsageError(`--redis must be like redis://HOST:6379 or rediss://HOST:6379, not "${text}".`);
  }
  if (url.password !== "" && values.redis !== undefined) {
    throw new UsageError(
      "A password in --redis can be read by everyone on this machine. Put it into DUDAK_REDIS_PASSWORD or into a file that DUDAK_REDIS_PASSWORD_FILE names.",
    );
  }
  const file = (path: string | undefined) => (path === undefined ? undefined : readBytes(path));
  const passwordFile = env["DUDAK_REDIS_PASSWORD_FILE"];
  const tls = url.protocol === "rediss:";
  const [ca, cert, key] = [file(values["redis-ca"]), file(values["redis-cert"]), file(values["redis-key"])];
  if (!tls && (ca ?? cert ?? key))
    throw new UsageError("--redis-ca, --redis-cert and --redis-key need rediss://.");
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || 6379),
    db: Number(url.pathname.slice(1) || 0),
    username: decodeURIComponent(url.username) || env["DUDAK_REDIS_USERNAME"],
    password:
      decodeURIComponent(url.password) ||
      (passwordFile === undefined ? env["DUDAK_REDIS_PASSWORD"] : secretFrom(passwordFile)),
    ...(tls ? { tls: { ca, cert, key } } : {}),
  };
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(
      `The file ${path} could not be read (${(error as NodeJS.ErrnoException).code ?? ""}).`,
    );
  }
}
