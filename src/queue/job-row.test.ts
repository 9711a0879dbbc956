import { expect, test } from "vitest";
import { draft } from "../../tests/api/jobs.ts";
import { EngineError } from "../job/errors.ts";
import { assertForward, claimedRow, failedRow, progressedRow, queuedRow, releasedRow } from "./job-row.ts";

const queued = queuedRow(draft({ webhook: { url: "https://x.example/", attempts: 0 } }), 1);
const running = claimedRow(queued, "a", 1000);
const failed = failedRow(running, 2000, new EngineError("input/audio", "no"));

test("a job moves only forward, and its progress never falls", () => {
  expect(() => {
    assertForward(queued, running);
    assertForward(running, failed);
    assertForward(failed, failed);
  }).not.toThrow();
  for (const [before, after] of [
    [running, queued],
    [failed, running],
    [failed, { ...failed, state: "completed" as const }],
    [
      { ...running, progress: 0.5 },
      { ...running, progress: 0.4 },
    ],
    [running, { ...running, sequence: 2 }],
  ] as const) {
    expect(() => {
      assertForward(before, after);
    }).toThrow(EngineError);
  }
});

test("taking a job from a runner that let it go or said farewell counts no crash, from one that fell silent one", () => {
  expect(claimedRow(running, "b", 0).crashes).toBe(1);
  expect(claimedRow(releasedRow(running), "b", 0).crashes).toBe(0);
  expect(claimedRow(running, "b", 0, "a").crashes).toBe(0);
});

test("progress of a second run shows only where it passes the first", () => {
  const before = { ...running, progress: 0.6 };
  expect(progressedRow(before, { stage: "decoding", progress: 0.1 })).toMatchObject({
    stage: "decoding",
    progress: 0.6,
  });
  expect(progressedRow(before, { stage: "encoding", progress: 0.9 }).progress).toBe(0.9);
});

test("the end of a job makes its webhook due", () => {
  expect(failed).toMatchObject({ webhookDueAt: 2000, runner: undefined, errorCode: "input/audio" });
});
