import { expect, test } from "vitest";
import type { JobRow } from "../../queue/job-row.ts";
import type { Queue } from "./queue.ts";
import { removeAllJobs } from "./remove-everything.ts";

/** A queue that lists three rows of those it has. @param removals how often each has to be removed until it is gone. */
function queueOf(removals: Record<string, number>): Queue & { readonly left: () => string[] } {
  const left = () => Object.keys(removals).filter((id) => removals[id]! > 0);
  const row = (id: string) => ({ id }) as JobRow;
  return {
    left,
    rows: () => left().slice(0, 3).map(row),
    row: async (id: string) => (removals[id]! > 0 ? row(id) : undefined),
    remove: async (id: string) => void removals[id]!--,
  } as unknown as Queue & { readonly left: () => string[] };
}

test("jobs beyond those that are listed go too, and those that are being done", async () => {
  const queue = queueOf({ a: 1, b: 2, c: 1, d: 1, e: 2 });
  await removeAllJobs(queue);
  expect(queue.left()).toEqual([]);
});

test("a job that stays does not hold up the rest", async () => {
  const queue = queueOf({ a: Infinity, b: 1, c: 1, d: 1 });
  await removeAllJobs(queue);
  expect(queue.left()).toEqual(["a"]);
});
