import { Queue, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { JobRow } from "../../queue/job-row.ts";
import type { JobTable } from "../../queue/store/job-store.ts";
import { RETRY_PAUSES_MS, type Deliver } from "../../rest/webhooks.ts";
import { connectPatiently, redisError, type RedisAddress } from "./redis-connection.ts";

const NAME = "webhooks";
const PARALLEL = 8;

interface Ticket {
  readonly id: string;
}

/** The deliveries that are owed, each once. */
export interface WebhookQueue {
  add(row: JobRow): Promise<void>;
  holds(id: string): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Opens the queue to add to it.
 * @param redis a connection whose commands fail at once; stays the caller's.
 * @param prefix of BullMQ's keys.
 */
export function openWebhookQueue(
  redis: Redis,
  prefix: string,
  pausesMs: readonly number[] = RETRY_PAUSES_MS,
): WebhookQueue {
  const queue = new Queue<Ticket, void, "webhook">(NAME, {
    connection: redis,
    prefix,
    defaultJobOptions: {
      attempts: pausesMs.length + 1,
      backoff: { type: "custom" },
      removeOnComplete: true,
      removeOnFail: true,
    },
  });
  queue.on("error", () => undefined);
  return {
    async add({ id }) {
      await queue.add("webhook", { id }, { jobId: id }).catch((error: unknown) => {
        throw redisError(error);
      });
    },
    holds: async (id) => (await queue.getJob(id)) !== undefined,
    close: () => queue.close(),
  };
}

/** What {@link startDeliveries} needs. */
export interface DeliveriesOptions {
  readonly address: RedisAddress;
  readonly prefix: string;
  readonly store: JobTable;
  readonly deliver: Deliver;
  readonly pausesMs?: readonly number[] | undefined;
  readonly onError: (error: Error) => void;
}

/** Delivers what is owed; a delivery that fails waits in the queue for its next try, whoever makes it. */
export function startDeliveries(options: DeliveriesOptions): { close(): Promise<void> } {
  const { address, prefix, store, deliver, pausesMs = RETRY_PAUSES_MS, onError } = options;
  const stop = new AbortController();
  const connection = connectPatiently(address);
  const worker = new Worker<Ticket>(
    NAME,
    async ({ data }) => {
      const row = await store.get(data.id);
      if (row?.webhookDueAt === undefined) return;
      const after = await deliver(row, stop.signal);
      if (after?.webhookDueAt !== undefined || stop.signal.aborted) throw new Error("not delivered yet");
    },
    {
      connection,
      prefix,
      concurrency: PARALLEL,
      maxStalledCount: 1_000_000,
      settings: { backoffStrategy: (attempts) => pausesMs[attempts - 1] ?? 0 },
    },
  );
  worker.on("error", onError);
  return {
    async close() {
      stop.abort();
      await worker.close();
      connection.disconnect();
    },
  };
}
