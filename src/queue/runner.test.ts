import { afterEach, describe, expect, test, vi } from "vitest";
import { draft, outcome } from "../../tests/api/jobs.ts";
import { EngineError } from "../job/errors.ts";
import { openMemoryStorage, type Storage } from "./store/browser-storage.ts";
import { failedRow, type JobRow } from "./job-row.ts";
import { createSoleLeadership } from "./leading-tab.ts";
import type { ExecuteJob } from "./job-attempt.ts";
import { createRunner, type Runner, type RunnerOptions } from "./runner.ts";

const runners: Runner[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(runners.splice(0).map((runner) => runner.stop()));
});

function start(storage: Storage, execute: ExecuteJob, more: Partial<RunnerOptions> = {}): Runner {
  const { store, media } = storage;
  const runner = createRunner({ store, media, execute, leadership: createSoleLeadership(store), ...more });
  runners.push(runner);
  return runner;
}

const add = async (storage: Storage) => (await storage.store.create(draft())).row.id;

const isOver = (row?: JobRow): row is JobRow => row?.state === "completed" || row?.state === "failed";

async function ended(storage: Storage, id: string): Promise<JobRow> {
  return vi.waitFor(
    async () => {
      const row = await storage.store.get(id);
      if (!isOver(row)) throw new Error(`job ${id} has not ended`);
      return row;
    },
    { timeout: 60_000, interval: 5 },
  );
}

/** Lets the pauses of a runner pass, second by second and however many there are, until the job has ended. */
async function endedAfterPauses(storage: Storage, id: string): Promise<JobRow> {
  for (;;) {
    await vi.advanceTimersByTimeAsync(1000);
    const row = await storage.store.get(id);
    if (isOver(row)) return row;
    // What is no timer, for instance the reading of a blob, needs turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Waits for the job's signal, as an engine in the middle of its work does. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(new EngineError("job/cancelled", "The job was cancelled."));
    });
  });
}

describe("one runner", () => {
  test("does the jobs oldest first, one at a time, and keeps each output", async () => {
    const storage = openMemoryStorage();
    const ids = [await add(storage), await add(storage), await add(storage)];
    const order: string[] = [];
    let busy = 0;
    start(storage, async (row) => {
      order.push(row.id);
      expect(++busy).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      busy--;
      return outcome(row, row.id);
    });
    const rows = await Promise.all(ids.map((id) => ended(storage, id)));
    expect(order).toEqual(ids);
    for (const row of rows) {
      expect(row).toMatchObject({
        state: "completed",
        stage: "done",
        progress: 1,
        timings: { rendering: 1 },
      });
      const file = await storage.media.get(row.output!.file);
      expect(await (await file!.blob()).text()).toBe(row.id);
    }
  });

  test("does as many jobs at the same time as it is told to", async () => {
    const storage = openMemoryStorage();
    const ids = await Promise.all(Array.from({ length: 6 }, () => add(storage)));
    let busy = 0;
    let most = 0;
    const execute: ExecuteJob = async (row) => {
      most = Math.max(most, ++busy);
      await new Promise((resolve) => setTimeout(resolve, 10));
      busy--;
      return outcome(row);
    };
    start(storage, execute, { concurrency: 3 });
    await Promise.all(ids.map((id) => ended(storage, id)));
    expect(most).toBe(3);
  });

  test("progress never falls, and each new stage is seen", async () => {
    const storage = openMemoryStorage();
    const seen: JobRow[] = [];
    const id = await add(storage);
    storage.store.subscribe(() => void storage.store.get(id).then((row) => row && seen.push(row)));
    start(storage, async (row, { onProgress }) => {
      onProgress({ stage: "decoding", progress: 0.2 });
      await new Promise((resolve) => setTimeout(resolve, 5));
      onProgress({ stage: "listening", progress: 0.1 });
      onProgress({ stage: "listening", progress: NaN });
      await new Promise((resolve) => setTimeout(resolve, 5));
      onProgress({ stage: "rendering", progress: 7 });
      return outcome(row);
    });
    await ended(storage, id);
    const progress = seen.map((row) => row.progress);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(new Set(seen.map((row) => row.stage))).toEqual(
      new Set(["queued", "decoding", "listening", "rendering", "done"]),
    );
  });

  test("an error of the engine ends the job with its code and the facts behind it", async () => {
    const storage = openMemoryStorage();
    const id = await add(storage);
    start(storage, () =>
      Promise.reject(
        new EngineError("input/audio-too-long", "Too long.", {
          details: { limits: { most: 600 }, unit: "seconds" },
        }),
      ),
    );
    expect(await ended(storage, id)).toMatchObject({
      state: "failed",
      error: "Too long.",
      errorCode: "input/audio-too-long",
      errorDetails: { limits: { most: 600 }, unit: "seconds" },
    });
  });

  test("a job that is deleted in the middle is aborted and its output dropped", async () => {
    const storage = openMemoryStorage();
    const id = await add(storage);
    let aborted = false;
    const running = new Promise<void>((resolve) => {
      start(storage, async (row, { signal }) => {
        resolve();
        await untilAborted(signal).catch(() => (aborted = true));
        return outcome(row);
      });
    });
    await running;
    await storage.store.delete(id);
    await vi.waitFor(() => {
      expect(aborted).toBe(true);
    }, 60_000);
    const next = await add(storage);
    await storage.store.update(next, (row) => ({ ...row, state: "failed" }));
    await runners[0]!.stop();
    expect(await storage.media.list()).toEqual([]);
  });

  test("an output for which there is no room fails the job with storage/full", async () => {
    const storage = openMemoryStorage();
    const id = await add(storage);
    storage.media.put = () => Promise.reject(new EngineError("storage/full", "full"));
    start(storage, (row) => Promise.resolve(outcome(row)));
    expect(await ended(storage, id)).toMatchObject({ state: "failed", errorCode: "storage/full" });
  });
});

test("a segment that is saved when its job has been cancelled leaves no file behind", async () => {
  const storage = openMemoryStorage();
  const id = await add(storage);
  let late: (() => Promise<void>) | undefined;
  start(storage, async (_row, { signal, checkpoint }) => {
    await checkpoint.save(new Blob(["first"]));
    late = () => checkpoint.save(new Blob(["late"]));
    return untilAborted(signal);
  });
  await expect.poll(() => late).toBeDefined();
  await storage.store.update(id, (row) => failedRow(row, 1, new EngineError("job/cancelled", "Cancelled.")));
  await expect.poll(() => storage.media.list(id)).toEqual([]);
  await expect(late!()).rejects.toMatchObject({ code: "job/cancelled" });
  expect(await storage.media.list(id)).toEqual([]);
});

test("a job whose end the storage refuses at first is not stuck", async () => {
  const storage = openMemoryStorage();
  const id = await add(storage);
  const update = storage.store.update.bind(storage.store);
  let refusals = 2;
  storage.store.update = (jobId, change) =>
    refusals-- > 0 ? Promise.reject(new EngineError("storage/full", "full")) : update(jobId, change);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  start(storage, (row) => Promise.resolve(outcome(row)));
  expect(await endedAfterPauses(storage, id)).toMatchObject({ state: "failed", errorCode: "storage/full" });
  expect(await storage.media.list()).toEqual([]);
});

describe("interruption", () => {
  test("stopping leaves the job in the queue, uncounted, and the next runner resumes from the checkpoint", async () => {
    const storage = openMemoryStorage();
    const id = await add(storage);
    const rendered: number[] = [];
    const execute =
      (stopAt: number): ExecuteJob =>
      async (row, { checkpoint, signal }) => {
        const segments = [...(await checkpoint.load())];
        for (let i = segments.length; i < 5; i++) {
          if (i === stopAt) {
            reached();
            await untilAborted(signal);
          }
          rendered.push(i);
          const segment = new Blob([`[${String(i)}]`]);
          await checkpoint.save(segment);
          segments.push(segment);
        }
        return outcome(row, await new Blob(segments).text());
      };
    let reached: () => void = () => undefined;
    const middle = new Promise<void>((resolve) => (reached = resolve));
    const first = start(storage, execute(3));
    await middle;
    await first.stop();
    expect(await storage.store.get(id)).toMatchObject({ state: "running", crashes: 0, runner: undefined });
    start(storage, execute(-1));
    const row = await ended(storage, id);
    expect(rendered).toEqual([0, 1, 2, 3, 4]);
    expect(await (await (await storage.media.get(row.output!.file))!.blob()).text()).toBe("[0][1][2][3][4]");
    expect(await storage.media.list()).toHaveLength(1);
  });

  test("a piece that is saved in an earlier place replaces it and all later ones", async () => {
    const storage = openMemoryStorage();
    const id = await add(storage);
    const texts: string[][] = [];
    start(storage, async (row, { checkpoint }) => {
      const look = async () =>
        texts.push(await Promise.all((await checkpoint.load()).map((piece) => piece.text())));
      for (const text of ["a", "b", "c"]) await checkpoint.save(new Blob([text]));
      await look();
      await checkpoint.save(new Blob(["B"]), 1);
      await look();
      await checkpoint.save(new Blob(["C"]), 2);
      await look();
      return outcome(row);
    });
    await ended(storage, id);
    expect(texts).toEqual([
      ["a", "b", "c"],
      ["a", "B"],
      ["a", "B", "C"],
    ]);
  });

  test("a job that gets further in every run is not given up, one that dies in the same place is", async () => {
    const storage = openMemoryStorage();
    const [far, stuck] = [await add(storage), await add(storage)];
    const runs = new Map<string, number>();
    start(storage, async (row, { checkpoint }) => {
      runs.set(row.id, (runs.get(row.id) ?? 0) + 1);
      const done = (await checkpoint.load()).length;
      if (row.id === far && done === 6) return outcome(row);
      if (row.id === far || done < 2) await checkpoint.save(new Blob(["piece"]));
      throw new EngineError("device/lost", "gone");
    });
    expect(await ended(storage, far)).toMatchObject({ state: "completed" });
    expect(runs.get(far)).toBe(7);
    expect(await ended(storage, stuck)).toMatchObject({ state: "failed", errorCode: "job/crashed" });
    // Two that got further, of which the last counts, and two that did not.
    expect(runs.get(stuck)).toBe(4);
  });

  test("a result that finds no room gets that of the finished pieces", async () => {
    const storage = openMemoryStorage();
    const put = storage.media.put.bind(storage.media);
    storage.media.put = async (source, options) => {
      const pieces = (await storage.media.list(options.owner)).filter(({ id }) => id.includes("segment"));
      if (options.type === "video/mp4" && pieces.length > 0) throw new EngineError("storage/full", "no room");
      return put(source, options);
    };
    const id = await add(storage);
    start(storage, async (row, { checkpoint }) => {
      for (const text of ["a", "b"]) await checkpoint.save(new Blob([text]));
      return outcome(row);
    });
    expect(await ended(storage, id)).toMatchObject({ state: "completed" });
  });

  test("a runner that was superseded can neither finish nor claim a job", async () => {
    const storage = openMemoryStorage();
    const id = await add(storage);
    let finish: () => void = () => undefined;
    start(storage, async (row) => {
      await new Promise<void>((resolve) => (finish = resolve));
      return outcome(row, "from the superseded runner");
    });
    await vi.waitFor(async () => {
      expect((await storage.store.get(id))?.state).toBe("running");
    }, 60_000);
    await storage.store.takeLease("other", Date.now());
    expect(await storage.store.claim("other", Date.now())).toMatchObject({ id, crashes: 1, runner: "other" });
    const waiting = await add(storage);
    finish();
    await runners[0]!.stop();
    expect(await storage.store.get(id)).toMatchObject({ state: "running", runner: "other" });
    expect(await storage.store.get(waiting)).toMatchObject({ state: "queued" });
    expect(await storage.media.list()).toEqual([]);
  });

  test("a job whose engine dies is tried three times and fails with job/crashed", async () => {
    const storage = openMemoryStorage();
    const id = await add(storage);
    let runs = 0;
    start(storage, () => {
      runs++;
      return Promise.reject(new EngineError("device/lost", "gone"));
    });
    expect(await ended(storage, id)).toMatchObject({ state: "failed", errorCode: "job/crashed", crashes: 2 });
    expect(runs).toBe(3);
  });

  test("a job that killed three runners without a word fails without a fourth run", async () => {
    const storage = openMemoryStorage();
    const id = await add(storage);
    for (const runner of ["a", "b", "c"]) {
      await storage.store.takeLease(runner, 0);
      await storage.store.claim(runner, 0);
    }
    expect((await storage.store.get(id))?.crashes).toBe(2);
    let runs = 0;
    start(storage, (row) => {
      runs++;
      return Promise.resolve(outcome(row));
    });
    expect(await ended(storage, id)).toMatchObject({ state: "failed", errorCode: "job/crashed", crashes: 3 });
    expect(runs).toBe(0);
  });

  test("a queue that cannot be read for a moment is read again", async () => {
    const storage = openMemoryStorage();
    const claim = storage.store.claim.bind(storage.store);
    let failures = 1;
    storage.store.claim = (...args) =>
      failures-- > 0 ? Promise.reject(new EngineError("storage/failed", "busy")) : claim(...args);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const id = await add(storage);
    start(storage, (row) => Promise.resolve(outcome(row)));
    expect(await endedAfterPauses(storage, id)).toMatchObject({ state: "completed" });
  });
});
