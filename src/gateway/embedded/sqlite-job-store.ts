import { assertForward, claimedRow, queuedRow, type JobDraft, type JobRow } from "../../queue/job-row.ts";
import { MemoryLease } from "../../queue/store/memory-lease.ts";
import type { JobChange, JobFilter, JobStore } from "../../queue/store/job-store.ts";
import { sameSubmission } from "../../queue/same-submission.ts";
import { currentRow } from "../../queue/migrate-row.ts";
import type { GatewayJobStore, QueueFigures } from "../job-store.ts";
import type { Database, SqlValue } from "./database.ts";
import { attempt, parsed } from "./sqlite-table.ts";

const LOOK_MS = 500;

/** Whether the process that opens the store runs the queue, or only reaches into it (`dudak jobs`). */
type Part = "gateway" | "visitor";

/**
 * The queue as rows of a SQLite file: nothing of it is kept in memory but the lease, which need not outlive the folder's
 * one gateway (see `folder-lock.ts`).
 */
export class SqliteJobStore extends MemoryLease implements GatewayJobStore, JobStore {
  private readonly listeners = new Set<(change: JobChange) => void>();
  private readonly watch: NodeJS.Timeout | undefined;
  private readonly sql;

  constructor(
    private readonly database: Database,
    private readonly part: Part = "gateway",
  ) {
    super();
    this.sql = statements(database);
    if (part === "visitor") return;
    this.watch = setInterval(() => {
      try {
        this.readNotices();
      } catch {
        // The disk refuses; the next look may find it mended.
      }
    }, LOOK_MS);
    this.watch.unref();
  }

  /** Stops looking for what other processes changed. */
  close(): void {
    clearInterval(this.watch);
    this.listeners.clear();
  }

  private readNotices(): void {
    const notices = this.sql.notices.all();
    if (notices.length === 0) return;
    this.database.within("Reading notices", () => this.sql.dropNotices.run(notices.at(-1)!["number"]!));
    for (const { job } of notices) this.tell(String(job));
  }

  private tell(id: string): void {
    for (const listener of [...this.listeners]) listener({ id });
  }

  /** @param changed the job that was changed, if one was, and whether that must survive a power cut. */
  private async write<T>(
    tried: string,
    work: () => T,
    changed: (result: T) => { id: string; lasting: boolean } | undefined,
  ): Promise<T> {
    const result = this.database.within(tried, () => {
      const done = work();
      const change = changed(done);
      if (change && this.part === "visitor") this.sql.notice.run(change.id);
      return done;
    });
    const change = changed(result);
    if (change) this.tell(change.id);
    if (change?.lasting) await this.database.flush();
    return result;
  }

  private read(id: string): JobRow | undefined {
    return parsed<object>(this.sql.byId.all(id)).map(currentRow)[0];
  }

  private replace(row: JobRow): JobRow {
    this.sql.replace.run(...columnsOf(row), row.sequence);
    return row;
  }

  create(draft: JobDraft): Promise<{ row: JobRow; created: boolean }> {
    return this.write(
      "Storing the job",
      () => {
        const key = draft.idempotency?.key;
        const earlier = key === undefined ? [] : parsed<JobRow>(this.sql.byIdempotency.all(key));
        if (earlier[0]) return { row: sameSubmission(earlier[0], draft), created: false };
        const sequence = Number(this.sql.lastSequence.all()[0]?.["seq"] ?? 0) + 1;
        const row = queuedRow(draft, sequence);
        this.insert(row);
        return { row, created: true };
      },
      ({ row, created }) => (created ? { id: row.id, lasting: true } : undefined),
    );
  }

  /** Adds a row of an earlier layout as it is; for within a transaction. */
  insert(row: JobRow): void {
    this.sql.insert.run(row.sequence, ...columnsOf(row));
  }

  get(id: string): Promise<JobRow | undefined> {
    return attempt(() => this.read(id));
  }

  list({ states, owner, limit, before = Number.MAX_SAFE_INTEGER }: JobFilter): Promise<readonly JobRow[]> {
    return attempt(() => {
      const { all, byState, byOwner, byOwnerAndState } = this.sql;
      const found = states
        ? states.flatMap((state) =>
            parsed<JobRow>(
              owner === undefined
                ? byState.all(state, before, limit)
                : byOwnerAndState.all(owner, state, before, limit),
            ),
          )
        : parsed<JobRow>(owner === undefined ? all.all(before, limit) : byOwner.all(owner, before, limit));
      return found
        .map(currentRow)
        .sort((a, b) => b.sequence - a.sequence)
        .slice(0, limit);
    });
  }

  countUnfinished(): Promise<number> {
    return attempt(() => this.count("queued") + this.count("running"));
  }

  private count(state: string): number {
    return Number(this.sql.count.all(state)[0]!["count"]);
  }

  figures(): Promise<QueueFigures> {
    return attempt(() => {
      const oldest = parsed<JobRow>(this.sql.oldestQueued.all())[0];
      return {
        queued: this.count("queued"),
        running: this.count("running"),
        completed: this.count("completed"),
        failed: this.count("failed"),
        webhooksOwed: Number(this.sql.countOwed.all()[0]!["count"]),
        ...(oldest ? { oldestQueuedAt: oldest.createdAt } : {}),
      };
    });
  }

  update(id: string, change: (row: JobRow) => JobRow | undefined): Promise<JobRow | undefined> {
    let before: JobRow | undefined;
    return this.write(
      "Storing the job",
      () => {
        before = this.read(id);
        const changed = before && change(before);
        if (!before || !changed) return undefined;
        assertForward(before, changed);
        return this.replace({ ...changed, revision: before.revision + 1 });
      },
      (row) => row && { id, lasting: !isProgress(before!, row) },
    );
  }

  delete(id: string): Promise<JobRow | undefined> {
    return this.write(
      "Deleting the job",
      () => {
        const row = this.read(id);
        if (row) this.sql.remove.run(id);
        return row;
      },
      (row) => row && { id, lasting: true },
    );
  }

  claim(runner: string, nowMs: number, departed?: string): Promise<JobRow | undefined> {
    return this.write(
      "Taking the next job",
      () => {
        if (this.lease?.owner !== runner) return undefined;
        const found = [...this.sql.oldestQueued.all(), ...this.sql.oldestLeft.all(runner)];
        const next = parsed<object>(found)
          .map(currentRow)
          .sort((a, b) => a.sequence - b.sequence)[0];
        return (
          next && this.replace({ ...claimedRow(next, runner, nowMs, departed), revision: next.revision + 1 })
        );
      },
      (row) => row && { id: row.id, lasting: false },
    );
  }

  owedWebhooks(limit: number): Promise<readonly JobRow[]> {
    return attempt(() => parsed<object>(this.sql.owed.all(limit)).map(currentRow));
  }

  subscribe(listener: (change: JobChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** Whether nothing but the progress differs, which the next run makes again. */
function isProgress(before: JobRow, after: JobRow): boolean {
  return after.state === before.state && after.webhook === before.webhook && after.spec === before.spec;
}

/** The columns that are searched, and the row itself. */
function columnsOf(row: JobRow): SqlValue[] {
  return [
    row.id,
    row.state,
    row.owner ?? null,
    row.runner ?? null,
    row.webhookDueAt ?? null,
    row.idempotency?.key ?? null,
    JSON.stringify(row),
  ];
}

function statements(database: Database) {
  const newest = (where: string) =>
    database.prepare(`select row from jobs where ${where} sequence < ? order by sequence desc limit ?`);
  const columns = "id, state, owner, runner, webhook_due_at, idempotency, row";
  return {
    byId: database.prepare("select row from jobs where id = ?"),
    byIdempotency: database.prepare("select row from jobs where idempotency = ?"),
    lastSequence: database.prepare("select seq from sqlite_sequence where name = 'jobs'"),
    insert: database.prepare(`insert into jobs (sequence, ${columns}) values (?, ?, ?, ?, ?, ?, ?, ?)`),
    replace: database.prepare(`update jobs set (${columns}) = (?, ?, ?, ?, ?, ?, ?) where sequence = ?`),
    remove: database.prepare("delete from jobs where id = ?"),
    all: newest(""),
    byState: newest("state = ? and"),
    byOwner: newest("owner = ? and"),
    byOwnerAndState: newest("owner = ? and state = ? and"),
    count: database.prepare("select count(*) as count from jobs where state = ?"),
    countOwed: database.prepare("select count(*) as count from jobs where webhook_due_at is not null"),
    oldestQueued: database.prepare("select row from jobs where state = 'queued' order by sequence limit 1"),
    oldestLeft: database.prepare(
      "select row from jobs where state = 'running' and runner is not ? order by sequence limit 1",
    ),
    owed: database.prepare(
      "select row from jobs where webhook_due_at is not null order by webhook_due_at limit ?",
    ),
    notice: database.prepare("insert into notices (job) values (?)"),
    notices: database.prepare("select number, job from notices order by number"),
    dropNotices: database.prepare("delete from notices where number <= ?"),
  };
}
