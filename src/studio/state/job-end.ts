import { isFinished, type JobRow } from "../../queue/job-row.ts";
import type { Queue } from "./queue.ts";

/** Waits until a job has ended; the row, or undefined when it was removed. */
export async function jobEnd(queue: Queue, id: string): Promise<JobRow | undefined> {
  for (;;) {
    const row = await queue.row(id);
    if (!row || isFinished(row)) return row;
    await new Promise<void>((resolve) => {
      const stop = queue.subscribe(() => {
        stop();
        resolve();
      });
    });
  }
}
