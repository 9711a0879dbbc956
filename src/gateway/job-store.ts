import type { JobTable } from "../queue/store/job-store.ts";

/** What a queue holds, counted by the store itself. */
export interface QueueFigures {
  readonly queued: number;
  readonly running: number;
  readonly completed: number;
  readonly failed: number;
  /** Finished jobs whose webhook is still to be delivered. */
  readonly webhooksOwed: number;
  /** Epoch ms at which the oldest waiting job was submitted. */
  readonly oldestQueuedAt?: number;
}

/** A table of jobs that tells how full it is without reading its rows. */
export interface GatewayJobStore extends JobTable {
  figures(): Promise<QueueFigures>;
}
