import { relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { parseCLI, startVitest } from "vitest/node";
import type { TestReport } from "./test-tally.ts";

// One run of the tests that the arguments name, or of all; tells the parent process of each file as it ends.

const tell = (report: TestReport) => void process.send?.(report);
const pathOf = (moduleId: string) => relative(process.cwd(), moduleId).replaceAll("\\", "/");

function tellOfFile(file: TestModule): void {
  const states = [...file.children.allTests()].map((test) => test.result().state);
  const count = (wanted: string) => states.filter((state) => state === wanted).length;
  const [passed, failedTests] = [count("passed"), count("failed")];
  // A file can fail without any of its tests, for instance where it cannot be loaded.
  const failed = file.state() === "failed" ? Math.max(1, failedTests) : failedTests;
  const skipped = states.length - passed - failedTests;
  tell({ ended: pathOf(file.moduleId), passed, failed, skipped });
}

const reporter: Reporter = {
  onTestRunStart: (files) => tell({ planned: files.map(({ moduleId }) => pathOf(moduleId)) }),
  onTestCaseReady: () => tell({ alive: true }),
  onTestCaseResult: () => tell({ alive: true }),
  onTestModuleEnd: tellOfFile,
};

const { filter, options } = parseCLI(["vitest", ...process.argv.slice(2)]);
const vitest = await startVitest("test", filter, {
  ...options,
  watch: false,
  run: true,
  reporters: ["default", reporter],
});
for (const error of vitest.state.getUnhandledErrors()) {
  const path = (error as { VITEST_TEST_PATH?: string }).VITEST_TEST_PATH;
  tell({ strayError: path === undefined ? null : pathOf(path) });
}
// What was told has left before the process ends.
await new Promise((resolve) => (process.send ? process.send({ alive: true }, resolve) : resolve(null)));
process.exit();
