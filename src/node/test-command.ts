import { startVitest } from "vitest/node";

/** `npm test`: every test, then one line that tools can read. */
async function main(argv: readonly string[]): Promise<number> {
  const vitest = await startVitest("test", [...argv], { watch: false, run: true });
  await vitest.close();
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for (const file of vitest.state.getTestModules()) {
    const tests = [...file.children.allTests()];
    for (const test of tests) {
      const state = test.result().state;
      if (state === "passed") passed++;
      else if (state === "failed") failed++;
      else skipped++;
    }
    if (file.state() === "failed" && tests.every((test) => test.result().state !== "failed")) failed++;
  }
  failed += vitest.state.getUnhandledErrors().length;
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

process.exit(await main(process.argv.slice(2)));
