import { constants } from "node:fs";
import { access, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { toldError } from "../headless/told-error.ts";
import { createMediaStore, type MediaRecord, type MediaStore } from "../queue/store/media-store.ts";
import type { JobStore } from "../queue/store/job-store.ts";
import type { RecordTable } from "../queue/store/record-table.ts";
import type { KeyRecord, KeyUse } from "../rest/keys.ts";
import type { WebhookSecret } from "../rest/webhooks.ts";
import { openDatabase, type Database } from "./embedded/database.ts";
import { lockFolder } from "./embedded/folder-lock.ts";
import { SqliteJobStore } from "./embedded/sqlite-job-store.ts";
import { openSqliteTable } from "./embedded/sqlite-table.ts";
import { hasFileLayout, takeOver } from "./embedded/import-old-folder.ts";
import type { GatewayJobStore } from "./job-store.ts";
import { openFileBytes } from "./storage/file-bytes.ts";

/** The tables of an installation beside its jobs. */
export interface SharedTables {
  readonly keys: RecordTable<KeyRecord>;
  readonly uses: RecordTable<KeyUse>;
  readonly settings: RecordTable<WebhookSecret>;
}

/** Everything that a gateway keeps, wherever it lies. */
export interface Installation<Store extends GatewayJobStore = GatewayJobStore> extends SharedTables {
  readonly store: Store;
  readonly media: MediaStore;
  close(): Promise<void>;
}

/** A gateway's data folder, owned by this process alone until it is closed. */
export interface DataDir extends Installation<GatewayJobStore & JobStore> {
  /** A path for a file that is written before it is stored. */
  scratch(name: string): string;
}

/**
 * Opens a gateway's folder to run its queue: a database for jobs and records, media as files.
 * @throws EngineError `storage/failed` when another gateway runs on it.
 */
export async function openDataDir(folder: string): Promise<DataDir> {
  await makeFolder(folder);
  const lock = join(folder, "gateway.pid");
  await lockFolder(lock);
  let database: Database | undefined;
  try {
    const scratch = join(folder, "scratch");
    await rm(scratch, { recursive: true, force: true });
    await mkdir(scratch, { mode: 0o700 });
    database = await openDatabase(databaseOf(folder));
    if (hasFileLayout(folder)) await takeOver(folder, database);
    const opened = await openInstallation(folder, database, "gateway");
    return {
      ...opened,
      scratch: (name) => join(scratch, encodeURIComponent(name)),
      async close() {
        await opened.close();
        await rm(lock, { force: true });
      },
    };
  } catch (error) {
    await database?.close();
    await rm(lock, { force: true });
    throw error;
  }
}

/**
 * A data folder for a command that reaches into it, also while a gateway runs on it.
 * @throws EngineError `storage/failed` when a gateway of an earlier release runs on it.
 */
export async function visitDataDir(folder: string): Promise<Installation> {
  await makeFolder(folder);
  // A folder of an earlier release becomes one of today's first.
  if (hasFileLayout(folder)) await (await openDataDir(folder)).close();
  return openInstallation(folder, await openDatabase(databaseOf(folder)), "visitor");
}

/** @throws ToldError `storage/failed` when nothing can be written there. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw toldError("storage/failed", error, "host/folder-unusable", { folder, code: code ?? message });
  }
}

const databaseOf = (folder: string) => join(folder, "gateway.db");

async function openInstallation(
  folder: string,
  database: Database,
  part: "gateway" | "visitor",
): Promise<Installation<DataDir["store"]>> {
  const store = new SqliteJobStore(database, part);
  const records = openSqliteTable<MediaRecord>(database, "media");
  return {
    store,
    media: createMediaStore(records, await openFileBytes(join(folder, "media"))),
    keys: openSqliteTable<KeyRecord>(database, "keys"),
    uses: openSqliteTable<KeyUse>(database, "uses"),
    settings: openSqliteTable<WebhookSecret>(database, "settings"),
    async close() {
      store.close();
      await database.close();
    },
  };
}
