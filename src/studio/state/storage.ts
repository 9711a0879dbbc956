import type { Queue } from "./queue.ts";

/** What this browser keeps for the studio, in bytes. */
export interface StorageUse {
  /** Everything of this site: jobs, models, the app itself. */
  readonly usage: number;
  /** What the browser would allow. */
  readonly quota: number;
  /** Jobs of the history with their files. */
  readonly jobs: number;
}

/** Measures what is kept. @returns null where the browser does not tell. */
export async function measureStorage(queue: Queue): Promise<StorageUse | null> {
  const estimate = await navigator.storage?.estimate?.().catch(() => undefined);
  if (!estimate) return null;
  const { usage = 0, quota = 0 } = estimate;
  return { usage, quota, jobs: await queue.bytes() };
}

/** Asks the browser not to clear the jobs when space runs low; some ask the user, so only when there is one to keep. */
export async function askToKeep(): Promise<void> {
  await navigator.storage?.persist?.().catch(() => undefined);
}
