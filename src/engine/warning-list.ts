import { readWarning, type JobWarning, type Warning } from "../job/warnings.ts";

/** The warnings of one job, each once, in the order in which they came. */
export interface WarningList {
  push(...warnings: readonly Warning[]): void;
  all(): readonly Warning[];
}

/** @param tell hears each as soon as the job has found it out. */
export function createWarningList(tell: (warning: JobWarning) => void = () => undefined): WarningList {
  const found = new Set<Warning>();
  return {
    push(...warnings) {
      for (const message of warnings) {
        if (found.has(message)) continue;
        found.add(message);
        const read = readWarning(message);
        if (read) tell({ ...read, message });
      }
    },
    all: () => [...found],
  };
}
