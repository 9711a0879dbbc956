import { isFinished } from "../../queue/job-row.ts";
import { pause } from "../../queue/leading-tab.ts";
import type { Cluster } from "./open-cluster.ts";

const LOOK_MS = 5000;
/** A row that waits longer than this for its place in a queue was left by a process that died in between. */
const LATE_MS = 5000;
const AT_ONCE = 100;

/**
 * Mends, until the signal, what a process left half done between a row and its queue: jobs that were stored but not
 * queued, running jobs that no queue holds, webhooks that are due and not queued. What the rows say counts.
 */
export async function keepReconciled(cluster: Cluster, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await reconcile(cluster).catch(() => undefined);
    await pause(LOOK_MS, signal);
  }
}

async function reconcile({ store, jobs, webhooks }: Cluster): Promise<void> {
  const late = Date.now() - LATE_MS;
  for (const id of await store.undispatched(late, AT_ONCE)) {
    const row = await store.get(id);
    if (row && !isFinished(row)) await jobs.add(row);
    await store.dispatched(id);
  }
  for (const row of await store.list({ states: ["running"], limit: AT_ONCE })) {
    if ((row.startedAt ?? 0) < late && !(await jobs.holds(row.id))) await jobs.add(row);
  }
  for (const row of await store.owedWebhooks(AT_ONCE)) {
    if (row.webhookDueAt! > late) break;
    if (!(await webhooks.holds(row.id))) await webhooks.add(row);
  }
}
