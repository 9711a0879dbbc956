import { afterEach, describe, expect, test } from "vitest";
import { draft, requestWith } from "../../../tests/api/jobs.ts";
import { EngineError } from "../../job/errors.ts";
import { openBrowserStorage, type Storage } from "./browser-storage.ts";
import { createIdbTable, MIGRATIONS, openQueueDatabase, type QueueDatabase } from "./idb-database.ts";
import { warning } from "../../job/warnings.ts";
import { completedRow, failedRow, ROW_FORM } from "../job-row.ts";
import type { JobChange } from "./job-store.ts";
import { createMediaStore, type ByteStore } from "./media-store.ts";
import { createIdbBytes, createOpfsBytes } from "./opfs-bytes.ts";

const open: Storage[] = [];
const names = new Set<string>();

async function openStorage(name = `test-${crypto.randomUUID()}`): Promise<Storage> {
  const storage = await openBrowserStorage(name);
  open.push(storage);
  names.add(name);
  return storage;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((storage) => storage.close()));
  const root = await navigator.storage.getDirectory();
  for (const name of names) {
    indexedDB.deleteDatabase(name);
    await root.removeEntry(`${name}-media`, { recursive: true }).catch(() => undefined);
    await root.removeEntry(`${name}-mirror`, { recursive: true }).catch(() => undefined);
  }
  names.clear();
});

/** Deletes the database alone, as Chromium does when it cannot read it. */
function lose(name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = resolve;
    request.onerror = reject;
  });
}

describe("the queue in IndexedDB", () => {
  test("rows, media and keys survive a reload", async () => {
    const first = await openStorage();
    const { row } = await first.store.create(draft());
    const file = await first.media.put(new Blob(["bytes"]), { type: "image/png", owner: row.id });
    await first.table("keys").put({ id: "sk_1" });
    await first.close();
    const second = await openStorage(first.name);
    expect(await second.store.get(row.id)).toEqual(row);
    expect(await (await (await second.media.get(file.id))!.blob()).text()).toBe("bytes");
    expect(await second.table("keys").all()).toEqual([{ id: "sk_1" }]);
  });

  test("two tabs that submit with the same Idempotency-Key make one job, with another body a conflict", async () => {
    const a = await openStorage();
    const b = await openStorage(a.name);
    const idempotency = { key: "own:1", fingerprint: "x" };
    const results = await Promise.all(
      [a, b, a, b].map((storage) => storage.store.create(draft({ idempotency }))),
    );
    expect(results.filter((result) => result.created)).toHaveLength(1);
    expect(new Set(results.map((result) => result.row.id)).size).toBe(1);
    const other = b.store.create(draft({ idempotency: { key: "own:1", fingerprint: "y" } }));
    await expect(other).rejects.toMatchObject({
      code: "job/conflict",
      details: { jobId: results[0]!.row.id },
    });
  });

  test("jobs are numbered in the order of arrival, and listed newest first by state and page", async () => {
    const { store } = await openStorage();
    const rows = [];
    for (let i = 0; i < 5; i++) rows.push((await store.create(draft())).row);
    expect(rows.map((row) => row.sequence)).toEqual([1, 2, 3, 4, 5]);
    await store.update(rows[2]!.id, (row) => failedRow(row, 1, new EngineError("input/audio", "no")));
    const list = async (filter: Parameters<typeof store.list>[0]) =>
      (await store.list(filter)).map((row) => row.sequence);
    expect(await list({ limit: 2 })).toEqual([5, 4]);
    expect(await list({ limit: 9, before: 4 })).toEqual([3, 2, 1]);
    expect(await list({ limit: 9, states: ["failed"] })).toEqual([3]);
    expect(await store.countUnfinished()).toBe(4);
  });

  test("only the holder of the lease gets jobs, orphans of a former one first", async () => {
    const { store } = await openStorage();
    const first = (await store.create(draft())).row.id;
    const second = (await store.create(draft())).row.id;
    expect(await store.claim("a", 1)).toBeUndefined();
    await store.takeLease("a", 1);
    expect(await store.claim("a", 1)).toMatchObject({ id: first, runner: "a", crashes: 0 });
    expect(await store.claim("a", 1)).toMatchObject({ id: second });
    expect(await store.claim("a", 1)).toBeUndefined();
    await store.takeLease("b", 2);
    expect(await store.claim("a", 3)).toBeUndefined();
    expect(await store.claim("b", 3)).toMatchObject({ id: first, runner: "b", crashes: 1 });
  });

  test("of many that would take a lapsed lease exactly one does", async () => {
    const a = await openStorage();
    const b = await openStorage(a.name);
    await a.store.takeLease("frozen", 0);
    const lease = (await a.store.readLease())!;
    const tries = await Promise.all(
      Array.from({ length: 10 }, (_, i) => (i % 2 ? a : b).store.takeLease(`c${String(i)}`, 100, lease)),
    );
    expect(tries.filter(Boolean)).toHaveLength(1);
    expect(await b.store.beatLease("frozen", 200)).toBe(false);
  });

  test("a change that goes backwards is refused whole", async () => {
    const { store } = await openStorage();
    const { id } = (await store.create(draft())).row;
    await store.update(id, (row) => ({ ...row, progress: 0.5 }));
    const back = store.update(id, (row) => ({ ...row, progress: 0.1, error: "half-written" }));
    await expect(back).rejects.toMatchObject({ code: "internal/bug" });
    expect(await store.get(id)).toMatchObject({ progress: 0.5, error: "", revision: 2 });
  });

  test("every tab hears of every change", async () => {
    const a = await openStorage();
    const b = await openStorage(a.name);
    const heard: JobChange[] = [];
    b.store.subscribe((change) => heard.push(change));
    const { id } = (await a.store.create(draft())).row;
    await a.store.update(id, (row) => ({ ...row, progress: 0.5 }));
    await a.store.delete(id);
    await expect.poll(() => heard).toEqual([{ id }, { id }, { id }]);
  });

  test("owed webhooks are found, the next due first", async () => {
    const { store } = await openStorage();
    const webhook = { url: "https://x.example/", attempts: 0 };
    const ids = [];
    for (const due of [300, 100, 200]) {
      const { id } = (await store.create(draft({ webhook }))).row;
      await store.update(id, (row) => failedRow(row, due, new EngineError("input/audio", "no")));
      ids.push(id);
    }
    await store.create(draft({ webhook }));
    expect((await store.owedWebhooks(9)).map((row) => row.id)).toEqual([ids[1], ids[2], ids[0]]);
    await store.update(ids[1]!, (row) => ({ ...row, webhookDueAt: undefined }));
    expect((await store.owedWebhooks(1)).map((row) => row.id)).toEqual([ids[2]]);
  });
});

describe("a database that the browser has lost", () => {
  test("is filled again from the second copies: jobs, results, keys and settings", async () => {
    const first = await openStorage();
    const { store, media } = first;
    const kept = (await store.create(draft({ idempotency: { key: "own:1", fingerprint: "x" } }))).row;
    const done = (await store.create(draft())).row;
    const deleted = (await store.create(draft())).row;
    const image = await media.put(new Blob(["picture"]), { type: "image/png", owner: kept.id });
    const upload = await media.put(new Blob(["later"]), { type: "image/png", owner: "upload" });
    const file = await media.put(new Blob(["movie"]), { type: "video/mp4", owner: done.id });
    await store.update(kept.id, (row) => ({ ...row, spec: requestWith({ file: image.id }) }));
    await store.takeLease("r", 0);
    await store.claim("r", 0);
    await store.claim("r", 0);
    const output = { file: file.id, type: file.type, size: file.size };
    await store.update(done.id, (row) => completedRow(row, 1, { ...END, output }));
    await store.delete(deleted.id);
    await first.table("keys").put({ id: "sk_1" });
    const before = await store.list({ limit: 9 });
    await first.close();
    await lose(first.name);

    const second = await openStorage(first.name);
    const after = await second.store.list({ limit: 9 });
    expect(after.map((row) => [row.id, row.sequence, row.spec, row.output])).toEqual(
      before.map((row) => [row.id, row.sequence, row.spec, row.output]),
    );
    expect((await second.store.get(done.id))?.state).toBe("completed");
    expect(await second.media.get(file.id)).toMatchObject({ type: "video/mp4", owner: done.id, size: 5 });
    expect(await second.media.get(upload.id)).toMatchObject({ owner: "upload" });
    expect(await (await (await second.media.get(image.id))!.blob()).text()).toBe("picture");
    expect(await second.table("keys").all()).toEqual([{ id: "sk_1" }]);
    await second.store.takeLease("s", 0);
    expect(await second.store.claim("s", 0)).toMatchObject({ id: kept.id });
    const again = draft({ idempotency: { key: "own:1", fingerprint: "x" } });
    expect(await second.store.create(again)).toMatchObject({ created: false, row: { id: kept.id } });
  });

  test("jobs that were given the same number around the loss are all restored", async () => {
    const first = await openStorage();
    const rows = [(await first.store.create(draft())).row, (await first.store.create(draft())).row];
    const db = await openQueueDatabase(first.name);
    // What a torn write leaves: the row is gone, its copy is not, and the next job gets its number.
    await db.delete("jobs", rows[1]!.id);
    rows.push((await first.store.create(draft())).row);
    expect(rows.map((row) => row.sequence)).toEqual([1, 2, 2]);
    db.close();
    await first.close();
    await lose(first.name);
    const { store } = await openStorage(first.name);
    const restored = [...(await store.list({ limit: 9 }))].reverse();
    expect(restored.map((row) => row.id)).toEqual(rows.map((row) => row.id));
    expect(restored.map((row) => row.sequence)).toEqual([1, 2, 3]);
  });

  test("is not filled when there is nothing to fill it with", async () => {
    const { store } = await openStorage();
    expect(await store.list({ limit: 9 })).toEqual([]);
  });
});

describe("migrations", () => {
  test.each(MIGRATIONS.map((_, i) => i + 1))(
    "a database of version %i keeps its jobs, media and keys in the newest one",
    async (version) => {
      const name = `test-${crypto.randomUUID()}`;
      names.add(name);
      const old = await openQueueDatabase(name, version);
      const { spec, ...rest } = draft();
      const row = { ...rest, sequence: 7, revision: 3, state: "queued", stage: "queued", progress: 0 };
      // The first version kept a request in four parts.
      const { seed, ...inputs } = spec.formState;
      const request =
        version === 1 ? { model: spec.model, inputs, parameters: {}, seed } : { spec, form: version };
      // The first two kept sentences for warnings.
      const facts = [warning("stored/sentence", { sentence: "Words." })];
      const warnings = version < 3 ? ["Words."] : facts;
      await old.put("jobs", { ...row, ...request, warnings, crashes: 0, error: "" } as never);
      await old.put("media", { id: "m", type: "a/b", size: 1, owner: row.id, createdAt: 1 });
      await old.put("keys", { id: "sk_1" });
      old.close();
      const { store, table } = await openStorage(name);
      expect(await store.get(row.id)).toEqual({
        ...{ ...row, spec, form: ROW_FORM, crashes: 0, error: "" },
        warnings: facts,
      });
      expect((await store.create(draft())).row.sequence).toBe(8);
      expect(await table("keys").all()).toHaveLength(1);
    },
  );

  test("a database of a newer release is left alone, with a sentence that says what to do", async () => {
    const name = `test-${crypto.randomUUID()}`;
    names.add(name);
    (await openQueueDatabase(name, MIGRATIONS.length + 1)).close();
    await expect(openBrowserStorage(name)).rejects.toMatchObject({ code: "storage/failed" });
  });
});

describe("media", () => {
  const stores: [string, (name: string) => Promise<ByteStore>][] = [
    ["OPFS", (name) => createOpfsBytes(`${name}-media`)],
    ["IndexedDB", async (name) => createIdbBytes(await openQueueDatabase(name))],
    ["IndexedDB without blobs", async (name) => createIdbBytes(refusingBlobs(await openQueueDatabase(name)))],
  ];
  test.each(stores)("%s: written whole, read in parts, listed and deleted", async (_, create) => {
    const { name } = await openStorage();
    const bytes = await create(name);
    expect(await bytes.write("a", new Blob(["0123", "456789"]).stream())).toBe(10);
    const file = (await bytes.open("a"))!;
    expect(await new Response(file.stream(2, 5)).text()).toBe("234");
    expect((await file.blob("video/mp4")).type).toBe("video/mp4");
    expect((await bytes.list()).map((entry) => entry.id)).toEqual(["a"]);
    await bytes.delete("a");
    await bytes.delete("a");
    expect(await bytes.open("a")).toBeUndefined();
  });

  test.each(stores)(
    "%s: a write that breaks off leaves nothing, and no room is storage/full",
    async (_, create) => {
      const storage = await openStorage();
      const db = await openQueueDatabase(storage.name);
      const bytes = await create(storage.name);
      const media = createMediaStore(createIdbTable(db, "media"), bytes);
      const broken = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new Uint8Array(1000));
          controller.error(new DOMException("no room", "QuotaExceededError"));
        },
      });
      await expect(media.put(broken, { type: "a/b", owner: "x" })).rejects.toMatchObject({
        code: "storage/full",
      });
      expect(await bytes.list()).toEqual([]);
      expect(await media.list()).toEqual([]);
      db.close();
    },
  );

  test("a finished job's output is served from the origin's file system after a reload", async () => {
    const first = await openStorage();
    const { id } = (await first.store.create(draft())).row;
    const file = await first.media.put(new Blob([new Uint8Array(3e6)]), { type: "video/mp4", owner: id });
    const output = { file: file.id, type: file.type, size: file.size };
    await first.store.update(id, (row) => completedRow(row, 1, { ...END, output }));
    await first.close();
    const second = await openStorage(first.name);
    const row = (await second.store.get(id))!;
    expect((await second.media.get(row.output!.file))!.size).toBe(3e6);
  });
});

/** A database as in WebKit's private windows, whose IndexedDB stores no blobs. */
function refusingBlobs(db: QueueDatabase): QueueDatabase {
  return new Proxy(db, {
    get(target, name) {
      if (name !== "put") {
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      }
      return (store: "bytes", value: { blob: unknown; modifiedAt: number }, key: string) =>
        value.blob instanceof Blob
          ? Promise.reject(new DOMException("Error preparing Blob/File data to be stored", "UnknownError"))
          : target.put(store, value as { blob: ArrayBuffer; modifiedAt: number }, key);
    },
  });
}

const END = {
  seed: 1,
  warnings: [],
  timings: {},
  report: {
    width: 2,
    height: 2,
    fps: 25,
    frames: 1,
    durationSeconds: 0.04,
    backend: "wasm",
    encoder: "none",
    faces: [],
    facelessRanges: [],
    mouthWidthPx: 0,
  },
} as const;
