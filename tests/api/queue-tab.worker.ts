// A tab of the queue's tests: takes part in running the queue and tells the page what it does.
import { openBrowserStorage } from "../../src/queue/store/browser-storage.ts";
import { createTabLeadership } from "../../src/queue/leading-tab.ts";
import { createRunner } from "../../src/queue/runner.ts";
import { outcome } from "./jobs.ts";

/** What the page sends to a tab: start, freeze until woken as a frozen tab does, its lock held, or finish all jobs. */
export type TabOrder =
  | { start: { name: string; beatMs: number; staleMs: number; answerMs: number } }
  | { freeze: { cell: SharedArrayBuffer } }
  | { finish: true };

/** What a tab tells the page. */
export interface TabReport {
  readonly started?: string;
  readonly leading?: boolean;
}

let finish: () => void;
const mayFinish = new Promise<void>((resolve) => (finish = resolve));

onmessage = ({ data }: MessageEvent<TabOrder>) => {
  if ("finish" in data) {
    finish();
    return;
  }
  if ("freeze" in data) {
    Atomics.wait(new Int32Array(data.freeze.cell), 0, 0);
    return;
  }
  const { name, beatMs, staleMs, answerMs } = data.start;
  void openBrowserStorage(name).then(({ store, media }) => {
    const runner = createRunner({
      store,
      media,
      leadership: createTabLeadership({ store, name, beatMs, staleMs, answerMs }),
      async execute(row) {
        postMessage({ started: row.id } satisfies TabReport);
        await mayFinish;
        return outcome(row);
      },
    });
    setInterval(() => {
      postMessage({ leading: runner.leading } satisfies TabReport);
    }, 20);
  });
};
