import {
  canWritePrivateFiles,
  openPrivateFile,
  removeInterruptedWrite,
} from "../../core/browser/private-file.ts";
import type { QueueDatabase } from "./idb-database.ts";
import { chunksOf, openBlob, type ByteStore } from "./media-store.ts";
import { refusesBlobs } from "../../job/storage-error.ts";

/**
 * Bytes in the origin's private file system. A writable becomes the file only when it is closed,
 * so a write that breaks off leaves nothing.
 * @param folder a folder of the root, made when it is missing.
 */
export async function createOpfsBytes(folder = "dudak-media"): Promise<ByteStore> {
  const root = await navigator.storage.getDirectory();
  const dir = await root.getDirectoryHandle(folder, { create: true });
  const find = async (id: string) => {
    try {
      return await dir.getFileHandle(id);
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotFoundError") return undefined;
      throw error;
    }
  };
  return {
    async write(id, stream, signal) {
      const writable = await openPrivateFile(dir, id);
      try {
        let size = 0;
        for await (const chunk of chunksOf(stream)) {
          signal?.throwIfAborted();
          await writable.write(chunk as Uint8Array<ArrayBuffer>);
          size += chunk.byteLength;
        }
        await writable.close();
        return size;
      } catch (error) {
        await writable.abort().catch(() => undefined);
        await dir.removeEntry(id).catch(() => undefined);
        throw error;
      }
    },
    async open(id) {
      const file = await (await find(id))?.getFile();
      return file && openBlob(file);
    },
    async delete(id) {
      if (await find(id)) await dir.removeEntry(id);
      await removeInterruptedWrite(dir, id);
    },
    async list() {
      const files: { id: string; modifiedAt: number }[] = [];
      for await (const handle of dir.values()) {
        if (handle.kind !== "file") continue;
        const file = await (handle as FileSystemFileHandle).getFile();
        files.push({ id: handle.name, modifiedAt: file.lastModified });
      }
      return files;
    },
  };
}

/**
 * Bytes in IndexedDB, for browsers that cannot write to a private file system from every context: as blobs, and as
 * plain buffers where the database takes no blobs (WebKit's private windows refuse each with an `UnknownError`).
 */
export function createIdbBytes(db: QueueDatabase): ByteStore {
  async function put(id: string, blob: Blob): Promise<void> {
    try {
      await db.put("bytes", { blob, modifiedAt: Date.now() }, id);
    } catch (error) {
      if (!refusesBlobs(error)) throw error;
      await db.put("bytes", { blob: await blob.arrayBuffer(), modifiedAt: Date.now() }, id);
    }
  }
  return {
    async write(id, stream, signal) {
      const parts: Blob[] = [];
      for await (const chunk of chunksOf(stream)) {
        signal?.throwIfAborted();
        parts.push(new Blob([chunk as Uint8Array<ArrayBuffer>]));
      }
      const blob = new Blob(parts);
      await put(id, blob);
      return blob.size;
    },
    async open(id) {
      const found = await db.get("bytes", id);
      return found && openBlob(found.blob instanceof Blob ? found.blob : new Blob([found.blob]));
    },
    delete: (id) => db.delete("bytes", id),
    async list() {
      const files: { id: string; modifiedAt: number }[] = [];
      let cursor = await db.transaction("bytes").store.openCursor();
      while (cursor) {
        files.push({ id: cursor.key, modifiedAt: cursor.value.modifiedAt });
        cursor = await cursor.continue();
      }
      return files;
    },
  };
}

/** The best byte store that this browser has: OPFS where files can be written from every context, else IndexedDB. */
export async function createBrowserBytes(db: QueueDatabase): Promise<ByteStore> {
  if (!canWritePrivateFiles()) return createIdbBytes(db);
  return createOpfsBytes(`${db.name}-media`).catch(() => createIdbBytes(db));
}
