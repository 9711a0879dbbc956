import type { RecordTable } from "../../queue/store/record-table.ts";
import type { Database, SqlValue } from "./database.ts";

/** A table of records of one kind, in the database that all kinds share. */
export function openSqliteTable<Row extends { readonly id: string }>(
  database: Database,
  kind: string,
): RecordTable<Row> {
  const one = database.prepare("select row from records where kind = ? and id = ?");
  const some = database.prepare("select row from records where kind = ? and id >= ? and id < ?");
  const every = database.prepare("select row from records where kind = ?");
  const write = database.prepare("insert or replace into records (kind, id, row) values (?, ?, ?)");
  const remove = database.prepare("delete from records where kind = ? and id = ?");
  const read = (id: string) => parsed<Row>(one.all(kind, id))[0];
  const put = (row: Row) => {
    write.run(kind, row.id, JSON.stringify(row));
    return row;
  };
  const storing = async <T>(work: () => T): Promise<T> => {
    const result = database.within(`Storing in ${kind}`, work);
    await database.flush();
    return result;
  };
  return {
    get: (id) => attempt(() => read(id)),
    all: (prefix = "") =>
      attempt(() => parsed<Row>(prefix ? some.all(kind, prefix, `${prefix}\uffff`) : every.all(kind))),
    put: (row) => storing(() => void put(row)),
    add: (row) => storing(() => read(row.id) ?? put(row)),
    update: (id, change) =>
      storing(() => {
        const row = read(id);
        return row && put(change(row));
      }),
    delete: (id) => storing(() => void remove.run(kind, id)),
  };
}

/** The rows behind a `row` column. */
export function parsed<Row>(found: readonly Readonly<Record<string, SqlValue>>[]): Row[] {
  return found.map(({ row }) => JSON.parse(row as string) as Row);
}

/** The result, or what was thrown, as a promise. */
export function attempt<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
