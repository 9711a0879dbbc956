import type { JobStore } from "./store/job-store.ts";
import { pause, type Leadership } from "./leading-tab.ts";
import { attemptJob, type RunOptions } from "./job-attempt.ts";

/** Options of {@link createRunner}. */
export interface RunnerOptions extends RunOptions {
  readonly store: JobStore;
  readonly leadership: Leadership;
  /** Jobs at the same time. */
  readonly concurrency?: number;
  /** Other work of the one runner, for instance the webhooks; runs beside the jobs, until the signal. */
  readonly alongside?: readonly ((signal: AbortSignal) => Promise<void>)[];
  /** Where a page notes, in the instant in which it is closed, that its jobs did not crash. */
  readonly farewell?: Farewell;
}

/** A note that outlives the page and is written at once, unlike the database. */
export interface Farewell {
  /** Token of the runner that left last. */
  read(): string | undefined;
  write(token: string): void;
}

/** The context's part in running the queue. */
export interface Runner {
  /** Whether this context is the one that runs the queue now. */
  readonly leading: boolean;
  /** Notes, at once, that the context ends in good order: for `pagehide`, when there is no time to stop. */
  leave(): void;
  /**
   * Stops; a job in the middle stays in the queue and is not counted as crashed.
   * @param graceMs for which jobs in the middle may still come to their end; no further ones are taken.
   */
  stop(graceMs?: number): Promise<void>;
}

const POLL_MS = 5000;

/** Takes part in running the queue: waits to become the one runner, then does the jobs, oldest first. */
export function createRunner(options: RunnerOptions): Runner {
  const stop = new AbortController();
  const drain = new AbortController();
  let leading: string | undefined;
  const work = async () => {
    while (!stop.signal.aborted && !drain.signal.aborted) {
      try {
        await options.leadership.run(async (token, signal) => {
          leading = token;
          try {
            await runQueue(options, token, signal, drain.signal);
          } finally {
            leading = undefined;
          }
        }, stop.signal);
      } catch {
        // The storage refused; what it refused has not happened, so the next round finds the same queue.
        await pause(POLL_MS, stop.signal);
      }
    }
  };
  const done = work();
  return {
    get leading() {
      return leading !== undefined;
    },
    leave() {
      if (leading !== undefined) options.farewell?.write(leading);
    },
    async stop(graceMs = 0) {
      drain.abort();
      if (graceMs > 0) {
        const over = new AbortController();
        await Promise.race([done, pause(graceMs, over.signal)]);
        over.abort();
      }
      stop.abort();
      await done;
    },
  };
}

async function runQueue(
  options: RunnerOptions,
  token: string,
  leader: AbortSignal,
  drain: AbortSignal,
): Promise<void> {
  const { store, concurrency = 1, alongside = [], farewell, now = Date.now } = options;
  const broken = new AbortController();
  const signal = AbortSignal.any([leader, broken.signal]);
  const running = new Set<Promise<void>>();
  let wake: () => void = () => undefined;
  const unsubscribe = store.subscribe(() => {
    wake();
  });
  drain.addEventListener("abort", () => {
    wake();
  });
  const sides = alongside.map((side) => side(signal).catch(() => undefined));
  try {
    while (!signal.aborted && !(drain.aborted && running.size === 0)) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      while (running.size < concurrency && !drain.aborted) {
        const row = await store.claim(token, now(), farewell?.read());
        if (!row) break;
        const run: Promise<void> = attemptJob(options, row, token, signal)
          .catch(() => undefined)
          .finally(() => {
            running.delete(run);
            wake();
          });
        running.add(run);
      }
      const nap = new AbortController();
      await Promise.race([woken, pause(POLL_MS, AbortSignal.any([signal, nap.signal]))]);
      nap.abort();
    }
  } finally {
    broken.abort();
    unsubscribe();
    await Promise.all([...running, ...sides]);
  }
}
