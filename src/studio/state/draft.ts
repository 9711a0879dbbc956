import { randomId } from "../../core/random.ts";
import { withRows, type Rows } from "../../queue/store/idb-rows.ts";
import { refusesBlobs } from "../../job/storage-error.ts";
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

/**
 * Stands in the draft's row for a file, which has a row of its own: in Firefox (seen in 153) a file that was read from
 * the database can be read no longer once its row is written again, and the draft's is written at every change.
 */
interface FileReference {
  readonly fileKey: string;
}

/** A file where the database takes no blobs (WebKit's private windows refuse each). */
interface PlainFile {
  readonly bytes: ArrayBuffer;
  readonly type: string;
  /** Undefined for a blob that is no file. */
  readonly name: string | undefined;
}

async function plainFile(file: Blob): Promise<PlainFile> {
  const name = file instanceof File ? file.name : undefined;
  return { bytes: await file.arrayBuffer(), type: file.type, name };
}

function fileOf(stored: Blob | PlainFile): Blob {
  if (stored instanceof Blob) return stored;
  const { bytes, type, name } = stored;
  return name === undefined ? new Blob([bytes], { type }) : new File([bytes], name, { type });
}

/** The rows of the files that this page knows. */
const keys = new WeakMap<Blob, string>();

const isReference = (value: object): value is FileReference => "fileKey" in value;

/** The value with every file or reference in it, however deep, replaced by what `change` makes of it. */
function replaceFiles(value: unknown, change: (found: Blob | FileReference) => unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Blob || isReference(value)) return change(value);
  if (Array.isArray(value)) return value.map((entry) => replaceFiles(entry, change));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [name, replaceFiles(entry, change)]),
  );
}

const withDraft = <T>(use: (rows: Rows) => Promise<T>): Promise<T> => withRows(DATABASE, STORE, use);

/**
 * The draft of the last visit; files that it no longer names are removed.
 * @returns undefined when there is none or the browser keeps nothing.
 */
export async function loadDraft(): Promise<Draft | undefined> {
  try {
    return await withDraft(async (rows) => {
      const row: unknown = await rows.get(ROW);
      const named = new Map<string, Blob | undefined>();
      replaceFiles(row, (found) => isReference(found) && named.set(found.fileKey, undefined));
      for (const key of await rows.getAllKeys()) {
        if (typeof key === "string" && named.has(key)) {
          const file = fileOf((await rows.get(key)) as Blob | PlainFile);
          keys.set(file, key);
          named.set(key, file);
        } else if (key !== ROW) await rows.delete(key);
      }
      const file = (found: Blob | FileReference) =>
        isReference(found) ? (named.get(found.fileKey) ?? null) : found;
      return replaceFiles(row, file) as Draft | undefined;
    });
  } catch {
    return undefined;
  }
}

/**
 * Saves the draft; files that are saved already stay as they are.
 * @returns whether the browser kept it; some private windows and full disks refuse.
 */
export async function saveDraft(draft: Draft): Promise<boolean> {
  const files = new Map<string, Blob>();
  const row = replaceFiles(draft, (found) => {
    if (isReference(found)) return found;
    const fileKey = keys.get(found) ?? `file-${randomId()}`;
    keys.set(found, fileKey);
    files.set(fileKey, found);
    return { fileKey } satisfies FileReference;
  });
  const save = (stored: ReadonlyMap<string, Blob | PlainFile>) =>
    withDraft(async (rows) => {
      const present = new Set(await rows.getAllKeys());
      for (const [key, file] of stored) if (!present.has(key)) await rows.put(file, key);
      await rows.put(row, ROW);
    });
  try {
    await save(files).catch(async (error: unknown) => {
      if (!refusesBlobs(error)) throw error;
      const plain = [...files].map(async ([key, file]) => [key, await plainFile(file)] as const);
      await save(new Map(await Promise.all(plain)));
    });
    return true;
  } catch {
    return false;
  }
}

/** Forgets the draft and its files. */
export async function clearDraft(): Promise<void> {
  await withDraft((rows) => rows.clear()).catch(() => undefined);
}
