import { openDB, type IDBPObjectStore } from "idb";

/** A store of rows without a key of their own, within a transaction that may write. */
export type Rows = IDBPObjectStore<unknown, [string], string, "readwrite">;

/**
 * Does `use` in one transaction on a small database of its own, which is made when it is missing and closed again.
 * @param database its name, at version 1. @param store the name of its one store.
 * @returns what `use` returned, once it lies in the database.
 * @throws the browser's own error when it keeps nothing, is full, or refuses a value.
 */
export async function withRows<T>(
  database: string,
  store: string,
  use: (rows: Rows) => Promise<T>,
): Promise<T> {
  const opened = await openDB(database, 1, {
    upgrade: (created) => void created.createObjectStore(store),
  });
  try {
    const transaction = opened.transaction(store, "readwrite");
    const { store: rows, done } = transaction;
    const used = use(rows).catch(async (error: unknown) => {
      // A transaction that failed says why; what was asked of it afterwards only finds it closed.
      await done;
      throw error;
    });
    const [result] = await Promise.all([used, done]);
    return result;
  } finally {
    opened.close();
  }
}
