import { afterEach, expect, test } from "vitest";
import { connect } from "./rpc.ts";
import type { TestParentApi } from "./test-parent.worker.ts";

const Native = window.Worker;
const started: { ended: boolean }[] = [];

/** Notes the workers that this page starts. */
class NotedWorker extends Native {
  readonly state = { ended: false };

  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    started.push(this.state);
  }

  override terminate(): void {
    this.state.ended = true;
    super.terminate();
  }
}

afterEach(() => {
  window.Worker = Native;
  started.length = 0;
});

function parent() {
  window.Worker = NotedWorker;
  const worker = new Worker(new URL("./test-parent.worker.ts", import.meta.url), { type: "module" });
  return connect<TestParentApi>(worker, "test", "Not there.");
}

test("a worker's worker runs on the page, its messages and their buffers go to and fro, and it ends with its owner", async () => {
  const { api, terminate } = parent();
  expect(await api.double([1, 2.5], false)).toEqual({ doubled: [2, 5], left: 0 });
  await expect.poll(() => started.map(({ ended }) => ended)).toEqual([false, true]);
  expect((await api.double([4], true)).doubled).toEqual([8]);
  expect(started.map(({ ended }) => ended)).toEqual([false, true, false]);
  terminate();
  expect(started.map(({ ended }) => ended)).toEqual([true, true, true]);
});

test("errors of a worker's worker arrive, and a script whose address is gone starts all the same", async () => {
  const { api, terminate } = parent();
  expect(await api.fail()).toContain("as asked");
  expect(await api.revoked()).toBe("here");
  expect(started).toHaveLength(3);
  terminate();
});
