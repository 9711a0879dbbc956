import type { QueueDatabase } from "./idb-database.ts";
import { assertForward, claimedRow, queuedRow, type JobDraft, type JobRow } from "../job-row.ts";
import type { JobChange, JobFilter, JobStore, Lease } from "./job-store.ts";
import { sameSubmission } from "../same-submission.ts";
import { storageError } from "../../job/storage-error.ts";

const LEASE = "runner";

/** The queue of a browser: rows in IndexedDB, changes told to every tab over a BroadcastChannel. */
export class IdbJobStore implements JobStore {
  private readonly channel: BroadcastChannel;
  private readonly listeners = new Set<(change: JobChange) => void>();

  /**
   * @param db stays the caller's; close it after the store.
   * @param onLasting called with the id after each change that must not be lost (progress is not one);
   * a job counts as created only when it has resolved.
   */
  constructor(
    private readonly db: QueueDatabase,
    private readonly onLasting: (id: string) => Promise<void> = () => Promise.resolve(),
  ) {
    this.channel = new BroadcastChannel(`${db.name}-jobs`);
    this.channel.onmessage = ({ data }: MessageEvent<JobChange>) => {
      this.tell(data);
    };
  }

  /** Stops listening to the other tabs. */
  close(): void {
    this.channel.close();
    this.listeners.clear();
  }

  private tell(change: JobChange): void {
    for (const listener of [...this.listeners]) listener(change);
  }

  private announce(id: string): void {
    this.channel.postMessage({ id } satisfies JobChange);
    this.tell({ id });
  }

  /** One transaction over rows and lease: `work` either commits as a whole or leaves nothing. */
  private async within<T>(
    tried: string,
    mode: "readonly" | "readwrite",
    work: (tx: ReturnType<IdbJobStore["begin"]>) => Promise<T>,
  ): Promise<T> {
    try {
      const tx = this.begin(mode);
      const done = tx.done.catch((error: unknown) => {
        throw error;
      });
      try {
        const result = await work(tx);
        await done;
        return result;
      } catch (error) {
        done.catch(() => undefined);
        try {
          tx.abort();
        } catch {
          // The transaction is already over.
        }
        throw error;
      }
    } catch (error) {
      throw storageError(error, tried);
    }
  }

  private begin(mode: "readonly" | "readwrite") {
    return this.db.transaction(["jobs", "lease"], mode as "readwrite", { durability: "strict" });
  }

  async create(draft: JobDraft): Promise<{ row: JobRow; created: boolean }> {
    const result = await this.within("Storing the job", "readwrite", async (tx) => {
      const jobs = tx.objectStore("jobs");
      if (draft.idempotency) {
        const earlier = await jobs.index("idempotency").get(draft.idempotency.key);
        if (earlier) return { row: sameSubmission(earlier, draft), created: false };
      }
      const last = await jobs.index("sequence").openKeyCursor(null, "prev");
      const row = queuedRow(draft, Number(last?.key ?? 0) + 1);
      await jobs.add(row);
      return { row, created: true };
    });
    if (result.created) {
      this.announce(result.row.id);
      await this.onLasting(result.row.id);
    }
    return result;
  }

  get(id: string): Promise<JobRow | undefined> {
    return this.within("Reading the job", "readonly", (tx) => tx.objectStore("jobs").get(id));
  }

  list({ states, owner, limit, before }: JobFilter): Promise<readonly JobRow[]> {
    return this.within("Reading the queue", "readonly", async (tx) => {
      const rows: JobRow[] = [];
      const range = before === undefined ? null : IDBKeyRange.upperBound(before, true);
      let cursor = await tx.objectStore("jobs").index("sequence").openCursor(range, "prev");
      while (cursor && rows.length < limit) {
        const { value } = cursor;
        const theirs = owner === undefined || value.owner === owner;
        if (theirs && (!states || states.includes(value.state))) rows.push(value);
        cursor = await cursor.continue();
      }
      return rows;
    });
  }

  countUnfinished(): Promise<number> {
    return this.within("Reading the queue", "readonly", async (tx) => {
      const index = tx.objectStore("jobs").index("state");
      const queued = await index.count(inState("queued"));
      return queued + (await index.count(inState("running")));
    });
  }

  async update(id: string, change: (row: JobRow) => JobRow | undefined): Promise<JobRow | undefined> {
    let lasting = false;
    const changed = await this.within("Storing the job", "readwrite", async (tx) => {
      const jobs = tx.objectStore("jobs");
      const row = await jobs.get(id);
      const wanted = row && change(row);
      if (!row || !wanted) return undefined;
      assertForward(row, wanted);
      const next = { ...wanted, revision: row.revision + 1 };
      await jobs.put(next);
      lasting = next.state !== row.state || next.webhook !== row.webhook || next.spec !== row.spec;
      return next;
    });
    if (changed) this.announce(id);
    if (lasting) void this.onLasting(id);
    return changed;
  }

  async delete(id: string): Promise<JobRow | undefined> {
    const row = await this.within("Deleting the job", "readwrite", async (tx) => {
      const jobs = tx.objectStore("jobs");
      const found = await jobs.get(id);
      if (found) await jobs.delete(id);
      return found;
    });
    if (row) {
      this.announce(id);
      void this.onLasting(id);
    }
    return row;
  }

  async claim(runner: string, nowMs: number, departed?: string): Promise<JobRow | undefined> {
    const claimed = await this.within("Taking the next job", "readwrite", async (tx) => {
      const lease = await tx.objectStore("lease").get(LEASE);
      if (lease?.owner !== runner) return undefined;
      const jobs = tx.objectStore("jobs");
      const index = jobs.index("state");
      const running = await index.getAll(inState("running"));
      const queued = await index.get(inState("queued"));
      const next = [...running.filter((row) => row.runner !== runner), ...(queued ? [queued] : [])].sort(
        (a, b) => a.sequence - b.sequence,
      )[0];
      if (!next) return undefined;
      const row = { ...claimedRow(next, runner, nowMs, departed), revision: next.revision + 1 };
      await jobs.put(row);
      return row;
    });
    if (claimed) this.announce(claimed.id);
    return claimed;
  }

  owedWebhooks(limit: number): Promise<readonly JobRow[]> {
    return this.within("Reading the queue", "readonly", (tx) =>
      tx.objectStore("jobs").index("webhookDueAt").getAll(null, limit),
    );
  }

  subscribe(listener: (change: JobChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  readLease(): Promise<Lease | undefined> {
    return this.within("Reading the lease", "readonly", (tx) => tx.objectStore("lease").get(LEASE));
  }

  takeLease(owner: string, nowMs: number, expected?: Lease): Promise<boolean> {
    return this.within("Taking the lease", "readwrite", async (tx) => {
      const store = tx.objectStore("lease");
      const lease = await store.get(LEASE);
      if (expected && (lease?.owner !== expected.owner || lease.beatAt !== expected.beatAt)) return false;
      await store.put({ owner, beatAt: nowMs }, LEASE);
      return true;
    });
  }

  beatLease(owner: string, nowMs: number): Promise<boolean> {
    return this.within("Renewing the lease", "readwrite", async (tx) => {
      const store = tx.objectStore("lease");
      if ((await store.get(LEASE))?.owner !== owner) return false;
      await store.put({ owner, beatAt: nowMs }, LEASE);
      return true;
    });
  }
}

function inState(state: string): IDBKeyRange {
  return IDBKeyRange.bound([state, 0], [state, Infinity]);
}
