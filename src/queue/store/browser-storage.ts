import { createIdbTable, openQueueDatabase, type QueueDatabase } from "./idb-database.ts";
import { IdbJobStore } from "./idb-job-store.ts";
import type { JobStore } from "./job-store.ts";
import { MemoryJobStore } from "./memory-job-store.ts";
import { createMediaStore, createMemoryBytes, type MediaRecord, type MediaStore } from "./media-store.ts";
import { openMirror } from "./mirror.ts";
import { createBrowserBytes } from "./opfs-bytes.ts";
import { createMemoryTable, type RecordTable } from "./record-table.ts";

/** Everything that one installation keeps. */
export interface Storage {
  readonly store: JobStore;
  readonly media: MediaStore;
  /** A durable table of the given name. */
  table<Row extends { readonly id: string }>(name: "keys" | "settings"): RecordTable<Row>;
  /** Name of the queue; contexts with the same one share it. */
  readonly name: string;
  /** Resolves when nothing is being written any more. */
  close(): Promise<void>;
}

/**
 * The origin's storage: rows in IndexedDB, media in OPFS, and there a second copy of each row, from which a database
 * that the browser has lost is filled again.
 * @throws EngineError `storage/failed` when the browser has none (some private windows).
 */
export async function openBrowserStorage(name = "dudak"): Promise<Storage> {
  let created = false;
  const db: QueueDatabase = await openQueueDatabase(name, undefined, () => {
    created = true;
  });
  const bytes = await createBrowserBytes(db);
  const mirror = await openMirror(db);
  if (created) await mirror?.restore(bytes).catch(() => 0);
  const store = new IdbJobStore(db, async (id) => mirror?.touch("jobs", id));
  return {
    name,
    store,
    media: createMediaStore(createIdbTable<MediaRecord>(db, "media"), bytes),
    table: (table) => createIdbTable(db, table, (id) => void mirror?.touch(table, id)),
    async close() {
      store.close();
      await mirror?.settled();
      db.close();
    },
  };
}

/** Storage that is forgotten with its context: the ephemeral mode. */
export function openMemoryStorage(name = "dudak-memory"): Storage {
  const tables = new Map<string, RecordTable<{ readonly id: string }>>();
  return {
    name,
    store: new MemoryJobStore(),
    media: createMediaStore(createMemoryTable(), createMemoryBytes()),
    table<Row extends { readonly id: string }>(table: string) {
      const present = tables.get(table) ?? createMemoryTable<{ readonly id: string }>();
      tables.set(table, present);
      return present as unknown as RecordTable<Row>;
    },
    close: () => Promise.resolve(),
  };
}
