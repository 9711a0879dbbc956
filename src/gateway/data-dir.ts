import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { EngineError } from "../job/errors.ts";
import type { Storage } from "../queue/store/browser-storage.ts";
import type { JobRow } from "../queue/job-row.ts";
import { currentRow } from "../queue/migrate-row.ts";
import { createMediaStore, type MediaRecord } from "../queue/store/media-store.ts";
import { MemoryJobStore } from "../queue/store/memory-job-store.ts";
import type { RecordTable } from "../queue/store/record-table.ts";
import type { KeyRecord, KeyUse } from "../rest/keys.ts";
import type { WebhookSecret } from "../rest/webhooks.ts";
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
      store: new MemoryJobStore(journal, (await rows.all()).map(currentRow)),
      media: createMediaStore(records, await openFileBytes(join(folder, "media"))),
      scratch: (name) => join(scratch, encodeURIComponent(name)),
      close: () => rm(lock, { force: true }),
    };
  } catch (error) {
    await rm(lock, { force: true });
    throw error;
  }
}

/**
 * Writes who runs into a new file; the file of a process that is no longer there is replaced.
 * A process id alone does not tell: after a restart of the machine another program may have it.
 */
async function takeLock(path: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(path, "wx", 0o600);
      await file.writeFile(`${String(process.pid)} ${await startOf(process.pid)}`.trim());
      await file.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const [pid, start] = await readLock(path);
    if (pid > 0 && pid !== process.pid && (await isRunning(pid, start))) {
      throw new EngineError(
        "storage/failed",
        `Another gateway (process ${String(pid)}) uses this folder. Stop it, or choose another with --data. If that process is no gateway, delete ${path}.`,
      );
    }
    await rm(path, { force: true });
  }
}

/** Id and start of the process that holds the lock; one that has just made the file gets a moment to write. */
async function readLock(path: string): Promise<[pid: number, start: string]> {
  let text = "";
  for (let attempt = 0; attempt < 5 && text === ""; attempt++) {
    if (attempt > 0) await setTimeout(100);
    text = await readFile(path, "utf8").catch(() => "gone");
  }
  const [pid = "", ...start] = text.split(" ");
  return [Number(pid) || 0, start.join(" ")];
}

/** Whether the process of this id and start runs; where starts cannot be known, whether there is one of this id. */
async function isRunning(pid: number, start: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const now = await startOf(pid);
  return start === "" || now === "" || now === start;
}

/** When a process began, as text that no other process of this id has; empty where the system does not tell it. */
async function startOf(pid: number): Promise<string> {
  try {
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    const stat = await readFile(`/proc/${String(pid)}/stat`, "utf8");
    // Field 22; the second one, the program's name in brackets, may hold spaces.
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]!;
    return `${boot.trim()} ${ticks}`;
  } catch {
    return "";
  }
}
