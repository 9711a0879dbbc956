import { EngineError } from "../../job/errors.ts";
import { randomId } from "../../core/random.ts";
import type { RecordTable } from "./record-table.ts";
import { storageError } from "../../job/storage-error.ts";

/** The owner of files that clients upload before they name a job. */
export const UPLOAD_OWNER = "upload";

/** What is known of a stored file. */
export interface MediaRecord {
  readonly id: string;
  /** Media type, for instance `video/mp4`. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  readonly name?: string;
  /** {@link UPLOAD_OWNER}, or the id of the job that the file goes with. */
  readonly owner: string;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Who uploaded it, where there are tenants; see `src/rest/keys.ts`. */
  readonly tenant?: string;
  /** Name of its bytes, where that is not its id. */
  readonly place?: string;
}

/** Stored bytes, opened for reading. */
export interface OpenBytes {
  readonly size: number;
  /** Bytes `start` (included) to `end` (excluded). */
  stream(start?: number, end?: number): ReadableStream<Uint8Array<ArrayBuffer>>;
  blob(type: string): Promise<Blob>;
  /** Path on disk, where there is a disk. */
  readonly path?: string;
}

/** A stored file. */
export interface MediaFile extends MediaRecord, Omit<OpenBytes, "blob"> {
  blob(): Promise<Blob>;
}

/** Where bytes lie: OPFS, IndexedDB, a folder, or memory. A write that fails leaves nothing. */
export interface ByteStore {
  /** Stores the whole stream under `id`, atomically; the number of bytes. Rejects with the storage's own error. */
  write(id: string, stream: ReadableStream<Uint8Array>, signal?: AbortSignal): Promise<number>;
  open(id: string): Promise<OpenBytes | undefined>;
  delete(id: string): Promise<void>;
  /** Ids and times of last change (epoch ms) of all that is stored. */
  list(): Promise<readonly { id: string; modifiedAt: number }[]>;
}

/** Options of {@link MediaStore.put}. */
export interface PutOptions {
  readonly type: string;
  readonly owner: string;
  /** A job's file is named `<job>.<part>`, so that its files are found together; drawn at random when absent. */
  readonly part?: string;
  readonly name?: string;
  readonly tenant?: string | undefined;
  /** More bytes than this are refused. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

/** Inputs and outputs of jobs. */
export interface MediaStore {
  /**
   * Stores a file whole or not at all.
   * @throws EngineError `input/too-large` beyond `maxBytes`, `storage/full` without room, `storage/failed`,
   * or the error with which the source itself broke off.
   */
  put(source: Blob | ReadableStream<Uint8Array>, options: PutOptions): Promise<MediaFile>;
  get(id: string): Promise<MediaFile | undefined>;
  /** What there is, or what belongs to one job. */
  list(jobId?: string): Promise<readonly MediaRecord[]>;
  delete(id: string): Promise<void>;
  /** Deletes bytes that no record names and that are older than `olderThanMs`; how many files there were. */
  sweepStrays(olderThanMs: number, nowMs: number): Promise<number>;
}

/** Refuses more than `maxBytes`, passing the rest through untouched. */
export function limitBytes(maxBytes: number, what = "The file"): TransformStream<Uint8Array, Uint8Array> {
  let seen = 0;
  return new TransformStream({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      if (seen > maxBytes) {
        throw new EngineError(
          "input/too-large",
          `${what} is larger than ${String(Math.floor(maxBytes / 1e6))} MB. Send a shorter or smaller file.`,
          { details: { limits: { most: maxBytes }, unit: "bytes" } },
        );
      }
      controller.enqueue(chunk);
    },
  });
}

/** Options of {@link createMediaStore}. */
export interface MediaStoreOptions {
  readonly now?: () => number;
  /**
   * Every write has a place of its own. For storage that several machines write to: one that was given up and does
   * not know it then neither changes nor removes what its successor wrote.
   */
  readonly ownPlaces?: boolean;
}

/** A media store of records in `table` and bytes in `bytes`. */
export function createMediaStore(
  table: RecordTable<MediaRecord>,
  bytes: ByteStore,
  { now = Date.now, ownPlaces = false }: MediaStoreOptions = {},
): MediaStore {
  const placeOf = ({ id, place = id }: MediaRecord) => place;
  const opened = async (record: MediaRecord | undefined): Promise<MediaFile | undefined> => {
    const open = record && (await bytes.open(placeOf(record)));
    return open && { ...record, ...open, size: open.size, blob: () => open.blob(record.type) };
  };
  return {
    async put(source, { type, owner, part = randomId(), name, tenant, maxBytes, signal }) {
      const id = owner === UPLOAD_OWNER ? part : `${owner}.${part}`;
      const place = ownPlaces ? `${id}~${randomId().slice(0, 8)}` : id;
      const whole = source instanceof Blob ? source.stream() : source;
      const limited = maxBytes === undefined ? whole : whole.pipeThrough(limitBytes(maxBytes));
      try {
        const size = await bytes.write(place, limited, signal);
        const more = {
          ...(name ? { name } : {}),
          ...(tenant === undefined ? {} : { tenant }),
          ...(ownPlaces ? { place } : {}),
        };
        const earlier = ownPlaces ? await table.get(id) : undefined;
        const record: MediaRecord = { id, type, size, owner, createdAt: now(), ...more };
        await table.put(record);
        if (earlier) await bytes.delete(placeOf(earlier)).catch(() => undefined);
        return (await opened(record))!;
      } catch (error) {
        await bytes.delete(place).catch(() => undefined);
        if (signal?.aborted)
          throw new EngineError("job/cancelled", "The job was cancelled.", { cause: error });
        throw storageError(error, "Storing the file");
      }
    },
    get: async (id) => opened(await table.get(id)),
    list: (jobId) => table.all(jobId && `${jobId}.`),
    async delete(id) {
      const record = ownPlaces ? await table.get(id) : undefined;
      await table.delete(id);
      await bytes.delete(record ? placeOf(record) : id);
    },
    async sweepStrays(olderThanMs, nowMs) {
      const known = new Set((await table.all()).map(placeOf));
      const strays = (await bytes.list()).filter(
        (file) => !known.has(file.id) && file.modifiedAt < nowMs - olderThanMs,
      );
      for (const stray of strays) await bytes.delete(stray.id);
      return strays.length;
    },
  };
}

/** Bytes in memory, for the ephemeral mode. */
export function createMemoryBytes(): ByteStore {
  const blobs = new Map<string, { blob: Blob; modifiedAt: number }>();
  return {
    async write(id, stream, signal) {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      for await (const chunk of chunksOf(stream)) {
        signal?.throwIfAborted();
        parts.push(new Uint8Array(chunk));
      }
      const blob = new Blob(parts);
      blobs.set(id, { blob, modifiedAt: Date.now() });
      return blob.size;
    },
    open: (id) => Promise.resolve(blobs.has(id) ? openBlob(blobs.get(id)!.blob) : undefined),
    delete: (id) => {
      blobs.delete(id);
      return Promise.resolve();
    },
    list: () => Promise.resolve([...blobs].map(([id, { modifiedAt }]) => ({ id, modifiedAt }))),
  };
}

/** A blob as {@link OpenBytes}. */
export function openBlob(blob: Blob): OpenBytes {
  return {
    size: blob.size,
    stream: (start = 0, end = blob.size) => blob.slice(start, end).stream(),
    blob: (type) => Promise.resolve(blob.type === type ? blob : blob.slice(0, blob.size, type)),
  };
}

/** The chunks of a stream, also where streams are not async iterable; leaving early cancels it. */
export async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}
