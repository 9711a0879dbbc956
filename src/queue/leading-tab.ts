import { randomId } from "../core/random.ts";
import type { Lease, LeaseStore } from "./store/job-store.ts";

/** Work of the one runner: `token` names it in the rows, `signal` ends it. Must settle soon after the signal. */
export type Lead = (token: string, signal: AbortSignal) => Promise<void>;

/** Decides which context is the one runner. */
export interface Leadership {
  /** Calls `lead` whenever this context is the runner, until `stop`; resolves after the last one has settled. */
  run(lead: Lead, stop: AbortSignal): Promise<void>;
}

/** Leadership where no other context can exist: one process that owns its folder, or a queue in memory. */
export function createSoleLeadership(store: LeaseStore): Leadership {
  return {
    async run(lead, stop) {
      const token = randomId();
      await store.takeLease(token, Date.now());
      await lead(token, stop);
    },
  };
}

/** Options of {@link createTabLeadership}. */
export interface TabLeadershipOptions {
  readonly store: LeaseStore;
  /** Name of the lock and of the channel; one queue has one. */
  readonly name: string;
  /** Pause between two signs of life, in ms. */
  readonly beatMs?: number;
  /** A lease without a sign of life for this long, in ms, is looked into. */
  readonly staleMs?: number;
  /** How long the holder of a stale lease has to answer when asked, in ms. */
  readonly answerMs?: number;
}

interface Question {
  readonly ask?: string;
  readonly answer?: string;
}

/**
 * Leadership among tabs and workers of one origin. A Web Lock elects the runner and is freed by a crash;
 * a frozen tab keeps its lock, so its heartbeat in the database lapses, it does not answer when asked, and then
 * exactly one other context takes the lease (compare and swap) and steals the lock. A hidden tab whose timers are
 * slowed down still answers, and keeps the lock. A former runner that thaws finds its token refused by the store.
 */
export function createTabLeadership(options: TabLeadershipOptions): Leadership {
  const { store, name, beatMs = 2000, staleMs = 15_000, answerMs = 4000 } = options;
  return {
    async run(lead, stop) {
      const channel = new BroadcastChannel(`${name}-runner`);
      const answers = new EventTarget();
      let leading: string | undefined;
      let lost: () => void = () => undefined;
      channel.onmessage = ({ data }: MessageEvent<Question>) => {
        if (data.ask !== undefined && data.ask === leading) {
          channel.postMessage({ answer: leading } satisfies Question);
        }
        if (data.answer !== undefined) answers.dispatchEvent(new Event(data.answer));
      };

      const hold = async () => {
        if (stop.aborted) return;
        const token = crypto.randomUUID();
        const control = new AbortController();
        const end = () => {
          control.abort();
        };
        stop.addEventListener("abort", end, { once: true });
        lost = end;
        try {
          await store.takeLease(token, Date.now());
          leading = token;
          const beats = keepBeating(store, token, beatMs, control);
          await lead(token, control.signal);
          control.abort();
          await beats;
        } finally {
          leading = undefined;
          control.abort();
          stop.removeEventListener("abort", end);
        }
      };

      const answered = (token: string) =>
        new Promise<boolean>((resolve) => {
          const timer = setTimeout(() => {
            resolve(false);
          }, answerMs);
          answers.addEventListener(
            token,
            () => {
              clearTimeout(timer);
              resolve(true);
            },
            { once: true },
          );
          channel.postMessage({ ask: token } satisfies Question);
        });

      /** Whether the lease has lapsed, its holder is silent, and this context is the one that took it. */
      const wonStaleLease = async () => {
        const lease: Lease | undefined = await store.readLease();
        if (!lease || leading !== undefined || Date.now() - lease.beatAt < staleMs) return false;
        if (await answered(lease.owner)) return false;
        return store.takeLease(crypto.randomUUID(), Date.now(), lease);
      };

      try {
        while (!stop.aborted) {
          const waiting = new AbortController();
          const giveUp = () => {
            waiting.abort();
          };
          stop.addEventListener("abort", giveUp, { once: true });
          let holding = false;
          let steal = false;
          const queued = requestLock(
            name,
            { signal: waiting.signal },
            () => {
              holding = true;
              return hold();
            },
            () => {
              lost();
            },
          );
          const watch = setInterval(() => {
            if (holding) return;
            void wonStaleLease()
              .catch(() => false)
              .then((won) => {
                if (!won || holding) return;
                steal = true;
                waiting.abort();
              });
          }, staleMs / 2);
          await queued;
          clearInterval(watch);
          stop.removeEventListener("abort", giveUp);
          if (steal && !stop.aborted) {
            await requestLock(name, { steal: true }, hold, () => {
              lost();
            });
          }
          if (!stop.aborted) await pause(beatMs / 4, stop);
        }
      } finally {
        channel.close();
      }
    },
  };
}

/** Holds the lock while `work` runs; resolves after the work also when another context stole the lock. */
async function requestLock(
  name: string,
  options: LockOptions,
  work: () => Promise<void>,
  stolen: () => void,
): Promise<void> {
  let running: Promise<void> | undefined;
  try {
    await navigator.locks.request(name, options, () => (running = work()));
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    stolen();
    await running;
  }
}

async function keepBeating(
  store: LeaseStore,
  token: string,
  beatMs: number,
  control: AbortController,
): Promise<void> {
  while (!control.signal.aborted) {
    await pause(beatMs, control.signal);
    if (control.signal.aborted) return;
    const ours = await store.beatLease(token, Date.now()).catch(() => true);
    if (!ours) control.abort();
  }
}

/** Resolves after `ms`, or at once when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}
