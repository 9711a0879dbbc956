import { setTimeout } from "node:timers/promises";
import { Redis, type RedisOptions } from "ioredis";
import { EngineError } from "../../job/errors.ts";
import { toldError } from "../../headless/told-error.ts";
import { tellSilence, type Patience } from "../patience.ts";

/** A Redis or Valkey server, and how to log in there. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Present for TLS: certificates to check the server by, this client's own. */
  readonly tls?: {
    readonly ca?: Buffer | undefined;
    readonly cert?: Buffer | undefined;
    readonly key?: Buffer | undefined;
  };
}

/** Connects for workers, which wait for as long as the server is away. */
export function connectPatiently(address: RedisAddress): Redis {
  const redis = new Redis(patientOptions(address));
  // Told by BullMQ, too; without a listener it would end the process.
  redis.on("error", () => undefined);
  return redis;
}

function patientOptions(address: RedisAddress): RedisOptions {
  const { username, password, tls, ...where } = address;
  return {
    ...where,
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(tls ? { tls: present(tls) } : {}),
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, 2000),
  };
}

/** Options for a connection whose commands fail at once while the server is away: whoever asked is told. */
function promptOptions(address: RedisAddress): RedisOptions {
  return {
    ...patientOptions(address),
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: 5000,
    commandTimeout: 10_000,
  };
}

const FIRST_TRY_MS = 3000;

/** A refusal that waiting does not change. */
const REFUSED = /^(WRONGPASS|NOAUTH|NOPERM)\b/;

/**
 * Connects; the first try has {@link FIRST_TRY_MS} in any case.
 * @throws EngineError `storage/unavailable`; at once where the password is wrong or missing.
 */
export async function connectRedis(address: RedisAddress, patience: Patience): Promise<Redis> {
  const { patienceMs } = patience;
  const redis = new Redis(promptOptions(address));
  const begun = performance.now();
  const passedMs = () => performance.now() - begun;
  let last: unknown;
  let refused = false;
  redis.on("error", (error: Error) => {
    last = error;
    refused ||= error.name === "ReplyError" && REFUSED.test(error.message);
  });
  const where = () => ({ address: `${address.host}:${String(address.port)}`, reason: reasonOf(last) });
  const heard = tellSilence(patience, () => ({ service: "Redis", option: "--redis", ...where() }));
  const ready = new Promise<void>((resolve) => redis.once("ready", resolve));
  const firstTry = redis.connect().catch((error: unknown) => {
    last ??= error;
  });
  const over = new AbortController();
  const delay = (ms: number) => setTimeout(ms, undefined, over).catch(() => undefined);
  try {
    await Promise.race([firstTry, delay(Math.max(FIRST_TRY_MS, patienceMs))]);
    while (redis.status !== "ready" && !refused && passedMs() < patienceMs)
      await Promise.race([ready, delay(200)]);
  } finally {
    heard();
    // A timer would keep the process alive after its failure.
    over.abort();
  }
  if (redis.status === "ready") return redis;
  redis.disconnect();
  throw toldError("storage/unavailable", last, "host/no-redis", where());
}

function reasonOf(error: unknown): string {
  const said = error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : undefined;
  return said ?? "no answer";
}

/** A second connection that receives messages; it comes back by itself. */
export function subscriberOf(redis: Redis): Redis {
  const subscriber = redis.duplicate({
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    commandTimeout: undefined,
    lazyConnect: false,
  } as RedisOptions);
  subscriber.on("error", () => undefined);
  return subscriber;
}

/** Refusals of a server that may take the same command in a while. */
const PASSING = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MISCONF|NOREPLICAS|BUSY)\b/;

/** What went wrong with Redis, as an error of ours. */
export function redisError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const { name, message } = error as Error;
  if (name === "ReplyError" && /^OOM\b/.test(message)) {
    return new EngineError(
      "storage/full",
      "Redis has no memory left. Remove finished jobs, or give it more.",
      {
        cause: error,
      },
    );
  }
  if (name === "ReplyError" && !PASSING.test(message)) {
    return new EngineError("storage/failed", `Redis refused: ${message}`, { cause: error });
  }
  return new EngineError(
    "storage/unavailable",
    "The storage of jobs does not answer for the moment. Try again in a few seconds.",
    { cause: error },
  );
}

/** The answer of Redis. @throws EngineError. */
export async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw redisError(error);
  }
}

function present<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}
