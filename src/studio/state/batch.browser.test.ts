import { beforeEach, expect, test } from "vitest";
import { EngineError } from "../../job/errors.ts";
import type { JobRow } from "../../queue/job-row.ts";
import { forgetStorage } from "../../queue/store/test-storage.ts";
import { openBatch } from "./batch.ts";
import { createKept } from "./kept.ts";
import { EMPTY_STATE } from "./studio-state.ts";
import { loadPreferences } from "./preferences.ts";
import { openQueue, type Queue } from "./queue.ts";
import { createStore } from "./store.ts";

beforeEach(() => createKept("dudak-batch").clear());

const file = (name: string, type: string) => new File([name], name, { type });

/** What a tab gives a batch; all tabs have one queue. */
const tabOf = (queue: Partial<Queue>) => ({
  store: createStore(EMPTY_STATE),
  queue: () => Promise.resolve(queue as Queue),
  preferences: loadPreferences,
  toast: () => undefined,
  announce: () => undefined,
});

test("a tab that opens while another hands a batch to the queue waits for it, and hands nothing over again", async () => {
  let submitted = 0;
  let goOn: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const queue: Partial<Queue> = {
    async submit() {
      submitted++;
      await held;
      return `job-${String(submitted)}`;
    },
    row: (id) => Promise.resolve({ id, state: "queued", progress: 0 } as JobRow),
    subscribe: () => () => undefined,
  };
  const first = await openBatch(tabOf(queue));
  await first.take([
    file("face.jpg", "image/jpeg"),
    file("one.mp3", "audio/mpeg"),
    file("two.mp3", "audio/mpeg"),
  ]);
  const sending = first.start();
  await expect.poll(() => submitted).toBe(1);
  let open = false;
  const second = openBatch(tabOf(queue)).finally(() => (open = true));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(open).toBe(false);
  goOn();
  await sending;
  expect((await second).store.state.items.map(({ jobId }) => jobId)).toEqual(["job-1", "job-2"]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(submitted).toBe(2);
});

test("a job whose page ended before its address was kept is handed over once", async () => {
  const queue = await openQueue(() => Promise.reject(new EngineError("input/image", "")), loadPreferences);
  try {
    const first = await openBatch(
      tabOf({
        ...queue,
        submit: async (...job) => {
          await queue.submit(...job);
          throw new Error("The page is gone.");
        },
      }),
    );
    await first.take([file("face.jpg", "image/jpeg"), file("one.mp3", "audio/mpeg")]);
    await first.start();
    const [made, ...others] = queue.rows();
    expect(others).toEqual([]);
    const second = await openBatch(tabOf(queue));
    await second.start();
    expect(second.store.state.items.map(({ jobId }) => jobId)).toEqual([made!.id]);
    expect(await queue.api.storage.store.list({ limit: 9 })).toHaveLength(1);
  } finally {
    await queue.api.close();
    await forgetStorage();
  }
});
