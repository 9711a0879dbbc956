import { expect, test } from "vitest";
import { createMemoryTable, type RecordTable } from "../queue/store/record-table.ts";
import { createKeyStore, equalInConstantTime, type KeyRecord, type KeyUse } from "./keys.ts";

function setUp() {
  const records = createMemoryTable<KeyRecord>();
  let nowMs = 1_000_000;
  const keys = createKeyStore(records, createMemoryTable<KeyUse>(), () => nowMs);
  return { records, keys, wait: (ms: number) => (nowMs += ms) };
}

test("a key is shown once and stored only as a hash", async () => {
  const { records, keys } = setUp();
  const { key, listing } = await keys.create({ name: "laptop" });
  expect(key).toMatch(/^sk_[0-9A-Za-z]{8}_[0-9A-Za-z]{32}$/);
  expect(listing).toEqual({ prefix: key.slice(0, 11), name: "laptop", createdAt: 1_000_000 });
  expect(JSON.stringify(await records.all())).not.toContain(key.slice(12));
  expect((await records.all())[0]!.hash).toMatch(/^[0-9a-f]{64}$/);
});

test("the last use is noted, to within a minute", async () => {
  const { keys, wait } = setUp();
  const { key } = await keys.create();
  wait(5000);
  expect(await keys.verify(key, undefined)).toMatchObject({ lastUsedAt: 1_005_000 });
  wait(30_000);
  expect(await keys.verify(key, undefined)).toMatchObject({ lastUsedAt: 1_005_000 });
  wait(60_000);
  expect((await keys.list())[0]).toMatchObject({ lastUsedAt: 1_005_000 });
  await keys.verify(key, undefined);
  expect((await keys.list())[0]).toMatchObject({ lastUsedAt: 1_095_000 });
});

test("to check a key that was used a moment ago asks the store once, for both tables together", async () => {
  const [records, uses] = [createMemoryTable<KeyRecord>(), createMemoryTable<KeyUse>()];
  const asked: string[] = [];
  const watched = <Row extends { readonly id: string }>(table: RecordTable<Row>): RecordTable<Row> => ({
    ...table,
    async get(id) {
      asked.push("asked");
      const row = await table.get(id);
      asked.push("answered");
      return row;
    },
  });
  const keys = createKeyStore(watched(records), watched(uses), () => 1_000_000);
  const { key } = await keys.create();
  await keys.verify(key, undefined);
  asked.length = 0;
  await keys.verify(key, undefined);
  expect(asked).toEqual(["asked", "asked", "answered", "answered"]);
});

test("a revoked key is refused, and stays in the list", async () => {
  const { keys } = setUp();
  const { key, listing } = await keys.create({ name: "old" });
  expect(await keys.revoke("old")).toBe(true);
  expect(await keys.revoke("old")).toBe(false);
  await expect(keys.verify(key, undefined)).rejects.toMatchObject({ code: "auth/unknown" });
  expect(await keys.list()).toMatchObject([{ prefix: listing.prefix, revokedAt: 1_000_000 }]);
});

test("a name that several keys share revokes none of them", async () => {
  const { keys } = setUp();
  await keys.create({ name: "twin" });
  const { listing } = await keys.create({ name: "twin" });
  expect(await keys.revoke("twin")).toBe(false);
  expect(await keys.revoke(listing.prefix)).toBe(true);
});

test("one wrong letter is refused", async () => {
  const { keys } = setUp();
  const { key } = await keys.create();
  const wrong = key.slice(0, -1) + (key.endsWith("a") ? "b" : "a");
  await expect(keys.verify(wrong, undefined)).rejects.toMatchObject({ code: "auth/unknown" });
  await expect(keys.verify(key + "a", undefined)).rejects.toMatchObject({ code: "auth/unknown" });
});

test("an origin is normalised, and nonsense is refused", async () => {
  const { keys } = setUp();
  const { listing } = await keys.create({ origin: "https://App.example:443/path" });
  expect(listing.origin).toBe("https://app.example");
  await expect(keys.create({ origin: "nowhere" })).rejects.toMatchObject({ code: "input/field" });
  await expect(keys.create({ origin: "data:text/plain," })).rejects.toMatchObject({ code: "input/field" });
});

test("comparison tells equal from unequal texts of any length", () => {
  expect(equalInConstantTime("abc", "abc")).toBe(true);
  expect(equalInConstantTime("abc", "abd")).toBe(false);
  expect(equalInConstantTime("abc", "abcd")).toBe(false);
  expect(equalInConstantTime("", "\0")).toBe(false);
});
