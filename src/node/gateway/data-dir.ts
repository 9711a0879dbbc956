import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../../core/errors.ts";
import type { Storage } from "../../jobs/browser-storage.ts";
import type { JobRow } from "../../jobs/job-row.ts";
import { createMediaStore, type MediaRecord } from "../../jobs/media-store.ts";
import { MemoryJobStore } from "../../jobs/memory-job-store.ts";
import type { RecordTable } from "../../jobs/record-table.ts";
import type { KeyRecord, KeyUse } from "../../api/keys.ts";
import type { WebhookSecret } from "../../api/webhooks.ts";
import { openFileBytes } from "./file-bytes.ts";
import { openFileTable } from "./file-table.ts";

/** The tables that the command line may use while a gateway runs on the same folder. */
export interface SharedTables {
  readonly keys: RecordTable<KeyRecord>;
  readonly uses: RecordTable<KeyUse>;
  readonly settings: RecordTable<WebhookSecret>;
}

/** A gateway's data folder, owned by this process alone until it is closed. */
export interface DataDir extends Pick<Storage, "store" | "media">, SharedTables {
  /** A path for a file that is written before it is stored. */
  scratch(name: string): string;
  close(): Promise<void>;
}

/** Keys and settings of a data folder. */
export async function openSharedTables(folder: string): Promise<SharedTables> {
  return {
    keys: await openFileTable<KeyRecord>(join(folder, "keys")),
    uses: await openFileTable<KeyUse>(join(folder, "key-uses")),
    settings: await openFileTable<WebhookSecret>(join(folder, "settings")),
  };
}

/**
 * Opens a gateway's folder: one JSON file per job and per record, media as files.
 * @throws EngineError `storage/failed` when another gateway runs on it.
 */
export async function openDataDir(folder: string): Promise<DataDir> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = join(folder, "gateway.pid");
  await takeLock(lock);
  try {
    const scratch = join(folder, "scratch");
    await rm(scratch, { recursive: true, force: true });
    await mkdir(scratch, { mode: 0o700 });
    const rows = await openFileTable<JobRow>(join(folder, "jobs"), { cached: true });
    const records = await openFileTable<MediaRecord>(join(folder, "media-records"), { cached: true });
    const journal = { write: (row: JobRow) => rows.put(row), remove: (id: string) => rows.delete(id) };
    return {
      ...(await openSharedTables(folder)),
      store: new MemoryJobStore(journal, await rows.all()),
      media: createMediaStore(records, await openFileBytes(join(folder, "media"))),
      scratch: (name) => join(scratch, encodeURIComponent(name)),
      close: () => rm(lock, { force: true }),
    };
  } catch (error) {
    await rm(lock, { force: true });
    throw error;
  }
}

/** Writes this process's id into a new file; the file of a process that is no longer there is replaced. */
async function takeLock(path: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(path, "wx", 0o600);
      await file.writeFile(String(process.pid));
      await file.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const owner = Number(await readFile(path, "utf8").catch(() => ""));
    if (owner > 0 && owner !== process.pid && isAlive(owner)) {
      throw new EngineError(
        "storage/failed",
        `Another gateway (process ${String(owner)}) uses this folder. Stop it, or choose another with --data.`,
      );
    }
    await rm(path, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
