import fc from "fast-check";
import { test } from "vitest";
import { draft } from "../../tests/api/jobs.ts";
import { EngineError } from "../job/errors.ts";
import {
  assertForward,
  claimedRow,
  failedRow,
  isFinished,
  progressedRow,
  queuedRow,
  releasedRow,
  type JobRow,
} from "./job-row.ts";

type Step = (row: JobRow) => JobRow;
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom("a", "b").map(
    (runner): Step =>
      (row) =>
        claimedRow(row, runner, 1),
  ),
  fc.constant<Step>((row) => (row.state === "running" ? releasedRow(row) : row)),
  fc.double({ min: 0, max: 1, noNaN: true }).map(
    (progress): Step =>
      (row) =>
        progressedRow(row, { stage: "rendering", progress }),
  ),
  fc.constant<Step>((row) => failedRow(row, 2, new EngineError("input/audio", "No."))),
);

test("whatever happens to a job in whatever order, it never goes back and its progress never falls", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let row = queuedRow(draft(), 1);
      for (const take of steps) {
        if (isFinished(row)) break;
        const next = take(row);
        assertForward(row, next);
        row = next;
      }
    }),
  );
});
