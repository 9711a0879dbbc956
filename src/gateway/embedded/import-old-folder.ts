import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { currentRow } from "../../queue/migrate-row.ts";
import { storageError } from "../../job/storage-error.ts";
import type { Database } from "./database.ts";
import { SqliteJobStore } from "./sqlite-job-store.ts";

/** Folders of releases up to 0.1 that hold one JSON file per record, by the kind that they have in the database. */
const KINDS = { keys: "keys", "key-uses": "uses", settings: "settings", "media-records": "media" } as const;
const JOBS = "jobs";
/** Where these folders are put once the database holds what they held. */
const AFTER = "before-database";

/** Whether a data folder still has records of a release that kept each in a file. */
export function hasFileLayout(folder: string): boolean {
  return [JOBS, ...Object.keys(KINDS)].some((name) => existsSync(join(folder, name)));
}

/**
 * Copies the records of a release that kept each in a JSON file into the database, in one transaction, then moves
 * their folders aside. After a crash in between it starts again and finds the copied ones present. Media stay where
 * they are.
 * @throws EngineError `storage/failed` when a file cannot be read; the folder is then as it was.
 */
export async function takeOver(folder: string, database: Database): Promise<void> {
  await database.withinAsync("Taking over the data folder", async () => {
    const present = database.prepare("select 1 from jobs where id = ?");
    const store = new SqliteJobStore(database, "visitor");
    for await (const row of records(join(folder, JOBS))) {
      const current = currentRow(row);
      if (present.all(current.id).length === 0) store.insert(current);
    }
    const write = database.prepare("insert or ignore into records (kind, id, row) values (?, ?, ?)");
    for (const [name, kind] of Object.entries(KINDS)) {
      for await (const row of records(join(folder, name))) {
        write.run(kind, (row as { id: string }).id, JSON.stringify(row));
      }
    }
  });
  await mkdir(join(folder, AFTER), { recursive: true, mode: 0o700 });
  for (const name of [JOBS, ...Object.keys(KINDS)]) {
    const from = join(folder, name);
    if (existsSync(from)) await rename(from, await freeName(join(folder, AFTER, name)));
  }
}

/** The JSON files of a folder, one after the other. */
async function* records(folder: string): AsyncGenerator<object> {
  const names = existsSync(folder) ? await readdir(folder) : [];
  for (const name of names) {
    if (!name.endsWith(".json")) continue;
    const path = join(folder, name);
    try {
      yield JSON.parse(await readFile(path, "utf8")) as object;
    } catch (error) {
      throw storageError(error, `Reading ${path}`);
    }
  }
}

async function freeName(path: string): Promise<string> {
  for (let n = 0; ; n++) {
    const name = n === 0 ? path : `${path}-${String(n)}`;
    if (!existsSync(name)) return Promise.resolve(name);
  }
}
