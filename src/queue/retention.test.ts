import { expect, test } from "vitest";
import { draft, requestWith } from "../../tests/api/jobs.ts";
import { EngineError } from "../job/errors.ts";
import { openMemoryStorage } from "./store/browser-storage.ts";
import { failedRow } from "./job-row.ts";
import { createMediaStore, createMemoryBytes, UPLOAD_OWNER } from "./store/media-store.ts";
import { createMemoryTable } from "./store/record-table.ts";
import { clearFinished, removeJob, sweep } from "./retention.ts";

const DAY = 24 * 3600_000;
const file = (text: string) => new Blob([text]);
const error = new EngineError("input/audio", "no");

test("a sweep removes old finished jobs, unused uploads and files of lost jobs, nothing that is needed", async () => {
  const { store } = openMemoryStorage();
  let nowMs = 0;
  const media = createMediaStore(createMemoryTable(), createMemoryBytes(), { now: () => nowMs });
  const upload = () => media.put(file("u"), { type: "a/b", owner: UPLOAD_OWNER });
  const [used, unused] = [await upload(), await upload()];
  const old = (await store.create(draft())).row.id;
  await media.put(file("old"), { type: "a/b", owner: old });
  await store.update(old, (row) => failedRow(row, 0, error));
  const owed = (await store.create(draft({ webhook: { url: "https://x.example", attempts: 0 } }))).row.id;
  await store.update(owed, (row) => failedRow(row, 0, error));
  const waiting = (await store.create(draft({ spec: requestWith({ file: used.id }) }))).row.id;
  await media.put(file("lost"), { type: "a/b", owner: "00000000-0000-4000-8000-000000000000" });
  nowMs = 2 * DAY;
  const fresh = await upload();

  const removed = await sweep(store, media, { finishedMs: DAY, uploadsMs: DAY }, nowMs);
  expect(removed).toEqual({ jobs: 1, files: 2 });
  expect((await store.list({ limit: 10 })).map((row) => row.id)).toEqual([waiting, owed]);
  const left = (await media.list()).map((record) => record.id);
  expect(left.sort()).toEqual([used.id, fresh.id].sort());
  expect(left).not.toContain(unused.id);
});

test("what an interrupted run left of a job that finished later is swept, its inputs and result are not", async () => {
  const { store, media } = openMemoryStorage();
  const { id } = (await store.create(draft())).row;
  const put = () => media.put(file("x"), { type: "a/b", owner: id });
  const [input, output] = [await put(), await put()];
  await put();
  await store.update(id, (row) => ({ ...row, spec: requestWith({ file: input.id }) }));
  expect(await sweep(store, media, { uploadsMs: DAY }, Date.now() + 2 * DAY)).toEqual({ jobs: 0, files: 0 });
  await store.update(id, (row) => ({
    ...failedRow(row, 0, error),
    output: { file: output.id, type: "a/b", size: 1 },
  }));
  expect(await sweep(store, media, { uploadsMs: DAY }, Date.now())).toEqual({ jobs: 0, files: 0 });
  expect(await sweep(store, media, { uploadsMs: DAY }, Date.now() + 2 * DAY)).toEqual({ jobs: 0, files: 1 });
  expect((await media.list(id)).map((record) => record.id).sort()).toEqual([input.id, output.id].sort());
});

test("without a time limit finished jobs stay until they are cleared", async () => {
  const { store, media } = openMemoryStorage();
  const id = (await store.create(draft())).row.id;
  await store.update(id, (row) => failedRow(row, 0, error));
  expect(await sweep(store, media, { uploadsMs: DAY }, 1000 * DAY)).toEqual({ jobs: 0, files: 0 });
  expect(await clearFinished(store, media)).toBe(1);
  expect(await removeJob(store, media, id)).toBeUndefined();
});

test("bytes that no record names are swept once they are old", async () => {
  const bytes = createMemoryBytes();
  const media = createMediaStore(createMemoryTable(), bytes);
  await bytes.write("stray", file("x").stream());
  expect(await media.sweepStrays(DAY, Date.now())).toBe(0);
  expect(await media.sweepStrays(DAY, Date.now() + 2 * DAY)).toBe(1);
  expect(await bytes.list()).toEqual([]);
});

test("a file that breaks off in the middle leaves neither record nor bytes", async () => {
  const bytes = createMemoryBytes();
  const media = createMediaStore(createMemoryTable(), bytes);
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new Uint8Array(10));
      controller.error(new DOMException("no room", "QuotaExceededError"));
    },
  });
  await expect(media.put(broken, { type: "a/b", owner: "x" })).rejects.toMatchObject({
    code: "storage/full",
  });
  const long = media.put(file("x".repeat(50)), { type: "a/b", owner: "x", maxBytes: 49 });
  await expect(long).rejects.toMatchObject({ code: "input/too-large" });
  expect(await media.list()).toEqual([]);
  expect(await bytes.list()).toEqual([]);
});

test("finished jobs beyond the bytes go, the oldest first; the newest stays whatever its size", async () => {
  const { store, media } = openMemoryStorage();
  const finished = async (bytes: number) => {
    const { id } = (await store.create(draft())).row;
    await media.put(file("x".repeat(bytes)), { type: "a/b", owner: id });
    await store.update(id, (row) => failedRow(row, 0, error));
    return id;
  };
  const oldest = await finished(40);
  const middle = await finished(40);
  const waiting = (await store.create(draft())).row.id;
  const newest = await finished(50);
  const keep = async (finishedBytes: number) => {
    await sweep(store, media, { finishedBytes, uploadsMs: DAY }, 0);
    return (await store.list({ limit: 10 })).map((row) => row.id);
  };
  expect(await keep(130)).toEqual([newest, waiting, middle, oldest]);
  expect(await keep(100)).toEqual([newest, waiting, middle]);
  expect(await keep(10)).toEqual([newest, waiting]);
  expect((await media.list()).map(({ owner }) => owner)).toEqual([newest]);
});
