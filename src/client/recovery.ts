import { EngineError, toEngineError } from "../core/errors.ts";

/** Runs work whose failure may leave workers unusable. */
export interface Recovery {
  /** A job. @throws EngineError, `job/cancelled` when the signal was aborted. */
  job<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Work beside the jobs: while one runs, the workers are dropped only when it has ended. @throws EngineError. */
  beside<T>(work: () => Promise<T>): Promise<T>;
}

/** @param recover drops the workers that an error may have left unusable. */
export function createRecovery(recover: (error: EngineError) => void): Recovery {
  let jobs = 0;
  let postponed: EngineError | undefined;
  return {
    async job(work, signal) {
      jobs++;
      try {
        return await work();
      } catch (error) {
        const failure = signal.aborted
          ? new EngineError("job/cancelled", "The job was cancelled.", { cause: error })
          : toEngineError(error);
        recover(failure);
        throw failure;
      } finally {
        jobs--;
        if (jobs === 0 && postponed) {
          recover(postponed);
          postponed = undefined;
        }
      }
    },
    async beside(work) {
      try {
        return await work();
      } catch (error) {
        const failure = toEngineError(error);
        if (jobs > 0) postponed = failure;
        else recover(failure);
        throw failure;
      }
    },
  };
}
