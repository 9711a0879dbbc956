import { EngineError, toEngineError } from "../../job/errors.ts";
import type { Backend } from "../../job/job.ts";

/** Runs work whose failure may leave workers unusable. */
export interface Recovery {
  /** A job. @throws EngineError, `job/cancelled` when the signal was aborted. */
  job<T>(work: () => Promise<T>, signal: AbortSignal, backend?: Backend): Promise<T>;
  /** Work beside the jobs: while one runs, the workers are dropped only when it has ended. @throws EngineError. */
  beside<T>(work: () => Promise<T>, backend?: Backend): Promise<T>;
}

/** @param recover drops the workers that an error may have left unusable, given the backend that was asked for. */
export function createRecovery(
  recover: (error: EngineError, backend: Backend | undefined) => void,
): Recovery {
  let jobs = 0;
  const postponed: (() => void)[] = [];
  return {
    async job(work, signal, backend) {
      jobs++;
      try {
        return await work();
      } catch (error) {
        const failure = signal.aborted
          ? new EngineError("job/cancelled", "The job was cancelled.", { cause: error })
          : toEngineError(error);
        recover(failure, backend);
        throw failure;
      } finally {
        jobs--;
        if (jobs === 0) for (const drop of postponed.splice(0)) drop();
      }
    },
    async beside(work, backend) {
      try {
        return await work();
      } catch (error) {
        const failure = toEngineError(error);
        if (jobs > 0) postponed.push(() => recover(failure, backend));
        else recover(failure, backend);
        throw failure;
      }
    },
  };
}
