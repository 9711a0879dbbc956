import { EngineError } from "../job/errors.ts";
import { startWorkersOnPage } from "./page-workers.ts";
import { serve } from "./rpc.ts";

// As `serve` does in Firefox.
startWorkersOnPage();

const child = () => new Worker(new URL("./test-child.worker.ts", import.meta.url), { type: "module" });

/** The first message of a worker; rejects with its first error. */
function answer<Answer>(worker: Worker): Promise<Answer> {
  return new Promise((resolve, reject) => {
    worker.addEventListener("message", (event: MessageEvent<Answer>) => resolve(event.data));
    worker.onerror = (event) => reject(new Error(event.message));
  });
}

const kept: Worker[] = [];

const api = {
  /** What a worker of this one makes of numbers; it stays when `stay` says so. */
  async double(numbers: readonly number[], stay: boolean) {
    const worker = child();
    const sent = Float64Array.from(numbers);
    const answered = answer<{ doubled: Float64Array }>(worker);
    worker.postMessage(sent, [sent.buffer]);
    const { doubled } = await answered;
    if (stay) kept.push(worker);
    else worker.terminate();
    return { doubled: [...doubled], left: sent.length };
  },
  async fail() {
    const worker = child();
    const answered = answer(worker);
    worker.postMessage("throw");
    return answered.then(
      () => "",
      (error: unknown) => String(error),
    );
  },
  async refuse(): Promise<void> {
    throw new EngineError("input/audio-too-long", "Too long.", {
      details: { value: 700, limits: { most: 600 }, unit: "seconds" },
    });
  },
  /** What a worker says whose script lies at an address that is taken back at once. */
  async revoked() {
    const url = URL.createObjectURL(new Blob(["postMessage('here')"], { type: "text/javascript" }));
    const worker = new Worker(url);
    URL.revokeObjectURL(url);
    return answer<string>(worker);
  },
};

export type TestParentApi = typeof api;

serve(api);
