import type { Queue } from "./queue.ts";

/** Removes every job, those that are not listed too. What cannot be removed is not tried for ever. */
export async function removeAllJobs(queue: Queue): Promise<void> {
  const tried = new Set<string>();
  // The queue lists its newest rows.
  for (;;) {
    const ids = queue.rows().flatMap(({ id }) => (tried.has(id) ? [] : [id]));
    if (ids.length === 0) return;
    for (const id of ids) {
      tried.add(id);
      await queue.remove(id);
      // The first time cancels a job that is being done.
      if (await queue.row(id)) await queue.remove(id);
    }
  }
}
