import type { Batch } from "./batch.ts";
import { draft } from "./draft.ts";
import type { Models } from "./lip-models.ts";
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

/**
 * Removes all that this browser keeps of the studio: batch, jobs with their files, draft, API keys and stored models.
 * @param kept models are null without a private file system, where there are none.
 * @param onJobsGone clears what is shown, before the draft of it goes.
 */
export async function removeEverything(
  { batch, queue, models }: { readonly batch: Batch; readonly queue: Queue; readonly models: Models | null },
  onJobsGone: () => void,
): Promise<void> {
  await batch.clear();
  await removeAllJobs(queue);
  onJobsGone();
  await draft.clear();
  const keys = queue.api.storage.table<{ readonly id: string }>("keys");
  for (const { id } of await keys.all()) await keys.delete(id);
  await models?.forget();
}
