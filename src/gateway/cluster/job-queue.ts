import { DelayedError, Queue, Worker, type Job } from "bullmq";
import type { Redis } from "ioredis";
import { randomId } from "../../core/random.ts";
import { claimedRow, isFinished, ROW_FORM, type JobRow } from "../../queue/job-row.ts";
import type { JobTable } from "../../queue/store/job-store.ts";
import { connectPatiently, redisError, type RedisAddress } from "./redis-connection.ts";

/** First form of a row that a release with several machines wrote. */
const FIRST_FORM = 3;

/** Each form of rows has a queue of its own, so that a worker never takes a job of a release later than itself. */
const queueOf = (form: number) => `jobs-${String(form)}`;

interface Ticket {
  readonly id: string;
}

/** Time, in ms, that a worker may be silent before its jobs are another's; renewed at half of it. */
const LOCK_MS = 30_000;
const AGAIN_MS = 500;

/** The queue of jobs as gateways see it. */
export interface JobQueue {
  /** Puts a job in, once. */
  add(row: JobRow): Promise<void>;
  /** Whether a job is in the queue or at a worker. */
  holds(id: string): Promise<boolean>;
  /** How many workers are connected. */
  workers(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens the queue to add to it.
 * @param redis a connection whose commands fail at once; stays the caller's.
 * @param prefix of BullMQ's keys.
 */
export function openJobQueue(redis: Redis, prefix: string): JobQueue {
  const queue = new Queue<Ticket, void, "job">(queueOf(ROW_FORM), {
    connection: redis,
    prefix,
    defaultJobOptions: {
      // A run that breaks off is another run; how often is the row's to say, which also knows of dead machines.
      attempts: 1_000_000,
      backoff: { type: "fixed", delay: AGAIN_MS },
      removeOnComplete: true,
      removeOnFail: true,
    },
  });
  queue.on("error", () => undefined);
  return {
    async add({ id }) {
      await queue.add("job", { id }, { jobId: id }).catch((error: unknown) => {
        throw redisError(error);
      });
    },
    holds: async (id) => (await queue.getJob(id)) !== undefined,
    workers: () => queue.getWorkersCount(),
    close: () => queue.close(),
  };
}

/** How {@link startWorkers} runs jobs. */
export interface WorkersOptions {
  readonly address: RedisAddress;
  readonly prefix: string;
  readonly store: JobTable;
  /** Jobs at the same time. */
  readonly concurrency: number;
  /** Runs a claimed row to its end, or lets go of it. */
  readonly run: (row: JobRow, token: string) => Promise<void>;
  readonly lockMs?: number;
  /** Told of what goes wrong between worker and Redis. */
  readonly onError: (error: Error) => void;
}

/**
 * Takes jobs from the queue and runs them. A job whose worker has died is found by the others when its lock lapses.
 * @returns what stops taking jobs and resolves when those in the middle have come to their end.
 */
export function startWorkers(options: WorkersOptions): { close(): Promise<void> } {
  const { address, prefix, store, concurrency, run, lockMs = LOCK_MS, onError } = options;
  let closing = false;

  const process = async (job: Job<Ticket>, lock?: string): Promise<void> => {
    const token = randomId();
    const row = await store.update(job.data.id, (current) =>
      isFinished(current) || current.form > ROW_FORM ? undefined : claimedRow(current, token, Date.now()),
    );
    if (row) await run(row, token);
    const after = await store.get(job.data.id);
    if (!after || isFinished(after)) return;
    // Let go, or of a later release: it waits for its next worker.
    await job.moveToDelayed(Date.now() + (closing ? 0 : AGAIN_MS), lock);
    throw new DelayedError();
  };

  const connection = connectPatiently(address);
  const workers = Array.from({ length: ROW_FORM - FIRST_FORM + 1 }, (_, i) => {
    const worker = new Worker<Ticket>(queueOf(FIRST_FORM + i), process, {
      connection,
      prefix,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: 1_000_000,
    });
    worker.on("error", onError);
    return worker;
  });
  return {
    async close() {
      closing = true;
      await Promise.all(workers.map((worker) => worker.close()));
      connection.disconnect();
    },
  };
}
