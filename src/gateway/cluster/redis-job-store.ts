import type { Redis } from "ioredis";
import { assertForward, queuedRow, type JobDraft, type JobRow } from "../../queue/job-row.ts";
import { currentRow } from "../../queue/migrate-row.ts";
import type { JobChange, JobFilter } from "../../queue/store/job-store.ts";
import { sameSubmission } from "../../queue/same-submission.ts";
import type { GatewayJobStore, QueueFigures } from "../job-store.ts";
import { asked } from "./redis-connection.ts";
import type { RedisScripts } from "./redis-scripts.ts";

/** What happens to rows beside their being stored. */
export interface RowDuties {
  /** Puts a new job into the queue of the workers. */
  dispatch(row: JobRow): Promise<void>;
  /** Puts a finished job's webhook into the queue of deliveries. */
  owe(row: JobRow): Promise<void>;
}

/** The jobs of an installation on several machines, as rows in Redis that every gateway and worker sees. */
export class RedisJobStore implements GatewayJobStore {
  /** Resolves once changes arrive. */
  readonly listening: Promise<void>;
  private readonly listeners = new Set<(change: JobChange) => void>();

  /**
   * @param subscriber a connection for messages alone; stays the caller's.
   * @param root the part of every key that comes first.
   */
  constructor(
    private readonly redis: Redis,
    subscriber: Redis,
    private readonly scripts: RedisScripts,
    private readonly root: string,
    private readonly duties: RowDuties,
  ) {
    subscriber.on("message", (_channel, id) => {
      for (const listener of [...this.listeners]) listener({ id });
    });
    this.listening = subscriber.subscribe(`${root}:changes`).then(
      () => undefined,
      () => undefined,
    );
  }

  async create(draft: JobDraft): Promise<{ row: JobRow; created: boolean }> {
    const waiting = queuedRow(draft, 0);
    const answer = await this.scripts.create(
      waiting.id,
      // The script writes the sequence in front.
      JSON.stringify({ ...waiting, sequence: undefined }).slice(1),
      waiting.revision,
      waiting.owner ?? "",
      waiting.idempotency?.key ?? "",
      Date.now(),
    );
    if (typeof answer === "string") {
      const first = currentRow(JSON.parse(answer) as object);
      return { row: sameSubmission(first, draft), created: false };
    }
    const row = { ...waiting, sequence: Number(answer) };
    await this.duties.dispatch(row);
    // Not waited for: a note that stays is found and removed later.
    void this.redis.zrem(`${this.root}:undispatched`, row.id).catch(() => undefined);
    return { row, created: true };
  }

  async get(id: string): Promise<JobRow | undefined> {
    const json = await asked(this.redis.hget(`${this.root}:row:${id}`, "json"));
    return json === null ? undefined : currentRow(JSON.parse(json) as object);
  }

  async list({ states, owner, limit, before }: JobFilter): Promise<readonly JobRow[]> {
    const sets = states
      ? states.map((state) => (owner === undefined ? `state:${state}` : `owner:${owner}:${state}`))
      : [owner === undefined ? "all" : `owner:${owner}`];
    const rows = rowsOf(await this.scripts.newest(before ?? "+inf", limit, ...sets));
    return rows.sort((a, b) => b.sequence - a.sequence).slice(0, limit);
  }

  async countUnfinished(): Promise<number> {
    const { redis, root } = this;
    const counts = [redis.zcard(`${root}:state:queued`), redis.zcard(`${root}:state:running`)];
    return (await asked(Promise.all(counts))).reduce((sum, count) => sum + count, 0);
  }

  async figures(): Promise<QueueFigures> {
    const { redis, root } = this;
    const sets = ["state:queued", "state:running", "state:completed", "state:failed", "due"];
    const counts = await asked(Promise.all(sets.map((set) => redis.zcard(`${root}:${set}`))));
    const [queued = 0, running = 0, completed = 0, failed = 0, webhooksOwed = 0] = counts;
    const oldest = rowsOf(await this.scripts.lowest("state:queued", 1))[0];
    const since = oldest ? { oldestQueuedAt: oldest.createdAt } : {};
    return { queued, running, completed, failed, webhooksOwed, ...since };
  }

  async update(id: string, change: (row: JobRow) => JobRow | undefined): Promise<JobRow | undefined> {
    for (;;) {
      const before = await this.get(id);
      const changed = before && change(before);
      if (!before || !changed) return undefined;
      assertForward(before, changed);
      const after = { ...changed, revision: before.revision + 1 };
      const done = await this.scripts.replace(
        id,
        before.revision,
        JSON.stringify(after),
        after.revision,
        after.sequence,
        after.owner ?? "",
        before.state,
        after.state,
        after.webhookDueAt ?? "",
      );
      if (done !== 1) continue;
      // What is owed lies in the row, so that a delivery that is not queued here is queued a little later.
      const owed = before.webhookDueAt === undefined && after.webhookDueAt !== undefined;
      if (owed) await this.duties.owe(after).catch(() => undefined);
      return after;
    }
  }

  async delete(id: string): Promise<JobRow | undefined> {
    for (;;) {
      const row = await this.get(id);
      if (!row) return undefined;
      const key = row.idempotency?.key ?? "";
      if ((await this.scripts.remove(id, row.revision, row.owner ?? "", row.state, key)) === 1) return row;
    }
  }

  async owedWebhooks(limit: number): Promise<readonly JobRow[]> {
    return rowsOf(await this.scripts.lowest("due", limit));
  }

  /** Jobs whose submission was cut off before they came into the workers' queue, before that epoch ms. */
  async undispatched(beforeMs: number, limit: number): Promise<readonly string[]> {
    return asked(this.redis.zrangebyscore(`${this.root}:undispatched`, 0, beforeMs, "LIMIT", 0, limit));
  }

  /** Notes that a job is in the workers' queue, or need not be. */
  async dispatched(id: string): Promise<void> {
    await asked(this.redis.zrem(`${this.root}:undispatched`, id));
  }

  subscribe(listener: (change: JobChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

function rowsOf(answer: unknown): JobRow[] {
  return (answer as string[]).map((json) => currentRow(JSON.parse(json) as object));
}
