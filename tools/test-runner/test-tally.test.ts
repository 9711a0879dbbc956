import { expect, test } from "vitest";
import { TestTally } from "./test-tally.ts";

const FILES = ["a", "b", "c"];
const fine = { passed: 2, failed: 0, skipped: 1 };
const bad = { passed: 1, failed: 1, skipped: 1 };

function tallyOf(...ended: [string, typeof fine][]): TestTally {
  const tally = new TestTally();
  tally.add({ planned: FILES });
  for (const [path, counts] of ended) tally.add({ ended: path, ...counts });
  return tally;
}

test("a whole run is added up, and nothing is run again", () => {
  const tally = tallyOf(["a", fine], ["b", fine], ["c", fine]);
  expect(tally.takeAgain()).toEqual([]);
  expect(tally.unsteady).toEqual([]);
  expect(tally.counts).toEqual({ passed: 6, failed: 0, skipped: 3 });
});

test("a file that failed counts as its second run ends", () => {
  for (const [second, counts] of [
    [fine, { passed: 6, failed: 0, skipped: 3 }],
    [bad, { passed: 5, failed: 1, skipped: 3 }],
  ] as const) {
    const tally = tallyOf(["a", fine], ["b", bad], ["c", fine]);
    expect(tally.counts.failed).toBe(1);
    expect(tally.takeAgain()).toEqual(["b"]);
    tally.add({ planned: ["b"] });
    tally.add({ ended: "b", ...second });
    expect(tally.counts).toEqual(counts);
    expect(tally.unsteady).toEqual(second === fine ? ["b"] : []);
  }
});

test("files that a run left undone are run again, and are failures until they have ended", () => {
  const tally = tallyOf(["a", fine]);
  // The browser died: the error belongs to no file.
  tally.add({ strayError: null });
  expect(tally.counts).toEqual({ passed: 2, failed: 3, skipped: 1 });
  expect(tally.takeAgain()).toEqual(["b", "c"]);
  expect(tally.counts.failed).toBe(2);
  expect(tally.unsteady).toEqual([]);
  for (const path of ["b", "c"]) tally.add({ ended: path, ...fine });
  expect(tally.unsteady).toEqual(["b", "c"]);
  expect(tally.counts).toEqual({ passed: 6, failed: 0, skipped: 3 });
});

test("an error outside of the tests is a failure: its file is run again, and without one it stays", () => {
  const tally = tallyOf(["a", fine], ["b", fine], ["c", fine]);
  tally.add({ strayError: "c" });
  tally.add({ strayError: null });
  expect(tally.counts.failed).toBe(2);
  expect(tally.takeAgain()).toEqual(["c"]);
  tally.add({ ended: "c", ...fine });
  expect(tally.counts).toEqual({ passed: 6, failed: 1, skipped: 3 });
});

test("where many files fail, none of them is run again", () => {
  const tally = new TestTally();
  const paths = Array.from({ length: 6 }, (_, i) => `file ${i}`);
  tally.add({ planned: paths });
  for (const path of paths) tally.add({ ended: path, ...bad });
  expect(tally.takeAgain()).toEqual([]);
  expect(tally.counts).toEqual({ passed: 6, failed: 6, skipped: 6 });
});
