import { canWritePrivateFiles, openPrivateFile } from "../../core/browser/private-file.ts";
import type { QueueDatabase } from "./idb-database.ts";
import type { JobRow } from "../job-row.ts";
import { currentRow } from "../migrate-row.ts";
import { UPLOAD_OWNER, type ByteStore, type MediaRecord } from "./media-store.ts";

/** The stores that are mirrored; media records can be made from the files themselves. */
const MIRRORED = ["jobs", "keys", "settings"] as const;
/** One of the stores that are mirrored. */
export type MirroredStore = (typeof MIRRORED)[number];

/**
 * Second copies of rows, as files of the origin's private file system. They are needed because a database can be
 * lost as a whole: when Chromium is killed in the middle of a write, its IndexedDB goes on writing behind the torn
 * record, cannot read that at the start after the next one, and begins with an empty database.
 */
export interface Mirror {
  /** Brings the copy of a row up to date; never rejects: one that cannot be written is tried at the next change. */
  touch(store: MirroredStore, id: string): Promise<void>;
  /** Resolves when every copy that was asked for is written. */
  settled(): Promise<void>;
  /** Fills an empty database with the copies, and the media store with records of the files; how many jobs there were. */
  restore(bytes: ByteStore): Promise<number>;
}

interface Copy {
  readonly store: MirroredStore;
  readonly row: { readonly id: string };
}

/**
 * The mirror of a database.
 * @returns undefined where the browser has no private file system that every context can write to.
 */
export async function openMirror(db: QueueDatabase): Promise<Mirror | undefined> {
  if (!canWritePrivateFiles()) return undefined;
  try {
    const root = await navigator.storage.getDirectory();
    return createMirror(db, await root.getDirectoryHandle(`${db.name}-mirror`, { create: true }));
  } catch {
    return undefined;
  }
}

function createMirror(db: QueueDatabase, folder: FileSystemDirectoryHandle): Mirror {
  let tail: Promise<void> = Promise.resolve();
  const nameOf = (store: MirroredStore, id: string) => `${store}.${encodeURIComponent(id)}.json`;

  /** Reads the row when its turn has come, so that the last copy always is of the last state. */
  async function copy(store: MirroredStore, id: string): Promise<void> {
    const name = nameOf(store, id);
    await navigator.locks.request(`${db.name}-mirror-${name}`, async () => {
      const row = await db.get(store, id);
      if (!row) {
        await folder.removeEntry(name).catch(() => undefined);
        return;
      }
      const writable = await openPrivateFile(folder, name);
      await writable.write(JSON.stringify({ store, row } satisfies Copy));
      await writable.close();
    });
  }

  async function readAll(): Promise<Copy[]> {
    const copies: Copy[] = [];
    for await (const handle of folder.values()) {
      if (handle.kind !== "file" || !handle.name.endsWith(".json")) continue;
      const text = await (await (handle as FileSystemFileHandle).getFile()).text();
      try {
        copies.push(JSON.parse(text) as Copy);
      } catch {
        // A copy whose first write was interrupted is empty; there is nothing to restore from it.
      }
    }
    return copies.filter(({ store }) => MIRRORED.includes(store));
  }

  return {
    touch(store, id) {
      tail = tail.then(() => copy(store, id)).catch(() => undefined);
      return tail;
    },
    settled: () => tail,
    async restore(bytes) {
      const copies = await readAll();
      const jobs = copies.filter((copy) => copy.store === "jobs").map((copy) => currentRow(copy.row));
      const records = await recordsOf(bytes, jobs);
      const tx = db.transaction(["jobs", "keys", "settings", "media"], "readwrite");
      const table = tx.objectStore("jobs");
      const last = await table.index("sequence").openKeyCursor(null, "prev");
      let sequence = Number(last?.key ?? 0);
      for (const row of jobs.sort((a, b) => a.sequence - b.sequence || a.createdAt - b.createdAt)) {
        if (await table.get(row.id)) continue;
        // The order stays; the numbers are unique again, also when one was given twice around a loss.
        sequence = Math.max(sequence + 1, row.sequence);
        await table.put({ ...row, sequence });
      }
      for (const { store, row } of copies) {
        if (store !== "jobs" && !(await tx.objectStore(store).get(row.id)))
          await tx.objectStore(store).put(row);
      }
      for (const record of records) await tx.objectStore("media").put(record);
      await tx.done;
      return jobs.length;
    },
  };
}

/** Records for files whose own ones are lost: the type is known of outputs only, the engine looks at the bytes. */
async function recordsOf(bytes: ByteStore, jobs: readonly JobRow[]): Promise<MediaRecord[]> {
  const types = new Map(jobs.map((row) => [row.output?.file, row.output?.type]));
  const records: MediaRecord[] = [];
  for (const { id, modifiedAt } of await bytes.list()) {
    // Anything else is what an interrupted write left beside its place.
    if (!/^[0-9a-f-]{36}(\.[0-9a-z-]+)?$/.test(id)) continue;
    const size = (await bytes.open(id))?.size;
    if (size === undefined) continue;
    const owner = id.includes(".") ? id.slice(0, id.indexOf(".")) : UPLOAD_OWNER;
    records.push({
      id,
      type: types.get(id) ?? "application/octet-stream",
      size,
      owner,
      createdAt: modifiedAt,
    });
  }
  return records;
}
