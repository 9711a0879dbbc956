import type { Redis } from "ioredis";
import type { Installation } from "../data-dir.ts";
import { createMediaStore, type ByteStore, type MediaRecord } from "../../queue/store/media-store.ts";
import type { KeyRecord, KeyUse } from "../../rest/keys.ts";
import type { WebhookSecret } from "../../rest/webhooks.ts";
import type { Patience } from "../patience.ts";
import { openFileBytes } from "../storage/file-bytes.ts";
import type { StorageAddress } from "../storage/storage-address.ts";
import { openJobQueue, type JobQueue } from "./job-queue.ts";
import { connectRedis, subscriberOf, type RedisAddress } from "./redis-connection.ts";
import { RedisJobStore } from "./redis-job-store.ts";
import { prepareScripts, type RedisScripts } from "./redis-scripts.ts";
import { openRedisTable } from "./redis-table.ts";
import { openWebhookQueue, type WebhookQueue } from "./webhook-queue.ts";

/** Where a cluster is, and how long to wait for it. */
export interface ClusterOptions extends Partial<Patience> {
  readonly redis: RedisAddress;
  readonly storage: StorageAddress;
  readonly namespace: string;
  readonly webhookPausesMs?: readonly number[] | undefined;
}

/** An installation on several machines. */
export interface Cluster extends Installation<RedisJobStore> {
  readonly redis: Redis;
  readonly scripts: RedisScripts;
  readonly jobs: JobQueue;
  readonly webhooks: WebhookQueue;
  /** The part of every key that comes first; one node of a Redis cluster holds them all. */
  readonly root: string;
  /** Of BullMQ's keys. */
  readonly prefix: string;
}

/**
 * Opens a cluster's storage.
 * @throws EngineError `storage/unavailable` or `storage/failed`.
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { redis: address, namespace, patienceMs = 3000, onWaiting } = options;
  const patience = { patienceMs, onWaiting };
  const bytes = await openBytes(options.storage, patience);
  const redis = await connectRedis(address, patience);
  const subscriber = subscriberOf(redis);
  const root = `{${namespace}}`;
  const prefix = `${root}:queue`;
  const scripts = prepareScripts(redis, root);
  const jobs = openJobQueue(redis, prefix);
  const webhooks = openWebhookQueue(redis, prefix, options.webhookPausesMs);
  const store = new RedisJobStore(redis, subscriber, scripts, root, {
    dispatch: (row) => jobs.add(row),
    owe: (row) => webhooks.add(row),
  });
  await store.listening;
  const table = <Row extends { readonly id: string }>(kind: string) =>
    openRedisTable<Row>(redis, scripts, root, kind);
  return {
    redis,
    scripts,
    jobs,
    webhooks,
    root,
    prefix,
    store,
    media: createMediaStore(table<MediaRecord>("media"), bytes, { ownPlaces: true }),
    keys: table<KeyRecord>("keys"),
    uses: table<KeyUse>("uses"),
    settings: table<WebhookSecret>("settings"),
    async close() {
      await Promise.all([jobs.close(), webhooks.close()]).catch(() => undefined);
      subscriber.disconnect();
      redis.disconnect();
    },
  };
}

async function openBytes(address: StorageAddress, patience: Patience): Promise<ByteStore> {
  if (address.kind === "folder") return openFileBytes(address.path);
  // The client of S3 is large: loaded where it is used.
  return (await import("../storage/s3-bytes.ts")).openS3Bytes(address, patience);
}
