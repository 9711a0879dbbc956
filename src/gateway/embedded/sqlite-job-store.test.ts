import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { draft } from "../../../tests/api/jobs.ts";
import { releasedRow } from "../../queue/job-row.ts";
import { visitDataDir } from "../data-dir.ts";
import { jobStoreContract } from "../test-job-store.ts";
import { openDatabase, type Database } from "./database.ts";
import { SqliteJobStore } from "./sqlite-job-store.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dudak-sqlite-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = async () => {
  const database = await openDatabase(join(folder, "gateway.db"));
  const store = new SqliteJobStore(database);
  const close = async () => {
    store.close();
    await database.close();
  };
  return { database, store, close };
};

describe("the queue in SQLite", () => {
  jobStoreContract(open);
});

describe("its file", () => {
  test("is there again when the file is opened again, and nobody else may read the file", async () => {
    const first = await open();
    const { row } = await first.store.create(draft());
    await first.close();
    const second = await open();
    expect(await second.store.get(row.id)).toEqual(row);
    expect((await stat(join(folder, "gateway.db"))).mode & 0o077).toBe(0);
    await second.close();
  });

  test("the oldest job is taken first, one that was left counts a crash, one let go does not", async () => {
    const { store, close } = await open();
    const add = async () => (await store.create(draft())).row;
    const [first, second] = [await add(), await add()];
    await store.takeLease("a", 1);
    expect(await store.claim("b", 1)).toBeUndefined();
    expect(await store.claim("a", 1)).toMatchObject({ id: first.id, runner: "a", crashes: 0 });
    expect(await store.claim("a", 1)).toMatchObject({ id: second.id });
    expect(await store.claim("a", 1)).toBeUndefined();
    await store.update(second.id, releasedRow);
    await store.takeLease("b", 2);
    expect(await store.claim("b", 2)).toMatchObject({ id: first.id, runner: "b", crashes: 1 });
    expect(await store.claim("b", 2)).toMatchObject({ id: second.id, crashes: 0 });
    await close();
  });

  test("no list reads more rows than it returns", async () => {
    const { database, close } = await open();
    const asked: string[] = [];
    const spy: Database = {
      ...database,
      prepare(sql) {
        asked.push(sql);
        return database.prepare(sql);
      },
    };
    new SqliteJobStore(spy).close();
    const lists = asked.filter((sql) => sql.includes("limit"));
    expect(lists.length).toBeGreaterThanOrEqual(6);
    for (const sql of lists) {
      const values = sql.match(/\?/g)?.map(() => 1) ?? [];
      const plan = database.prepare(`explain query plan ${sql}`).all(...values);
      const steps = plan.map(({ detail }) => String(detail)).join("; ");
      // The newest of all are read along the table itself, which lies in this order.
      expect(steps, sql).toMatch(/^(SEARCH|SCAN) jobs USING (INDEX|INTEGER PRIMARY KEY)/);
      expect(steps, sql).not.toMatch(/TEMP B-TREE/);
    }
    await close();
  });

  test("what a command changes from another process is told to the gateway", async () => {
    const { store, close } = await open();
    const { row } = await store.create(draft());
    const told: string[] = [];
    store.subscribe(({ id }) => void told.push(id));
    const visitor = await visitDataDir(folder);
    await visitor.store.update(row.id, (current) => current);
    await visitor.close();
    await expect.poll(() => told).toEqual([row.id]);
    await close();
  });

  test("a file of a later release is refused", async () => {
    const { database, close } = await open();
    database.prepare("pragma user_version = 999").run();
    await close();
    await expect(open()).rejects.toMatchObject({ code: "storage/failed" });
  });
});
