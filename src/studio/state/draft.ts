import type { JobOptions, Mode, StudioResult } from "./model.ts";

/** What survives a reload: the user's own files and choices, and the last result. */
export interface Draft {
  readonly mode: Mode;
  readonly picture: File | null;
  readonly video: File | null;
  readonly chosenFace: number;
  readonly voices: readonly (File | null)[];
  readonly options: JobOptions;
  readonly result: Omit<StudioResult, "url" | "beforeUrl"> | null;
  /** The job in the queue that was under way when this was written. */
  readonly jobId: string | null;
}

const DATABASE = "dudak-studio";
const STORE = "draft";
const ROW = "current";

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB could not be opened"));
  });
}

async function withStore<T>(
  mode: IDBTransactionMode,
  use: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = use(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error("The draft was not saved"));
    });
  } finally {
    database.close();
  }
}

/**
 * The draft of the last visit.
 * @returns undefined when there is none or the browser keeps nothing.
 */
export async function loadDraft(): Promise<Draft | undefined> {
  try {
    return (await withStore("readonly", (store) => store.get(ROW))) as Draft | undefined;
  } catch {
    return undefined;
  }
}

/**
 * Saves the draft.
 * @returns whether the browser kept it; private windows and full disks refuse.
 */
export async function saveDraft(draft: Draft): Promise<boolean> {
  try {
    await withStore("readwrite", (store) => store.put(draft, ROW));
    return true;
  } catch {
    return false;
  }
}

/** Forgets the draft. */
export async function clearDraft(): Promise<void> {
  await withStore("readwrite", (store) => store.delete(ROW)).catch(() => undefined);
}
