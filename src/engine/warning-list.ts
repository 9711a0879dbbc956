import { tellWarning } from "../job/sentences/english.ts";
import { warningKey, type JobWarning, type Warning } from "../job/warnings.ts";

/** The warnings of one job, each once, in the order in which they came. */
export interface WarningList {
  push(...warnings: readonly Warning[]): void;
  all(): readonly JobWarning[];
}

/** @param tell gets each as soon as the job has found it out. */
export function createWarningList(tell: (warning: JobWarning) => void = () => undefined): WarningList {
  const found = new Map<string, JobWarning>();
  return {
    push(...warnings) {
      for (const each of warnings) {
        const key = warningKey(each);
        if (found.has(key)) continue;
        const told = tellWarning(each);
        found.set(key, told);
        tell(told);
      }
    },
    all: () => [...found.values()],
  };
}
