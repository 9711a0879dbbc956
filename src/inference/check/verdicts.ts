import { openDB, type IDBPDatabase } from "idb";

/** What came of a network's trial on a graphics device. */
export interface Verdict {
  /**
   * `right`: its numbers are those of the processor. `differs`: they are others. `refused`: it does not run there.
   * `lost`: the device went away, or never answered, during the trial.
   */
  readonly kind: "right" | "differs" | "refused" | "lost";
  /** Largest difference as a share of the range, where the numbers were compared. */
  readonly difference?: number;
  /** Epoch ms. */
  readonly at: number;
}

const DATABASE = "dudak-device-checks";
const STORE = "verdicts";
/** A lost device may have had other reasons than the network, so that verdict holds for a day only. */
const LOST_MS = 24 * 3600 * 1000;

/** Verdicts of this thread, which also serve where the browser keeps nothing. */
const known = new Map<string, Verdict>();

async function withDatabase<T>(use: (database: IDBPDatabase) => Promise<T>): Promise<T | undefined> {
  try {
    const database = await openDB(DATABASE, 1, {
      upgrade: (created) => void created.createObjectStore(STORE),
    });
    try {
      return await use(database);
    } finally {
      database.close();
    }
  } catch {
    // Private windows and full disks: the trial is made again in the next session.
    return undefined;
  }
}

const holds = (verdict: Verdict | undefined) =>
  verdict !== undefined && (verdict.kind !== "lost" || Date.now() - verdict.at < LOST_MS);

/** The verdict that was kept under a key in this browser, undefined without one. */
export async function readVerdict(key: string): Promise<Verdict | undefined> {
  const verdict =
    known.get(key) ??
    (await withDatabase((database) => database.get(STORE, key) as Promise<Verdict | undefined>));
  return holds(verdict) ? verdict : undefined;
}

/** Keeps a verdict; where the browser keeps nothing, for this thread. */
export async function keepVerdict(key: string, verdict: Verdict): Promise<void> {
  known.set(key, verdict);
  await withDatabase((database) => database.put(STORE, verdict, key));
}

/** Forgets every verdict of this browser. */
export async function forgetVerdicts(): Promise<void> {
  known.clear();
  await withDatabase((database) => database.clear(STORE));
}
