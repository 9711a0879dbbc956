import { defineConfig } from "vitest/config";

/** The tests that judge mutants: those of the mutated rooms in Node, without a browser, the eval and what reads all sources. */
export default defineConfig({
  test: {
    include: ["src/{job,queue,rest,speech,pipeline}/**/*.test.ts"],
    exclude: ["**/*.browser.test.ts", "**/speech/eval/**", "src/job/warnings.test.ts"],
    testTimeout: 20_000,
  },
});
