import type { JobDraft, JobRow, JobState } from "../job-row.ts";

/** Which context runs the queue, and when it last gave a sign of life. */
export interface Lease {
  readonly owner: string;
  /** Epoch ms. */
  readonly beatAt: number;
}

/** The right to run the queue, as a row that outlives every context. */
export interface LeaseStore {
  /** The lease, or undefined when nobody ever held it. */
  readLease(): Promise<Lease | undefined>;
  /**
   * Makes `owner` the holder, atomically.
   * @param expected when given, only if the lease still is `expected`, owner and beat.
   * @returns whether it did.
   */
  takeLease(owner: string, nowMs: number, expected?: Lease): Promise<boolean>;
  /** Renews the lease; false when it is no longer `owner`'s. */
  beatLease(owner: string, nowMs: number): Promise<boolean>;
}

/** A change that watchers may want to look up. */
export interface JobChange {
  readonly id: string;
}

/** Which jobs {@link JobStore.list} returns. */
export interface JobFilter {
  readonly states?: readonly JobState[];
  /** Only jobs of this {@link JobDraft.owner}. */
  readonly owner?: string;
  /** At most this many. */
  readonly limit: number;
  /** Only jobs that came before this sequence number. */
  readonly before?: number;
}

/**
 * The jobs, durable. Every method is atomic, also between tabs and machines.
 * All reject with EngineError `storage/full` when there is no room, `storage/failed` when the storage breaks and
 * `storage/unavailable` when it may answer again in a while; nothing is left half-written then.
 */
export interface JobTable {
  /**
   * Adds a job at the end of the queue. With `draft.idempotency`, a second submission of the same key and body
   * returns the first one's row and `created: false`.
   * @throws EngineError `job/conflict`, with the earlier job's id, when the key came with another body before.
   */
  create(draft: JobDraft): Promise<{ row: JobRow; created: boolean }>;
  get(id: string): Promise<JobRow | undefined>;
  /** Newest first. */
  list(filter: JobFilter): Promise<readonly JobRow[]>;
  /** How many jobs are queued or running. */
  countUnfinished(): Promise<number>;
  /**
   * Replaces a row by what `change` makes of it; `change` is synchronous and may refuse with undefined. It is called
   * again when another context was faster.
   * @returns the new row, or undefined when there is none or the change was refused.
   * @throws EngineError `internal/bug` when the change goes backwards.
   */
  update(id: string, change: (row: JobRow) => JobRow | undefined): Promise<JobRow | undefined>;
  /** Removes a row (not its media); the row that was removed. */
  delete(id: string): Promise<JobRow | undefined>;
  /** Finished jobs whose webhook is owed, the next due first, those not yet due included. */
  owedWebhooks(limit: number): Promise<readonly JobRow[]>;
  /** Calls `listener` after each change made by any context; returns the way to stop. */
  subscribe(listener: (change: JobChange) => void): () => void;
}

/** Jobs that one runner takes from one after the other: the queue where one context has the lease. */
export interface JobStore extends JobTable, LeaseStore {
  /**
   * Takes the oldest job that is queued or that another runner left behind.
   * @param departed token of a runner that said farewell: its jobs did not crash.
   * @returns undefined when there is none, or when the lease is not `runner`'s.
   */
  claim(runner: string, nowMs: number, departed?: string): Promise<JobRow | undefined>;
}
