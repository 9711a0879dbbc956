import { randomId } from "../core/random.ts";
import { toEngineError } from "../job/errors.ts";

/** Only dedicated workers have it, so the page's type library does not. */
interface SyncAccessHandle {
  read(data: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  write(data: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

/** A new file on the disk that this worker alone writes. */
interface TemporaryFile {
  readonly name: string;
  readonly handle: FileSystemFileHandle;
  readonly access: SyncAccessHandle;
  /** Removes it; never rejects. Close `access` first. */
  remove(): Promise<void>;
}

const FOLDER = "dudak-temporary";
const FORGOTTEN_AFTER_MS = 24 * 60 * 60 * 1000;

/** Ending of files that are of no use without the job that made them; see {@link holdTemporaryFile}. */
const HELD_ENDING = ".frames";
const lockOf = (name: string) => `${FOLDER}/${name}`;

/** Only in secure contexts. */
const locks = () => (navigator as { readonly locks?: LockManager }).locks;

/** A name for a file that is removed when nobody holds it any more. */
export function heldFileName(): string {
  return `${randomId()}${HELD_ENDING}`;
}

/**
 * Holds a file of a {@link heldFileName} as long as this thread lives; what nobody holds is removed when the next
 * temporary file is created, for browsers end without a word.
 * @returns lets go.
 */
export async function holdTemporaryFile(name: string): Promise<() => void> {
  let release: () => void = () => undefined;
  const used = new Promise<void>((resolve) => (release = resolve));
  await new Promise<void>((granted) => {
    const holding = locks()?.request(lockOf(name), () => {
      granted();
      return used;
    });
    if (holding) holding.catch(granted);
    else granted();
  });
  return release;
}

async function removeForgotten(folder: FileSystemDirectoryHandle): Promise<void> {
  const limit = Date.now() - FORGOTTEN_AFTER_MS;
  const held = await locks()
    ?.query()
    .catch(() => undefined);
  const isHeld = (name: string) => !held || held.held?.some((lock) => lock.name === lockOf(name)) === true;
  for await (const [name, handle] of folder.entries()) {
    if (handle.kind !== "file") continue;
    try {
      const { lastModified } = await (handle as FileSystemFileHandle).getFile();
      const left = name.endsWith(HELD_ENDING) && !isHeld(name);
      if (left || lastModified < limit) await folder.removeEntry(name);
    } catch {
      // A file that another tab is writing is locked and stays; one that it has just removed is gone.
    }
  }
}

/**
 * Creates a file in the origin's private file system; those forgotten for a day, or no longer held, are removed on the way.
 * @returns undefined outside of dedicated workers and where the browser has no such files.
 * @throws DOMException when the browser refuses the file.
 */
export async function createTemporaryFile(name: string): Promise<TemporaryFile | undefined> {
  if ("document" in globalThis || typeof navigator.storage?.getDirectory !== "function") return undefined;
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  await removeForgotten(folder);
  const handle = await folder.getFileHandle(name, { create: true });
  const openable = handle as unknown as { createSyncAccessHandle?(): Promise<SyncAccessHandle> };
  const remove = () => folder.removeEntry(name).catch(() => undefined);
  const access = await openable.createSyncAccessHandle?.();
  if (!access) {
    await remove();
    return undefined;
  }
  return { name, handle, access, remove };
}

/** Writes all of `data`. @throws Error when there is no room. */
export function writeWhole(access: SyncAccessHandle, data: Uint8Array<ArrayBuffer>, at: number): void {
  for (let done = 0; done < data.length;) {
    const rest = data.subarray(done);
    const written = access.write(rest, { at: at + done });
    // Chromium 156 does not throw without room: it gives its error number as a count, 2^32 - 8.
    if (written <= 0 || written > rest.length) throw new Error("there is no room");
    done += written;
  }
}

/** A temporary file for reading, in any thread of the origin; undefined when it is not there. */
export async function openTemporaryFile(name: string): Promise<File | undefined> {
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(FOLDER);
    return await (await folder.getFileHandle(name)).getFile();
  } catch {
    return undefined;
  }
}

/**
 * Removes a temporary file, in any thread of the origin; harmless where it is not there.
 * @throws EngineError `storage/failed`.
 */
export async function removeTemporaryFile(name: string): Promise<void> {
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(FOLDER);
    await folder.removeEntry(name);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "NotFoundError")) {
      throw toEngineError(error, "storage/failed", "Removing a temporary file");
    }
  }
}
