import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { chunksOf, type ByteStore } from "../../queue/store/media-store.ts";

/** Bytes as files of a folder, each written beside its place, flushed, then moved there. */
export async function openFileBytes(folder: string): Promise<ByteStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pathOf = (id: string) => join(folder, encodeURIComponent(id));
  return {
    async write(id, stream, signal) {
      const beside = `${pathOf(id)}.${crypto.randomUUID().slice(0, 8)}.tmp`;
      try {
        await pipeline(chunksOf(stream), createWriteStream(beside, { mode: 0o600 }), { signal });
        const file = await open(beside);
        const { size } = await file.stat();
        await file.sync().finally(() => file.close());
        await rename(beside, pathOf(id));
        return size;
      } catch (error) {
        await rm(beside, { force: true });
        throw error;
      }
    },
    async open(id) {
      const path = pathOf(id);
      const info = await stat(path).catch(() => undefined);
      if (!info) return undefined;
      return {
        path,
        size: info.size,
        stream(start = 0, end = info.size) {
          const empty = end <= start;
          const file = empty ? Readable.from([]) : createReadStream(path, { start, end: end - 1 });
          return Readable.toWeb(file) as NodeReadableStream as ReadableStream<Uint8Array<ArrayBuffer>>;
        },
        blob: async (type) => new Blob([await readFile(path)], { type }),
      };
    },
    delete: (id) => rm(pathOf(id), { force: true }),
    async list() {
      const names = await readdir(folder);
      const files = names.map(async (name) => {
        const info = await stat(join(folder, name)).catch(() => undefined);
        return info && { id: decodeURIComponent(name), modifiedAt: info.mtimeMs };
      });
      return (await Promise.all(files)).filter((file) => file !== undefined);
    },
  };
}
