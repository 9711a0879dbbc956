import { afterEach, beforeEach, expect, test } from "vitest";
import { draft } from "../../tests/api/jobs.ts";
import { EngineError } from "../job/errors.ts";
import { warning } from "../job/warnings.ts";
import { failedRow, progressedRow, type JobRow } from "../queue/job-row.ts";
import type { GatewayJobStore } from "./job-store.ts";

/** States what holds for every job store of the gateway. `open` gives an empty one and the way to close it. */
export function jobStoreContract(
  open: () => Promise<{ readonly store: GatewayJobStore; close(): Promise<void> }>,
): void {
  let store: GatewayJobStore;
  let close: () => Promise<void>;
  beforeEach(async () => {
    ({ store, close } = await open());
  });
  afterEach(() => close());

  const add = async (more: Parameters<typeof draft>[0] = {}) => (await store.create(draft(more))).row;
  const fail = (id: string) =>
    store.update(id, (row) => failedRow(row, 5, new EngineError("input/audio", "Bad audio.")));

  test("a job is found as it was submitted, once", async () => {
    const asked = draft({ idempotency: { key: "sk_A:k", fingerprint: "f" }, owner: "sk_A" });
    const { row, created } = await store.create(asked);
    expect(created).toBe(true);
    expect(row).toMatchObject({ ...asked, sequence: 1, revision: 1, state: "queued" });
    expect(await store.get(row.id)).toEqual(row);
    const again = await store.create({ ...asked, id: crypto.randomUUID() });
    expect(again).toEqual({ row, created: false });
    const other = draft({ idempotency: { key: "sk_A:k", fingerprint: "g" } });
    await expect(store.create(other)).rejects.toMatchObject({
      code: "job/conflict",
      details: { jobId: row.id },
    });
    expect(await store.list({ limit: 10 })).toHaveLength(1);
  });

  test("submissions at the same time with one key make one job", async () => {
    const made = await Promise.all(
      Array.from({ length: 8 }, () => store.create(draft({ idempotency: { key: "k", fingerprint: "f" } }))),
    );
    expect(new Set(made.map(({ row }) => row.id)).size).toBe(1);
    expect(made.filter(({ created }) => created)).toHaveLength(1);
  });

  test("lists are newest first, by state, by owner and by both, page after page", async () => {
    const rows: JobRow[] = [];
    for (let i = 0; i < 9; i++) rows.push(await add({ owner: i % 3 === 0 ? "sk_A" : "sk_B" }));
    for (const i of [0, 4, 6]) await fail(rows[i]!.id);
    const at = async (filter: Omit<Parameters<GatewayJobStore["list"]>[0], "limit">) => {
      const found: number[] = [];
      let before: number | undefined;
      for (;;) {
        const page = await store.list({ limit: 2, ...filter, ...(before === undefined ? {} : { before }) });
        found.push(...page.map((row) => rows.findIndex(({ id }) => id === row.id)));
        before = page.at(-1)?.sequence;
        if (page.length < 2) return found;
      }
    };
    expect(await at({})).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(await at({ states: ["completed", "failed"] })).toEqual([6, 4, 0]);
    expect(await at({ states: ["queued", "running"] })).toEqual([8, 7, 5, 3, 2, 1]);
    expect(await at({ owner: "sk_A" })).toEqual([6, 3, 0]);
    expect(await at({ owner: "sk_A", states: ["queued", "running"] })).toEqual([3]);
    expect(await at({ owner: "sk_C" })).toEqual([]);
  });

  test("a change counts revisions, goes only forward, and may be refused", async () => {
    const { id } = await add();
    const half = await store.update(id, (row) => progressedRow(row, { stage: "rendering", progress: 0.5 }));
    expect(half).toMatchObject({ revision: 2, progress: 0.5, stage: "rendering" });
    expect(await store.update(id, () => undefined)).toBeUndefined();
    await expect(store.update(id, (row) => ({ ...row, progress: 0.1 }))).rejects.toMatchObject({
      code: "internal/bug",
    });
    expect(await store.get(id)).toEqual(half);
    expect(await store.update(crypto.randomUUID(), (row) => row)).toBeUndefined();
  });

  test("changes at the same time all happen", async () => {
    const hdr = warning("video/hdr");
    const { id } = await add();
    await Promise.all(
      Array.from({ length: 10 }, () =>
        store.update(id, (row) => ({ ...row, warnings: [...row.warnings, hdr] })),
      ),
    );
    expect(await store.get(id)).toMatchObject({ revision: 11, warnings: Array(10).fill(hdr) });
  });

  test("webhooks are owed in the order in which they are due", async () => {
    const webhook = { url: "https://x.example/", attempts: 0 };
    const [late, early] = [await add({ webhook }), await add({ webhook })];
    await fail((await add()).id);
    for (const [row, due] of [
      [late, 9],
      [early, 3],
    ] as const) {
      await fail(row.id);
      await store.update(row.id, (current) => ({ ...current, webhookDueAt: due }));
    }
    expect((await store.owedWebhooks(5)).map(({ id }) => id)).toEqual([early.id, late.id]);
    await store.update(early.id, (row) => ({ ...row, webhookDueAt: undefined }));
    expect((await store.owedWebhooks(5)).map(({ id }) => id)).toEqual([late.id]);
  });

  test("a removed job is gone, its number is not given again, and the figures agree", async () => {
    const [first, last] = [await add({ createdAt: 7, owner: "sk_A" }), await add()];
    await fail(first.id);
    expect(await store.figures()).toEqual({
      queued: 1,
      running: 0,
      completed: 0,
      failed: 1,
      webhooksOwed: 0,
      oldestQueuedAt: last.createdAt,
    });
    expect(await store.countUnfinished()).toBe(1);
    expect(await store.delete(last.id)).toEqual(last);
    expect(await store.delete(last.id)).toBeUndefined();
    expect(await store.get(last.id)).toBeUndefined();
    expect((await add()).sequence).toBeGreaterThan(last.sequence);
    expect(await store.list({ owner: "sk_A", limit: 5 })).toHaveLength(1);
    await store.delete(first.id);
    expect(await store.list({ owner: "sk_A", limit: 5 })).toEqual([]);
  });

  test("every change is told", async () => {
    const told: string[] = [];
    const stop = store.subscribe(({ id }) => void told.push(id));
    const { id } = await add();
    await store.update(id, (row) => row);
    await store.delete(id);
    await expect.poll(() => told).toEqual([id, id, id]);
    stop();
    await add();
    expect(told).toHaveLength(3);
  });
}
