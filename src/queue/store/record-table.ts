/** A small durable table of rows with an `id`: API keys, settings, media records. Every method is atomic. */
export interface RecordTable<Row extends { readonly id: string }> {
  get(id: string): Promise<Row | undefined>;
  /** The rows whose id starts with `prefix`; all of them without one. */
  all(prefix?: string): Promise<readonly Row[]>;
  /** Adds or replaces. */
  put(row: Row): Promise<void>;
  /** Adds unless there is such a row already; the row that then lies there. */
  add(row: Row): Promise<Row>;
  /** Replaces a row by what `change` makes of it; the new row, or undefined when there is none. */
  update(id: string, change: (row: Row) => Row): Promise<Row | undefined>;
  delete(id: string): Promise<void>;
}

/** A table that lives as long as its context. */
export function createMemoryTable<Row extends { readonly id: string }>(): RecordTable<Row> {
  const rows = new Map<string, Row>();
  return {
    get: (id) => Promise.resolve(rows.get(id)),
    all: (prefix = "") => Promise.resolve([...rows.values()].filter((row) => row.id.startsWith(prefix))),
    put: (row) => {
      rows.set(row.id, row);
      return Promise.resolve();
    },
    add: (row) => {
      const present = rows.get(row.id) ?? row;
      rows.set(row.id, present);
      return Promise.resolve(present);
    },
    update: (id, change) => {
      const row = rows.get(id);
      if (!row) return Promise.resolve(undefined);
      const changed = change(row);
      rows.set(id, changed);
      return Promise.resolve(changed);
    },
    delete: (id) => {
      rows.delete(id);
      return Promise.resolve();
    },
  };
}
