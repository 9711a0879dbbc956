import { open, type FileHandle } from "node:fs/promises";
import { toldError } from "../../headless/told-error.ts";
import { storageError } from "../../job/storage-error.ts";

/** A prepared statement; parameters are bound in their order. */
export interface Statement {
  run(...values: readonly SqlValue[]): { readonly changes: number };
  all(...values: readonly SqlValue[]): readonly Readonly<Record<string, SqlValue>>[];
}

/** What a column can hold. */
export type SqlValue = string | number | null;

/** One connection to a SQLite file. Its calls are synchronous. */
export interface Database {
  prepare(sql: string): Statement;
  /**
   * Runs `work` as one transaction that other processes wait for: all of it happens or nothing.
   * @param tried what is being done, as the start of a sentence.
   * @throws EngineError `storage/full`, `storage/failed`, or what `work` throws.
   */
  within<T>(tried: string, work: () => T): T;
  /** The same for work that awaits in between; nothing else may use the connection meanwhile. */
  withinAsync<T>(tried: string, work: () => Promise<T>): Promise<T>;
  /**
   * Resolves when everything committed so far would survive a power cut. Flushes are shared by all who wait, and do
   * not hold up the event loop.
   */
  flush(): Promise<void>;
  /** Flushes and closes. */
  close(): Promise<void>;
}

/** The steps of the schema, append only: `PRAGMA user_version` counts those that a file has had. */
const SCHEMA: readonly string[] = [
  `create table jobs (
     sequence integer primary key autoincrement,
     id text not null unique,
     state text not null,
     owner text,
     runner text,
     webhook_due_at integer,
     idempotency text unique,
     row text not null
   ) strict;
   create index jobs_by_state on jobs (state, sequence);
   create index jobs_by_owner on jobs (owner, sequence) where owner is not null;
   create index jobs_by_owner_and_state on jobs (owner, state, sequence) where owner is not null;
   create index jobs_by_webhook on jobs (webhook_due_at) where webhook_due_at is not null;
   create table records (kind text not null, id text not null, row text not null, primary key (kind, id)) strict, without rowid;
   create table notices (number integer primary key, job text not null) strict;`,
];

/** How long a process waits for another one's transaction, in ms. */
const BUSY_MS = 10_000;

/**
 * Opens a SQLite file in WAL mode, where a commit alone survives the end of the process, and brings its schema up to this release.
 * @throws EngineError `storage/failed` when the binding is not installed or a later release wrote the file.
 */
export async function openDatabase(path: string): Promise<Database> {
  // SQLite gives its companions (-wal, -shm) the permissions of the file itself.
  await (await open(path, "a", 0o600)).close();
  const { default: Binding } = await import("libsql").catch((cause: unknown) => {
    throw toldError("storage/failed", cause, "host/no-database");
  });
  const connection = new Binding(path);
  const explain = (error: unknown, tried: string): never => {
    const { code, message } = error as { code?: string; message?: string };
    throw storageError(code === "SQLITE_FULL" ? { code: "ENOSPC", message } : error, tried);
  };
  const roll = () => {
    if (connection.inTransaction) connection.exec("rollback");
  };
  let log: FileHandle;
  const flush = sharedFlush(() => log.datasync());
  const database: Database = {
    prepare: (sql) => connection.prepare(sql) as unknown as Statement,
    within(tried, work) {
      try {
        connection.exec("begin immediate");
        const result = work();
        connection.exec("commit");
        return result;
      } catch (error) {
        roll();
        return explain(error, tried);
      }
    },
    async withinAsync(tried, work) {
      try {
        connection.exec("begin immediate");
        const result = await work();
        connection.exec("commit");
        return result;
      } catch (error) {
        roll();
        return explain(error, tried);
      }
    },
    flush: () => flush(),
    async close() {
      await flush().catch(() => undefined);
      connection.close();
      await log.close();
    },
  };
  try {
    connection.exec(`pragma busy_timeout = ${String(BUSY_MS)}`);
    connection.exec("pragma journal_mode = wal");
    // The log is flushed by `flush`; at a checkpoint SQLite flushes log and file itself.
    connection.exec("pragma synchronous = normal");
    migrate(database, path, (sql) => void connection.exec(sql));
    log = await open(`${path}-wal`, "r+");
    return database;
  } catch (error) {
    connection.close();
    throw storageError(error, `Opening ${path}`);
  }
}

/** Calls that come while a flush runs share the one that starts after it. */
function sharedFlush(flush: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (): Promise<void> => {
    next = undefined;
    const started = flush().finally(() => {
      if (running === started) running = undefined;
    });
    running = started;
    return started;
  };
  return () => {
    if (!running) return start();
    next ??= running.then(start, start);
    return next;
  };
}

function migrate(database: Database, path: string, run: (sql: string) => void): void {
  database.within("Preparing the database", () => {
    const version = Number(database.prepare("pragma user_version").all()[0]!["user_version"]);
    if (version > SCHEMA.length) {
      throw toldError("storage/failed", undefined, "host/later-version", { path });
    }
    for (const step of SCHEMA.slice(version)) run(step);
    if (version < SCHEMA.length) run(`pragma user_version = ${String(SCHEMA.length)}`);
  });
}
