import { EngineError } from "../../job/errors.ts";
import { formatBytes } from "../format.ts";

/** What this browser keeps for the studio, in bytes. */
export interface StorageUse {
  /** Everything of this site: jobs, models, the app itself. */
  readonly usage: number;
  /** What the browser would allow. */
  readonly quota: number;
  /** Jobs of the history with their files. */
  readonly jobs: number;
}

/**
 * Measures what is kept.
 * @param queue tells what the jobs take, in bytes.
 * @returns null where the browser does not tell.
 */
export async function measureStorage(queue: { bytes(): Promise<number> }): Promise<StorageUse | null> {
  const estimate = await navigator.storage?.estimate?.().catch(() => undefined);
  if (!estimate) return null;
  const { usage = 0, quota = 0 } = estimate;
  return { usage, quota, jobs: await queue.bytes() };
}

/**
 * Refuses files that do not fit, before gigabytes of them are copied in vain.
 * @throws EngineError `storage/full`.
 */
export async function ensureRoom(files: readonly Blob[]): Promise<void> {
  const needed = files.reduce((sum, { size }) => sum + size, 0);
  const { usage = 0, quota } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
  if (quota === undefined || usage + needed <= quota) return;
  throw new EngineError(
    "storage/full",
    `The files take ${formatBytes(needed)}; this browser has ${formatBytes(Math.max(0, quota - usage))} left for them.`,
  );
}

/** Asks the browser not to clear the jobs when space runs low; some ask the user, so only when there is one to keep. */
export async function askToKeep(): Promise<void> {
  await navigator.storage?.persist?.().catch(() => undefined);
}
