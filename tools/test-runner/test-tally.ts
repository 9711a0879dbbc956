/** What a run of the tests tells, file by file. */
export type TestReport =
  /** The files that will be run. */
  | { readonly planned: readonly string[] }
  | { readonly ended: string; readonly passed: number; readonly failed: number; readonly skipped: number }
  /** An error outside of every test, with the file in which it happened if that is known. */
  | { readonly strayError: string | null }
  | { readonly alive: true };

/** Numbers of tests. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** So many files that failed are run once more; where more fail, something is broken. */
const MOST_AGAIN = 5;

/** Adds up what runs of the tests tell; a file that is run again counts as it ended last, and is remembered. */
export class TestTally {
  #planned = new Set<string>();
  #ended = new Map<string, TestCounts>();
  #stray: (string | null)[] = [];
  #again: string[] = [];

  add(report: TestReport): void {
    if ("planned" in report) report.planned.forEach((path) => this.#planned.add(path));
    if ("ended" in report) {
      const { ended, passed, failed, skipped } = report;
      this.#ended.set(ended, { passed, failed, skipped });
    }
    if ("strayError" in report) this.#stray.push(report.strayError);
  }

  /**
   * Takes out what shall be run once more: files that a run has left undone because it ended early, and files that
   * failed, unless there are many. An error that no file is known for is put down to an early end.
   */
  takeAgain(): string[] {
    const undone = [...this.#planned].filter((path) => !this.#ended.has(path));
    const failed = [...this.#ended].filter(
      ([path, counts]) => counts.failed > 0 || this.#stray.includes(path),
    );
    const again = [...undone, ...(failed.length > MOST_AGAIN ? [] : failed.map(([path]) => path))];
    for (const path of again) this.#ended.delete(path);
    this.#again.push(...again);
    this.#stray = this.#stray.filter((path) => (path === null ? undone.length === 0 : !again.includes(path)));
    return again;
  }

  /** The files that were run twice and have failed nowhere in the second run: they are not to be trusted. */
  get unsteady(): string[] {
    return this.#again.filter((path) => this.#ended.get(path)?.failed === 0 && !this.#stray.includes(path));
  }

  /** All together; a file that was not run to its end is one failure, and so is an error outside of the tests. */
  get counts(): TestCounts {
    const undone = [...this.#planned].filter((path) => !this.#ended.has(path)).length;
    const all = [...this.#ended.values()];
    const sum = (name: keyof TestCounts) => all.reduce((total, counts) => total + counts[name], 0);
    return {
      passed: sum("passed"),
      failed: sum("failed") + undone + this.#stray.length,
      skipped: sum("skipped"),
    };
  }
}
