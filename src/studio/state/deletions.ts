import type { JobRow } from "../../queue/job-row.ts";

/** What can be deleted with a way back: jobs and models by their ids, keys by their prefixes, a history up to an instant. */
export type DeletedKind = "job" | "history" | "model" | "key";

/** A thing that is deleted. */
export interface Deleted {
  readonly kind: DeletedKind;
  /** Of a history: epoch ms, as text; every job that had ended by then. */
  readonly id: string;
}

/** Deletions that can be undone for a while. */
export interface Deletions {
  /** What is hidden: gone unless it is brought back. */
  readonly pending: readonly Deleted[];
  /**
   * Hides things at once; they are removed after a while, or when the page is left.
   * @returns brings them back, while they are there.
   */
  remove(things: readonly Deleted[]): () => void;
}

/** The jobs that are not being deleted. */
export function remaining(rows: readonly JobRow[], pending: readonly Deleted[]): readonly JobRow[] {
  const ids = (kind: DeletedKind) => pending.filter((thing) => thing.kind === kind).map(({ id }) => id);
  const jobs = new Set(ids("job"));
  const until = Math.max(-1, ...ids("history").map(Number));
  return rows.filter(({ id, finishedAt = Infinity }) => !jobs.has(id) && finishedAt > until);
}

/** How long a deletion can be undone. */
export const UNDO_MS = 10_000;

const NOTE = "dudak-deleted";

function readNote(): readonly Deleted[] {
  try {
    return JSON.parse(localStorage.getItem(NOTE) ?? "[]") as Deleted[];
  } catch {
    return [];
  }
}

function writeNote(things: readonly Deleted[]): void {
  try {
    if (things.length > 0) localStorage.setItem(NOTE, JSON.stringify(things));
    else localStorage.removeItem(NOTE);
  } catch {
    // Without a note, what was being deleted as the page was left is there again; nothing is lost.
  }
}

/**
 * Starts {@link Deletions}, and removes what the last visit was still deleting as it ended: a page that is left has no
 * time for a database, but for a note.
 * @param carryOut removes a thing for good; one that is gone already is none the worse.
 * @param changed is called when something is hidden or brought back.
 */
export function createDeletions(carryOut: (thing: Deleted) => Promise<void>, changed: () => void): Deletions {
  let pending: readonly Deleted[] = [];

  async function end(things: readonly Deleted[]): Promise<void> {
    for (const thing of things) await carryOut(thing).catch(() => undefined);
    pending = pending.filter((thing) => !things.includes(thing));
    changed();
  }

  const left = readNote();
  if (left.length > 0) {
    pending = left;
    void end(left).then(() => writeNote([]));
  }
  addEventListener("pagehide", () => {
    if (pending.length === 0) return;
    writeNote(pending);
    void end(pending);
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) writeNote(pending);
  });
  return {
    get pending() {
      return pending;
    },
    remove(things) {
      pending = [...pending, ...things];
      changed();
      const timer = setTimeout(() => void end(things), UNDO_MS);
      return () => {
        clearTimeout(timer);
        pending = pending.filter((thing) => !things.includes(thing));
        changed();
      };
    },
  };
}
