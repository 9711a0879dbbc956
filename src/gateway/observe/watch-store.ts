import type { JobRow } from "../../queue/job-row.ts";
import type { JobTable } from "../../queue/store/job-store.ts";

/** Called with every change that went through a store that is watched; `before` is undefined for a new job. */
export type JobWatcher = (before: JobRow | undefined, after: JobRow) => void;

/** The same store; `watcher` is called with each change that is made through it. */
export function watchStore<Store extends JobTable>(store: Store, watcher: JobWatcher): Store {
  const overrides: Pick<JobTable, "create" | "update"> & { claim?: (...args: never[]) => unknown } = {
    async create(draft) {
      const made = await store.create(draft);
      if (made.created) watcher(undefined, made.row);
      return made;
    },
    async update(id, change) {
      let before: JobRow | undefined;
      const after = await store.update(id, (row) => {
        before = row;
        return change(row);
      });
      if (after) watcher(before, after);
      return after;
    },
  };
  const claim = (store as { claim?: (...args: never[]) => Promise<JobRow | undefined> }).claim?.bind(store);
  if (claim) {
    overrides.claim = async (...args) => {
      const after = await claim(...args);
      // What a claim changes is known: whoever held the job before let go of it, or died.
      if (after) watcher({ ...after, state: after.crashes > 0 ? "running" : "queued", runner: "" }, after);
      return after;
    };
  }
  return new Proxy(store, {
    get(target, name) {
      const found = (overrides as Record<PropertyKey, unknown>)[name] ?? Reflect.get(target, name, target);
      return typeof found === "function" ? (found.bind(target) as unknown) : found;
    },
  });
}
