import { expect, test } from "vitest";
import { EngineError } from "../../job/errors.ts";
import { createRecovery } from "./recovery.ts";

const failure = new EngineError("codec/failed", "no");
const signal = new AbortController().signal;

test("work that fails beside a job leaves the job its workers until it has ended", async () => {
  const dropped: string[] = [];
  const recovery = createRecovery(({ code }) => dropped.push(code));
  let end: (value: string) => void = () => undefined;
  const job = recovery.job(() => new Promise<string>((resolve) => (end = resolve)), signal);
  await expect(recovery.beside(() => Promise.reject(failure))).rejects.toBe(failure);
  expect(dropped).toEqual([]);
  end("done");
  expect(await job).toBe("done");
  expect(dropped).toEqual(["codec/failed"]);
  await recovery.job(() => Promise.resolve(), signal);
  expect(dropped).toHaveLength(1);
});

test("failures drop workers at once when no job runs, and a job's own always; a cancelled job says so", async () => {
  const dropped: string[] = [];
  const recovery = createRecovery(({ code }) => dropped.push(code));
  await expect(recovery.beside(() => Promise.reject(failure))).rejects.toBe(failure);
  await expect(recovery.job(() => Promise.reject(new Error("odd")), signal)).rejects.toMatchObject({
    code: "internal/bug",
  });
  const cancelled = recovery.job(() => Promise.reject(failure), AbortSignal.abort());
  await expect(cancelled).rejects.toMatchObject({ code: "job/cancelled" });
  expect(dropped).toEqual(["codec/failed", "internal/bug", "job/cancelled"]);
});
