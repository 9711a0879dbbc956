import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from "idb";
import { EngineError } from "../../job/errors.ts";
import type { JobRow } from "../job-row.ts";
import { currentRow } from "../migrate-row.ts";
import type { Lease } from "./job-store.ts";
import type { MediaRecord } from "./media-store.ts";
import type { RecordTable } from "./record-table.ts";
import { storageError } from "../../job/storage-error.ts";

/** The stores of the database as the newest migration leaves them. */
export interface QueueSchema extends DBSchema {
  jobs: {
    key: string;
    value: JobRow;
    indexes: {
      sequence: number;
      state: [string, number];
      webhookDueAt: number;
      idempotency: string;
    };
  };
  lease: { key: string; value: Lease };
  media: { key: string; value: MediaRecord };
  keys: { key: string; value: { readonly id: string } };
  settings: { key: string; value: { readonly id: string } };
  /** Bytes of media where the browser has no file system of the origin. */
  bytes: { key: string; value: { blob: Blob | ArrayBuffer; modifiedAt: number } };
}

/** The open database. */
export type QueueDatabase = IDBPDatabase<QueueSchema>;

type Upgrade = IDBPTransaction<QueueSchema, StoreNames<QueueSchema>[], "versionchange">;

type Migration = (db: QueueDatabase, tx: Upgrade) => void | Promise<void>;

/** Brings every job's row up to today's form. */
async function rewriteRows(_: QueueDatabase, tx: Upgrade): Promise<void> {
  for (let at = await tx.objectStore("jobs").openCursor(); at; at = await at.continue()) {
    await at.update(currentRow(at.value));
  }
}

/**
 * Steps from an empty database to the newest; step `i` leads to version `i + 1`.
 * Append only: a released step is never edited, and no step drops a store that holds a user's work.
 */
export const MIGRATIONS: readonly Migration[] = [
  (db) => {
    const jobs = db.createObjectStore("jobs", { keyPath: "id" });
    jobs.createIndex("sequence", "sequence", { unique: true });
    jobs.createIndex("state", ["state", "sequence"]);
    jobs.createIndex("webhookDueAt", "webhookDueAt");
    jobs.createIndex("idempotency", "idempotency.key", { unique: true });
    db.createObjectStore("lease");
    db.createObjectStore("media", { keyPath: "id" });
    db.createObjectStore("keys", { keyPath: "id" });
    db.createObjectStore("settings", { keyPath: "id" });
    db.createObjectStore("bytes");
  },
  rewriteRows,
  // Rows of form 3.
  rewriteRows,
];

async function migrate(db: QueueDatabase, tx: Upgrade, from: number, to: number): Promise<void> {
  for (const step of MIGRATIONS.slice(from, to)) await step(db, tx);
}

/**
 * Opens the queue's database, bringing an older one up to date.
 * @param version steps to take, all by default; tests open older ones.
 * @param onCreated called when there was no database: at the first use, and when the browser has lost it.
 * @throws EngineError `storage/failed` when the browser has no IndexedDB or a newer release has written it.
 */
export async function openQueueDatabase(
  name = "dudak",
  version: number = MIGRATIONS.length,
  onCreated: () => void = () => undefined,
): Promise<QueueDatabase> {
  try {
    const db: QueueDatabase = await openDB<QueueSchema>(name, version, {
      upgrade(database, from, to, tx) {
        if (from === 0) onCreated();
        // What fails leaves the older database as it was; the request then fails, too.
        void migrate(database, tx, from, to ?? version).catch(() => {
          tx.abort();
        });
      },
      blocking: () => {
        db.close();
      },
    });
    return db;
  } catch (error) {
    if (error instanceof DOMException && error.name === "VersionError") {
      throw new EngineError(
        "storage/failed",
        "The queue was written by a newer version of Dudak. Reload the page to get that version.",
        { cause: error },
      );
    }
    throw storageError(error, "Opening the browser's database");
  }
}

/**
 * A {@link RecordTable} over one of the database's plain stores.
 * @param onChange called with the id after each change.
 */
export function createIdbTable<Row extends { readonly id: string }>(
  db: QueueDatabase,
  store: "media" | "keys" | "settings",
  onChange: (id: string) => void = () => undefined,
): RecordTable<Row> {
  // The three stores hold rows keyed by `id` and differ only in the rows' type, which the caller names.
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw storageError(error, `Using the browser's store of ${store}`);
    }
  };
  type Stored = QueueSchema[typeof store]["value"];
  const stored = (row: Row) => row as unknown as Stored;
  const typed = (row: Stored | undefined) => row as unknown as Row | undefined;
  return {
    get: (id) => guarded(async () => typed(await db.get(store, id))),
    all: (prefix) =>
      guarded(async () => {
        const range = prefix ? IDBKeyRange.bound(prefix, `${prefix}\uffff`) : null;
        return (await db.getAll(store, range)) as unknown as Row[];
      }),
    put: (row) =>
      guarded(async () => {
        await db.put(store, stored(row));
        onChange(row.id);
      }),
    add: (row) =>
      guarded(async () => {
        const tx = db.transaction(store, "readwrite");
        const present = typed(await tx.store.get(row.id));
        if (!present) await tx.store.put(stored(row));
        await tx.done;
        if (!present) onChange(row.id);
        return present ?? row;
      }),
    update: (id, change) =>
      guarded(async () => {
        const tx = db.transaction(store, "readwrite");
        const row = typed(await tx.store.get(id));
        const changed = row && change(row);
        if (changed) await tx.store.put(stored(changed));
        await tx.done;
        if (changed) onChange(id);
        return changed;
      }),
    delete: (id) =>
      guarded(async () => {
        await db.delete(store, id);
        onChange(id);
      }),
  };
}
