import { mediaOf } from "../job/job-spec.ts";
import { isFinished, type JobRow } from "./job-row.ts";
import type { JobTable } from "./store/job-store.ts";
import { UPLOAD_OWNER, type MediaStore } from "./store/media-store.ts";

/** How long finished work is kept; the user's choice. */
export interface Retention {
  /** Finished jobs older than this are removed, in ms; undefined keeps them until they are cleared by hand. */
  readonly finishedMs?: number;
  /** Finished jobs beyond this many bytes, inputs and results together, are removed, the oldest first. */
  readonly finishedBytes?: number;
  /** Uploaded files that no job uses are removed after this long, in ms. */
  readonly uploadsMs: number;
}

/** Keeps finished jobs until the user clears them, unused uploads for a day. */
export const DEFAULT_RETENTION: Retention = { uploadsMs: 24 * 3600_000 };

/** Removes a job with everything that belongs to it alone; the row that was removed. */
export async function removeJob(store: JobTable, media: MediaStore, id: string): Promise<JobRow | undefined> {
  const row = await store.delete(id);
  if (!row) return undefined;
  await removeMedia(media, id);
  return row;
}

/** The files that a finished job keeps: its inputs and its result, not what an interrupted run left. */
export function filesOf(row: JobRow): Set<string> {
  const inputs = storedInputs(row);
  return new Set(row.output ? [...inputs, row.output.file] : inputs);
}

/** Ids of the stored files that a job is made from. */
export function storedInputs(row: JobRow): string[] {
  return [...mediaOf(row.spec).values()].flatMap((input) => ("file" in input ? [input.file] : []));
}

/** Removes the files of a job. */
export async function removeMedia(media: MediaStore, jobId: string): Promise<void> {
  for (const record of await media.list(jobId)) await media.delete(record.id).catch(() => undefined);
}

/** Removes every finished job (those whose webhook is owed excepted); how many there were. */
export async function clearFinished(
  store: JobTable,
  media: MediaStore,
  olderThan = Infinity,
): Promise<number> {
  let removed = 0;
  let before: number | undefined;
  for (;;) {
    const page = await store.list({ limit: 200, states: ["completed", "failed"], before });
    for (const row of page) {
      const old = (row.finishedAt ?? 0) <= olderThan;
      if (old && row.webhookDueAt === undefined && (await removeJob(store, media, row.id))) removed++;
    }
    before = page.at(-1)?.sequence;
    if (before === undefined) return removed;
  }
}

/**
 * Removes the oldest finished jobs until the rest takes at most so many bytes; the newest one stays in any case,
 * and so do those whose webhook is owed. @returns how many there were.
 */
async function keepWithin(store: JobTable, media: MediaStore, bytes: number): Promise<number> {
  let removed = 0;
  let used = 0;
  let newest = true;
  let before: number | undefined;
  for (;;) {
    const page = await store.list({ limit: 200, states: ["completed", "failed"], before });
    for (const row of page) {
      used += (await media.list(row.id)).reduce((sum, { size }) => sum + size, 0);
      const kept = newest || used <= bytes || row.webhookDueAt !== undefined;
      newest = false;
      if (!kept && (await removeJob(store, media, row.id))) removed++;
    }
    before = page.at(-1)?.sequence;
    if (before === undefined) return removed;
  }
}

/**
 * Applies the retention and tidies up after crashes: files whose job is gone or finished without them, uploads that
 * nobody uses, bytes that no record names.
 * @returns how many jobs and files were removed.
 */
export async function sweep(
  store: JobTable,
  media: MediaStore,
  retention: Retention,
  nowMs: number,
): Promise<{ jobs: number; files: number }> {
  const { finishedMs, finishedBytes } = retention;
  const old = finishedMs === undefined ? 0 : await clearFinished(store, media, nowMs - finishedMs);
  const jobs = old + (finishedBytes === undefined ? 0 : await keepWithin(store, media, finishedBytes));
  const records = await media.list();
  const used = await filesInUse(store);
  let files = 0;
  for (const record of records) {
    const old = record.createdAt < nowMs - retention.uploadsMs;
    const orphan = async () => {
      if (record.owner === UPLOAD_OWNER) return !used.has(record.id);
      const row = await store.get(record.owner);
      return !row || (isFinished(row) && !filesOf(row).has(record.id));
    };
    if (old && (await orphan())) {
      await media.delete(record.id);
      files++;
    }
  }
  return { jobs, files: files + (await media.sweepStrays(retention.uploadsMs, nowMs)) };
}

/** Uploaded files that a job still needs. */
async function filesInUse(store: JobTable): Promise<Set<string>> {
  const used = new Set<string>();
  let before: number | undefined;
  for (;;) {
    const page = await store.list({ limit: 200, states: ["queued", "running"], before });
    for (const row of page) {
      for (const file of storedInputs(row)) used.add(file);
    }
    before = page.at(-1)?.sequence;
    if (before === undefined) return used;
  }
}
