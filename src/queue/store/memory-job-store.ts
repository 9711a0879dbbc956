import { sameSubmission } from "../same-submission.ts";
import { assertForward, claimedRow, isFinished, queuedRow, type JobDraft, type JobRow } from "../job-row.ts";
import type { JobChange, JobFilter, JobStore } from "./job-store.ts";
import { MemoryLease } from "./memory-lease.ts";

/** A queue in memory, for the ephemeral mode. Changes are serialised. */
export class MemoryJobStore extends MemoryLease implements JobStore {
  private readonly rows = new Map<string, JobRow>();
  private readonly listeners = new Set<(change: JobChange) => void>();
  private sequence = 0;
  private tail: Promise<unknown> = Promise.resolve();

  private serially<T>(work: () => T): Promise<T> {
    const result = this.tail.then(work);
    this.tail = result.catch(() => undefined);
    return result;
  }

  private write(row: JobRow): JobRow {
    this.rows.set(row.id, row);
    this.tell(row.id);
    return row;
  }

  private tell(id: string): void {
    for (const listener of [...this.listeners]) listener({ id });
  }

  create(draft: JobDraft): Promise<{ row: JobRow; created: boolean }> {
    return this.serially(() => {
      const wanted = draft.idempotency;
      const earlier = wanted && [...this.rows.values()].find((row) => row.idempotency?.key === wanted.key);
      if (earlier) return { row: sameSubmission(earlier, draft), created: false };
      const row = this.write(queuedRow(draft, this.sequence + 1));
      this.sequence = row.sequence;
      return { row, created: true };
    });
  }

  get(id: string): Promise<JobRow | undefined> {
    return Promise.resolve(this.rows.get(id));
  }

  list({ states, owner, limit, before = Infinity }: JobFilter): Promise<readonly JobRow[]> {
    const rows = [...this.rows.values()]
      .filter(
        (row) =>
          row.sequence < before &&
          (!states || states.includes(row.state)) &&
          (owner === undefined || row.owner === owner),
      )
      .sort((a, b) => b.sequence - a.sequence);
    return Promise.resolve(rows.slice(0, limit));
  }

  countUnfinished(): Promise<number> {
    let count = 0;
    for (const row of this.rows.values()) if (!isFinished(row)) count++;
    return Promise.resolve(count);
  }

  update(id: string, change: (row: JobRow) => JobRow | undefined): Promise<JobRow | undefined> {
    return this.serially(() => {
      const row = this.rows.get(id);
      const changed = row && change(row);
      if (!row || !changed) return undefined;
      assertForward(row, changed);
      return this.write({ ...changed, revision: row.revision + 1 });
    });
  }

  delete(id: string): Promise<JobRow | undefined> {
    return this.serially(() => {
      const row = this.rows.get(id);
      if (!row) return undefined;
      this.rows.delete(id);
      this.tell(id);
      return row;
    });
  }

  claim(runner: string, nowMs: number, departed?: string): Promise<JobRow | undefined> {
    return this.serially(() => {
      if (this.lease?.owner !== runner) return undefined;
      const next = [...this.rows.values()]
        .filter((row) => row.state === "queued" || (row.state === "running" && row.runner !== runner))
        .reduce<JobRow | undefined>((a, b) => (a && a.sequence < b.sequence ? a : b), undefined);
      if (!next) return undefined;
      return this.write({ ...claimedRow(next, runner, nowMs, departed), revision: next.revision + 1 });
    });
  }

  owedWebhooks(limit: number): Promise<readonly JobRow[]> {
    const rows = [...this.rows.values()]
      .filter((row) => row.webhookDueAt !== undefined)
      .sort((a, b) => a.webhookDueAt! - b.webhookDueAt!);
    return Promise.resolve(rows.slice(0, limit));
  }

  subscribe(listener: (change: JobChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
