import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RecordTable } from "../queue/store/record-table.ts";
import { storageError } from "../job/storage-error.ts";
import { writeAtomically } from "./atomic-file.ts";

/**
 * A table of one JSON file per row, so that two processes that write different rows never undo each other.
 * @param options.cached the process owns the folder alone, so rows are read from disk only once.
 */
export async function openFileTable<Row extends { readonly id: string }>(
  folder: string,
  options: { cached?: boolean } = {},
): Promise<RecordTable<Row>> {
  const pathOf = (id: string) => join(folder, `${encodeURIComponent(id)}.json`);
  let tail: Promise<unknown> = Promise.resolve();
  const serially = <T>(work: () => Promise<T>): Promise<T> => {
    const result = tail.then(work).catch((error: unknown) => {
      throw storageError(error, `Writing to ${folder}`);
    });
    tail = result.catch(() => undefined);
    return result;
  };
  const read = async (id: string): Promise<Row | undefined> => {
    const text = await readFile(pathOf(id), "utf8").catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw storageError(error, `Reading from ${folder}`);
    });
    return text === undefined ? undefined : (JSON.parse(text) as Row);
  };
  const readAll = async (): Promise<Row[]> => {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
    const rows = await Promise.all(names.map((name) => read(decodeURIComponent(name.slice(0, -5)))));
    return rows.filter((row) => row !== undefined);
  };

  await mkdir(folder, { recursive: true, mode: 0o700 });
  const cache = options.cached ? new Map((await readAll()).map((row) => [row.id, row])) : undefined;
  const write = async (row: Row) => {
    await writeAtomically(pathOf(row.id), JSON.stringify(row));
    cache?.set(row.id, row);
  };
  const find = async (id: string) => (cache ? cache.get(id) : read(id));
  return {
    get: find,
    all: async (prefix = "") =>
      (cache ? [...cache.values()] : await readAll()).filter((row) => row.id.startsWith(prefix)),
    put: (row) => serially(() => write(row)),
    add: (row) =>
      serially(async () => {
        const present = await find(row.id);
        if (!present) await write(row);
        return present ?? row;
      }),
    update: (id, change) =>
      serially(async () => {
        const row = await find(id);
        const changed = row && change(row);
        if (changed) await write(changed);
        return changed;
      }),
    delete: (id) =>
      serially(async () => {
        await rm(pathOf(id), { force: true });
        cache?.delete(id);
      }),
  };
}
