import { afterEach, expect, test } from "vitest";
import { draft } from "../../tests/api/jobs.ts";
import type { TabReport, TabOrder } from "../../tests/api/queue-tab.worker.ts";
import { openBrowserStorage, type Storage } from "./store/browser-storage.ts";

/** After how long without a sign of life, and without an answer, a tab loses the queue, in ms. */
interface Patience {
  readonly staleMs: number;
  readonly answerMs: number;
}

/** More than any stall of a busy machine. */
const PATIENT: Patience = { staleMs: 60_000, answerMs: 60_000 };

/**
 * A worker that takes part as a tab does; a worker can be frozen, a tab in a test cannot. Its jobs last until it is
 * told to finish them.
 */
class Tab {
  private readonly worker = new Worker(new URL("../../tests/api/queue-tab.worker.ts", import.meta.url), {
    type: "module",
  });
  private readonly cell = new SharedArrayBuffer(4);
  readonly started: string[] = [];
  leading = false;

  constructor(name: string, patience: Patience) {
    this.worker.onmessage = ({ data }: MessageEvent<TabReport>) => {
      if (data.started !== undefined) this.started.push(data.started);
      if (data.leading !== undefined) this.leading = data.leading;
    };
    this.order({ start: { name, beatMs: 50, ...patience } });
  }

  private order(order: TabOrder): void {
    this.worker.postMessage(order);
  }

  finish(): void {
    this.order({ finish: true });
  }

  freeze(): void {
    this.order({ freeze: { cell: this.cell } });
  }

  thaw(): void {
    Atomics.store(new Int32Array(this.cell), 0, 1);
    Atomics.notify(new Int32Array(this.cell), 0);
  }

  close(): void {
    this.thaw();
    this.worker.terminate();
  }
}

let tabs: Tab[] = [];
let storage: Storage;

async function openTabs(count: number, patience = PATIENT): Promise<void> {
  storage = await openBrowserStorage(`test-${crypto.randomUUID()}`);
  tabs = Array.from({ length: count }, () => new Tab(storage.name, patience));
  await expect.poll(() => leaders()).toHaveLength(1);
}

const leaders = () => tabs.filter((tab) => tab.leading);
const submit = async (count: number) => {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push((await storage.store.create(draft())).row.id);
  return ids;
};
const unfinished = () => storage.store.countUnfinished();

afterEach(async () => {
  for (const tab of tabs) tab.close();
  await storage.close();
  indexedDB.deleteDatabase(storage.name);
  const root = await navigator.storage.getDirectory();
  for (const folder of ["media", "mirror"]) {
    await root.removeEntry(`${storage.name}-${folder}`, { recursive: true }).catch(() => undefined);
  }
});

test("of three tabs one runs every job, each once", async () => {
  await openTabs(3);
  for (const tab of tabs) tab.finish();
  const ids = await submit(20);
  await expect.poll(unfinished).toBe(0);
  expect(tabs.flatMap((tab) => tab.started)).toEqual(ids);
  expect(tabs.filter((tab) => tab.started.length > 0)).toHaveLength(1);
});

test("when the running tab is closed another takes over and starts its job again", async () => {
  await openTabs(2);
  const ids = await submit(2);
  const first = leaders()[0]!;
  await expect.poll(() => first.started).toEqual([ids[0]]);
  first.close();
  tabs = tabs.filter((tab) => tab !== first);
  tabs[0]!.finish();
  await expect.poll(unfinished).toBe(0);
  expect(tabs[0]!.started).toEqual(ids);
  expect(await storage.store.get(ids[0]!)).toMatchObject({ state: "completed", crashes: 1 });
});

test("a frozen tab loses the queue to exactly one other, and cannot finish its job when it thaws", async () => {
  await openTabs(3, { staleMs: 2000, answerMs: 2000 });
  const frozen = leaders()[0]!;
  const ids = await submit(3);
  await expect.poll(() => frozen.started).toEqual([ids[0]]);
  frozen.freeze();
  for (const tab of tabs) tab.finish();
  await expect.poll(unfinished).toBe(0);
  const others = tabs.filter((tab) => tab !== frozen && tab.started.length > 0);
  expect(others).toHaveLength(1);
  expect(others[0]!.started).toEqual(ids);
  const revisions = async () => (await storage.store.list({ limit: 9 })).map((row) => row.revision);
  const before = await revisions();
  frozen.thaw();
  await expect.poll(() => frozen.leading).toBe(false);
  expect(leaders()).toEqual(others);
  expect(await revisions()).toEqual(before);
  expect(await storage.media.list()).toHaveLength(3);
});

test("a running tab whose heartbeat comes late but that answers keeps the queue", async () => {
  await openTabs(2, { ...PATIENT, staleMs: 600 });
  const holder = leaders()[0]!;
  // What another tab sees when the holder's timers are slowed down: an old sign of life.
  const { owner } = (await storage.store.readLease())!;
  const slow = setInterval(() => void storage.store.takeLease(owner, Date.now() - 5000), 10);
  let answers = 0;
  const channel = new BroadcastChannel(`${storage.name}-runner`);
  channel.onmessage = ({ data }: MessageEvent<{ answer?: string }>) =>
    (answers += Number(data.answer === owner));
  await expect.poll(() => answers).toBeGreaterThan(3);
  channel.close();
  clearInterval(slow);
  expect(leaders()).toEqual([holder]);
  expect((await storage.store.readLease())?.owner).toBe(owner);
});
