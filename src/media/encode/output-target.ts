import { StreamTarget, type StreamTargetChunk, type Target } from "mediabunny";
import { EngineError } from "../../job/errors.ts";
import { createTemporaryFile, removeTemporaryFile, writeWhole } from "../temporary-files.ts";
import type { FileBytes } from "./creation-times.ts";

/** Where a video is written while it grows. */
export interface OutputTarget {
  readonly target: Target;
  /** "disk" when memory stays bounded whatever the length. */
  readonly kind: "disk" | "memory";
  /** What was written, once the output is finalised and before {@link OutputTarget.finish}. */
  bytes(): FileBytes;
  /**
   * The finished file: a short one in the browser's keeping, which lets it go with the last reference; a long one stays
   * on the disk until {@link discardTemporaryOutput}, or for a day.
   */
  finish(type: string): Promise<Blob>;
  /** Removes what was written. */
  discard(): Promise<void>;
}

/** Videos up to this size leave no file behind. */
const SHORT_BYTES = 16 * 1024 * 1024;
const CHUNK_BYTES = 2 * 1024 * 1024;
const PAGE_BYTES = 4 * 1024 * 1024;

/**
 * A target on the disk (the origin's private file system) in a dedicated worker, in memory elsewhere
 * and where the browser refuses the file. Files forgotten for a day are removed on the way.
 */
export async function createOutputTarget(extension: string): Promise<OutputTarget> {
  try {
    return (await diskTarget(extension)) ?? memoryTarget();
  } catch {
    return memoryTarget();
  }
}

/**
 * Removes the temporary file behind a finished video once it has been saved elsewhere or is not needed;
 * the blob is unusable then. A video in memory is left alone. Works in any thread of the origin.
 */
export async function discardTemporaryOutput(output: Blob): Promise<void> {
  if (output instanceof File) await removeTemporaryFile(output.name);
}

async function diskTarget(extension: string): Promise<OutputTarget | undefined> {
  const file = await createTemporaryFile(`${crypto.randomUUID()}.${extension}`);
  if (!file) return undefined;
  const { access } = file;
  let open = true;
  const close = () => {
    if (open) access.close();
    open = false;
  };
  const write = (position: number, data: Uint8Array<ArrayBuffer>) => {
    try {
      writeWhole(access, data, position);
    } catch (error) {
      throw new EngineError(
        "storage/full",
        `The video could not be written to the disk (${error instanceof Error ? error.message : String(error)}). Free some space for this site and try again.`,
        { cause: error },
      );
    }
  };
  const writable = new WritableStream<StreamTargetChunk>({
    write: ({ data, position }) => write(position, data),
  });
  return {
    kind: "disk",
    target: new StreamTarget(writable, { chunked: true, chunkSize: CHUNK_BYTES }),
    bytes: () => ({
      size: access.getSize(),
      read(position, length) {
        const data = new Uint8Array(length);
        return data.subarray(0, access.read(data, { at: position }));
      },
      write,
    }),
    async finish(type) {
      const size = access.getSize();
      if (size <= SHORT_BYTES) {
        const data = new Uint8Array(size);
        const read = access.read(data, { at: 0 });
        if (read === size) {
          close();
          await file.remove();
          return new Blob([data], { type });
        }
      }
      access.flush();
      close();
      const written = await file.handle.getFile();
      return new File([written], file.name, { type });
    },
    async discard() {
      close();
      await file.remove();
    },
  };
}

function memoryTarget(): OutputTarget {
  const pages: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const write = (position: number, data: Uint8Array) => {
    size = Math.max(size, position + data.length);
    for (let done = 0; done < data.length;) {
      const at = position + done;
      const page = Math.floor(at / PAGE_BYTES);
      while (pages.length <= page) pages.push(new Uint8Array(PAGE_BYTES));
      const offset = at - page * PAGE_BYTES;
      const part = data.subarray(done, done + PAGE_BYTES - offset);
      pages[page]!.set(part, offset);
      done += part.length;
    }
  };
  const read = (position: number, length: number) => {
    const data = new Uint8Array(Math.max(0, Math.min(length, size - position)));
    for (let done = 0; done < data.length;) {
      const at = position + done;
      const offset = at % PAGE_BYTES;
      const part = pages[Math.floor(at / PAGE_BYTES)]!.subarray(offset, offset + data.length - done);
      data.set(part, done);
      done += part.length;
    }
    return data;
  };
  const writable = new WritableStream<StreamTargetChunk>({
    write: ({ data, position }) => write(position, data),
  });
  return {
    kind: "memory",
    target: new StreamTarget(writable, { chunked: true, chunkSize: CHUNK_BYTES }),
    bytes: () => ({ size, read, write }),
    finish(type) {
      const blob = new Blob(pages, { type }).slice(0, size, type);
      pages.length = 0;
      return Promise.resolve(blob);
    },
    discard() {
      pages.length = 0;
      return Promise.resolve();
    },
  };
}
