// A tab of the queue's tests: takes part in running the queue and tells the page what it does.
import { openBrowserStorage } from "../../src/jobs/browser-storage.ts";
import { createTabLeadership } from "../../src/jobs/leadership.ts";
import { createRunner } from "../../src/jobs/runner.ts";
import { outcome } from "./jobs.ts";

/** What the page sends to a tab: start, or freeze for some ms as a frozen tab does, its lock held. */
export type TabOrder =
  | { start: { name: string; beatMs: number; staleMs: number; answerMs: number; jobMs: number } }
  | { freeze: { cell: SharedArrayBuffer } };

/** What a tab tells the page. */
export interface TabNews {
  readonly started?: string;
  readonly leading?: boolean;
}

onmessage = ({ data }: MessageEvent<TabOrder>) => {
  if ("freeze" in data) {
    Atomics.wait(new Int32Array(data.freeze.cell), 0, 0);
    return;
  }
  const { name, beatMs, staleMs, answerMs, jobMs } = data.start;
  void openBrowserStorage(name).then(({ store, media }) => {
    const runner = createRunner({
      store,
      media,
      leadership: createTabLeadership({ store, name, beatMs, staleMs, answerMs }),
      async execute(row) {
        postMessage({ started: row.id } satisfies TabNews);
        await new Promise((resolve) => setTimeout(resolve, jobMs));
        return outcome(row);
      },
    });
    setInterval(() => {
      postMessage({ leading: runner.leading } satisfies TabNews);
    }, 20);
  });
};
