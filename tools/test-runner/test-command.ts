import { fork } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { TestTally, type TestReport } from "./test-tally.ts";

/** Longer than any test may take: a run that says nothing for so long is stuck, for instance in its browser. */
const QUIET_MS = 420_000;
/** A run that was told to end has this long. */
const END_MS = 10_000;

/**
 * One run in a process of its own, so that neither its end nor its standstill takes the count with it.
 * @returns the signal with which the user ended it, or null.
 */
function run(filters: readonly string[], tally: TestTally): Promise<NodeJS.Signals | null> {
  const child = fork(fileURLToPath(new URL("./test-run.ts", import.meta.url)), [...filters]);
  const own = new TestTally();
  let told: NodeJS.Signals | null = null;
  const stop = (signal: NodeJS.Signals) => {
    told = signal;
    child.kill(signal);
    setTimeout(() => child.kill("SIGKILL"), END_MS).unref();
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  const watch = setTimeout(() => {
    console.error(`\ndudak: the tests said nothing for ${QUIET_MS / 1000} s; they are stopped.`);
    child.kill("SIGKILL");
  }, QUIET_MS);
  child.on("message", (report: TestReport) => {
    watch.refresh();
    for (const each of [own, tally]) each.add(report);
  });
  return new Promise((resolve) => {
    child.once("close", (code) => {
      clearTimeout(watch);
      // It failed without a word of what.
      if (code !== 0 && own.counts.failed === 0) tally.add({ strayError: null });
      process.off("SIGINT", stop).off("SIGTERM", stop);
      resolve(told);
    });
  });
}

/** With `CI_STRICT=1` a file that passes only in its second run is a failure. */
const STRICT = process.env["CI_STRICT"] === "1";

/**
 * What runs side by side, each in a process of its own: the tests in Node, of which many wait for browsers, gateways
 * and processes of their own, and those in the page of one browser.
 */
const PARTS = [
  ["--project", "node"],
  ["--project", "browser"],
] as const;

/** Runs the parts side by side, or what `args` choose themselves; a part without any of the wanted files is no failure. */
async function runAll(args: readonly string[], tally: TestTally): Promise<NodeJS.Signals | null> {
  const parts = args.includes("--project") ? [[]] : PARTS;
  const told = await Promise.all(parts.map((part) => run([...part, "--passWithNoTests", ...args], tally)));
  return told.find((signal) => signal !== null) ?? null;
}

/**
 * `npm test`: every test, then one line that tools can read. Files that failed or were left undone are run once more,
 * in a fresh process and a fresh browser; those that then passed are named before the last line.
 */
async function main(filters: readonly string[]): Promise<number> {
  const tally = new TestTally();
  let told = await runAll(filters, tally);
  const again = told ? [] : tally.takeAgain();
  if (again.length > 0) {
    console.log(`\nRun once more, in a fresh process:\n${again.map((path) => `  ${path}`).join("\n")}`);
    told = await runAll(again, tally);
  }
  const { passed, skipped, ...counts } = tally.counts;
  const { unsteady } = tally;
  if (unsteady.length > 0) {
    const judged = STRICT
      ? "which counts as a failure (CI_STRICT=1)"
      : "which CI_STRICT=1 counts as a failure";
    console.log(
      `\nPassed only in a second run, ${judged}:\n${unsteady.map((path) => `  ${path}`).join("\n")}`,
    );
  }
  const none = passed + skipped + counts.failed === 0;
  if (none) console.error(`\ndudak: no test was found for ${filters.join(" ")}`);
  const failed = counts.failed + (STRICT ? unsteady.length : 0) + (none ? 1 : 0);
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (told) return 128 + constants.signals[told];
  return failed > 0 ? 1 : 0;
}

process.exit(await main(process.argv.slice(2)));
