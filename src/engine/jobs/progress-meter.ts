import { STAGES, type JobProgress, type Stage } from "../../job/job.ts";
import { unit } from "../../core/scalar.ts";

/** Share of a whole job that each stage usually takes. */
export type StageWeights = Readonly<Partial<Record<Stage, number>>>;

/** Shares of a job on a picture. */
const PICTURE_WEIGHTS: StageWeights = {
  "loading models": 0.04,
  decoding: 0.04,
  "finding faces": 0.06,
  listening: 0.08,
  rendering: 0.72,
  encoding: 0.05,
};

/** Shares of a job on a video: faces are followed through every frame. */
export const VIDEO_WEIGHTS: StageWeights = {
  "loading models": 0.04,
  decoding: 0.04,
  "finding faces": 0.42,
  listening: 0.03,
  rendering: 0.45,
  encoding: 0.02,
};

/** A stage with at least this share says something about the time left. */
const TELLING_SHARE = 0.4;

/** Turns what the stages say into one number that never falls, with an honest time left. */
export interface ProgressMeter {
  /**
   * Tells that `fraction` (0–1) of `stage` is done; entering a stage closes the ones before. What is told of a closed one
   * comes to nothing: listeners have ports of their own, and a worker's answer may overtake its last progress.
   * @param before share of it that an earlier run had done, which says nothing about this one's pace.
   */
  report(stage: Stage, fraction: number, before?: number): void;
  /** Milliseconds spent in each stage so far. */
  timings(): Partial<Record<Stage, number>>;
}

/** Starts a meter; `now` is a clock in milliseconds, `weights` are the shares of the stages. */
export function createProgressMeter(
  onProgress: (progress: JobProgress) => void,
  now: () => number = () => performance.now(),
  weights: StageWeights = PICTURE_WEIGHTS,
): ProgressMeter {
  const timings: Partial<Record<Stage, number>> = {};
  let current: Stage | undefined;
  let entered = 0;
  let doneOfIt = 0;
  let highest = 0;

  const share = (stages: readonly Stage[]) => stages.reduce((sum, stage) => sum + (weights[stage] ?? 0), 0);
  const before = (stage: Stage) => share(STAGES.slice(0, STAGES.indexOf(stage)));
  /** Shares of the stages to come, as a multiple of this one's; encoding ends with rendering. */
  const later = (stage: Stage) =>
    share(STAGES.slice(STAGES.indexOf(stage) + 1).filter((other) => other !== "encoding")) / weights[stage]!;

  return {
    report(stage, fraction, earlier = 0) {
      if (current && STAGES.indexOf(stage) < STAGES.indexOf(current)) return;
      const time = now();
      if (stage !== current) {
        if (current) timings[current] = time - entered;
        current = stage;
        entered = time;
        doneOfIt = 0;
      }
      const done = (doneOfIt = Math.max(doneOfIt, unit(fraction)));
      highest = stage === "done" ? 1 : Math.max(highest, before(stage) + (weights[stage] ?? 0) * done);
      const elapsed = time - entered;
      const own = done - earlier;
      const estimable = (weights[stage] ?? 0) >= TELLING_SHARE && own > 0.02 && elapsed > 400;
      onProgress({
        stage,
        progress: Math.min(1, highest),
        stageProgress: done,
        ...(estimable ? { secondsLeft: (elapsed * (1 - done + later(stage))) / own / 1000 } : {}),
      });
    },
    timings: () =>
      Object.fromEntries(Object.entries(timings).map(([stage, ms]) => [stage, Math.round(ms)])) as Partial<
        Record<Stage, number>
      >,
  };
}
