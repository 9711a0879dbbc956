import { STAGES, type JobProgress, type Stage } from "../core/job.ts";

/** Share of a whole job that each stage usually takes. */
const WEIGHTS: Partial<Record<Stage, number>> = {
  "loading models": 0.04,
  decoding: 0.04,
  "finding faces": 0.06,
  listening: 0.08,
  rendering: 0.72,
  encoding: 0.05,
};

/** Turns what the stages say into one number that never falls, with an honest time left. */
export interface ProgressMeter {
  /** Tells that `fraction` (0–1) of `stage` is done; entering a stage closes the one before. */
  report(stage: Stage, fraction: number): void;
  /** Milliseconds spent in each stage so far. */
  timings(): Partial<Record<Stage, number>>;
}

/** Starts a meter; `now` is a clock in milliseconds. */
export function createProgressMeter(
  onProgress: (progress: JobProgress) => void,
  now: () => number = () => performance.now(),
): ProgressMeter {
  const timings: Partial<Record<Stage, number>> = {};
  let current: Stage | undefined;
  let entered = 0;
  let highest = 0;

  const before = (stage: Stage) =>
    STAGES.slice(0, STAGES.indexOf(stage)).reduce((sum, other) => sum + (WEIGHTS[other] ?? 0), 0);

  return {
    report(stage, fraction) {
      const time = now();
      if (stage !== current) {
        if (current) timings[current] = (timings[current] ?? 0) + (time - entered);
        current = stage;
        entered = time;
      }
      const done = Math.min(1, Math.max(0, fraction));
      highest = stage === "done" ? 1 : Math.max(highest, before(stage) + (WEIGHTS[stage] ?? 0) * done);
      const elapsed = time - entered;
      const estimable = stage === "rendering" && done > 0.02 && elapsed > 400;
      onProgress({
        stage,
        progress: Math.min(1, highest),
        stageProgress: done,
        ...(estimable ? { secondsLeft: (elapsed * (1 - done)) / done / 1000 } : {}),
      });
    },
    timings: () =>
      Object.fromEntries(Object.entries(timings).map(([stage, ms]) => [stage, Math.round(ms)])) as Partial<
        Record<Stage, number>
      >,
  };
}
