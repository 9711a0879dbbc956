import { randomId } from "../../core/random.ts";
import { withRows, type Rows } from "../../queue/store/idb-rows.ts";
import { refusesBlobs } from "../../job/storage-error.ts";

const STORE = "draft";
const ROW = "current";

/**
 * Stands in the value's row for a file, which has a row of its own: in Firefox (seen in 153) a file that was read from
 * the database can be read no longer once its row is written again, and the value's is written at every change.
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

/** A value with files in it, however deep, that outlives the page. */
export interface Kept<Value extends object> {
  /**
   * The value of the last visit; files that it no longer names are removed.
   * @returns undefined when there is none or the browser keeps nothing.
   */
  load(): Promise<Value | undefined>;
  /**
   * Saves the value; files that are saved already stay as they are.
   * @returns whether the browser kept it; some private windows and full disks refuse.
   */
  save(value: Value): Promise<boolean>;
  /** Forgets the value and its files. */
  clear(): Promise<void>;
}

/** A kept value in a database of its own. */
export function createKept<Value extends object>(database: string): Kept<Value> {
  const inRows = <T>(use: (rows: Rows) => Promise<T>): Promise<T> => withRows(database, STORE, use);
  return {
    async load() {
      try {
        return await inRows(async (rows) => {
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
          return replaceFiles(row, file) as Value | undefined;
        });
      } catch {
        return undefined;
      }
    },
    async save(value) {
      const files = new Map<string, Blob>();
      const row = replaceFiles(value, (found) => {
        if (isReference(found)) return found;
        const fileKey = keys.get(found) ?? `file-${randomId()}`;
        keys.set(found, fileKey);
        files.set(fileKey, found);
        return { fileKey } satisfies FileReference;
      });
      const write = (stored: ReadonlyMap<string, Blob | PlainFile>) =>
        inRows(async (rows) => {
          const present = new Set(await rows.getAllKeys());
          for (const [key, file] of stored) if (!present.has(key)) await rows.put(file, key);
          await rows.put(row, ROW);
        });
      try {
        await write(files).catch(async (error: unknown) => {
          if (!refusesBlobs(error)) throw error;
          const plain = [...files].map(async ([key, file]) => [key, await plainFile(file)] as const);
          await write(new Map(await Promise.all(plain)));
        });
        return true;
      } catch {
        return false;
      }
    },
    clear: () => inRows((rows) => rows.clear()).catch(() => undefined),
  };
}
