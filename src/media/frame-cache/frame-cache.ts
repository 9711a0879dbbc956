import { throwIfCancelled } from "../../job/errors.ts";
import { i420Bytes, isPlanar, type Picture } from "../planes/picture.ts";
import type { CachedFrames } from "../../core/cached-frames.ts";
import { sameColour, type PlaneColour } from "../planes/plane-colour.ts";
import {
  createTemporaryFile,
  openTemporaryFile,
  removeTemporaryFile,
  writeWhole,
} from "../temporary-files.ts";

/** Size and layout of frames that are kept. */
type Shape = Pick<CachedFrames, "width" | "height" | "planar">;

/** Keeps frames while a video is read. */
export interface FrameCacheWriter {
  /** Keeps the frame at the next place; from the first one on that cannot be kept, or is too much, none is. */
  add(picture: Picture): void;
  /** Ends it; what was kept, null where that is nothing. */
  finish(): CachedFrames | null;
  /** Ends it and removes what was kept; never rejects. */
  discard(): Promise<void>;
}

/** Part of the room that the browser still grants which kept frames may take: the output needs some, too. */
const SHARE_OF_ROOM = 0.25;

const bytesOf = ({ width, height, planar }: Shape) =>
  planar ? i420Bytes(width, height) : width * height * 4;

/** Bytes that frames may take on the disk. @param most of what is given in any case. */
export async function frameCacheRoom(most: number): Promise<number> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate().catch(() => ({}) as StorageEstimate);
  return Math.min(most, SHARE_OF_ROOM * Math.max(0, quota - usage));
}

/**
 * Starts to keep frames of one size and layout in a temporary file; those of another one end it.
 * @param colour the video's. @param first place of the frame that is added first. @param most in bytes.
 * @returns null where the browser has no files for this thread.
 */
export async function createFrameCache(
  name: string,
  colour: PlaneColour | null,
  { first, most }: { readonly first: number; readonly most: number },
): Promise<FrameCacheWriter | null> {
  const file = await createTemporaryFile(name).catch(() => undefined);
  if (!file) return null;
  const { access } = file;
  let shape: Shape | undefined;
  let count = 0;
  let full = false;
  let open = true;
  const close = () => {
    if (open) access.close();
    open = false;
  };
  const fits = (picture: Picture, { width, height, planar }: Shape) => {
    if (picture.width !== width || picture.height !== height || isPlanar(picture) !== planar) return false;
    return !isPlanar(picture) || (colour !== null && sameColour(picture.colour, colour));
  };
  return {
    add(picture) {
      if (full || !open) return;
      const { width, height, data } = picture;
      shape ??= { width, height, planar: isPlanar(picture) };
      if (!fits(picture, shape) || (count + 1) * data.length > most) {
        full = true;
        return;
      }
      try {
        const bytes = new Uint8Array(data.buffer, data.byteOffset, data.length);
        writeWhole(access, bytes, count * data.length);
        count++;
      } catch {
        full = true;
        // The output is to find the room that there is.
        access.truncate(count * data.length);
      }
    },
    finish() {
      close();
      return shape && count > 0 ? { name, first, end: first + count, ...shape, colour } : null;
    },
    async discard() {
      close();
      await file.remove();
    },
  };
}

/** Reads kept frames. */
export interface CachedFrameReader {
  has(place: number): boolean;
  /** A kept frame, which is the caller's; undefined where it can no longer be read. */
  read(place: number): Promise<Picture | undefined>;
}

/** Read at once, for each reading asks the browser's other processes. */
const READ_BYTES = 4 * 1024 * 1024;

/**
 * Opens kept frames for reading, best in rising or falling order; holds about 8 MiB of them.
 * @returns undefined when they are no longer there.
 */
export async function openFrameCache(
  kept: CachedFrames,
  signal?: AbortSignal,
): Promise<CachedFrameReader | undefined> {
  const { name, first, end, width, height, planar, colour } = kept;
  if (planar && !colour) return undefined;
  const frameBytes = bytesOf(kept);
  const file = await openTemporaryFile(name);
  if (!file || file.size < (end - first) * frameBytes) return undefined;
  const perBlock = Math.max(1, Math.floor(READ_BYTES / frameBytes));
  /** The two blocks that were asked for last, and the one that is probably next. */
  const blocks = new Map<number, Promise<ArrayBuffer | undefined>>();
  const block = (index: number) => {
    const found = blocks.get(index);
    if (found) return found;
    const from = index * perBlock * frameBytes;
    const bytes = file
      .slice(from, Math.min(file.size, from + perBlock * frameBytes))
      .arrayBuffer()
      .catch(() => undefined);
    blocks.set(index, bytes);
    return bytes;
  };
  let last = -1;
  return {
    has: (place) => place >= first && place < end,
    async read(place) {
      throwIfCancelled(signal);
      const at = place - first;
      const index = Math.floor(at / perBlock);
      const here = block(index);
      if (index !== last) {
        const next = index + (index < last ? -1 : 1);
        for (const other of blocks.keys()) if (other !== index) blocks.delete(other);
        if (next >= 0 && next * perBlock < end - first) void block(next);
        last = index;
      }
      const bytes = await here;
      const from = (at - index * perBlock) * frameBytes;
      if (!bytes || bytes.byteLength < from + frameBytes) return undefined;
      const data = bytes.slice(from, from + frameBytes);
      return planar && colour
        ? { width, height, data: new Uint8Array(data), colour }
        : { width, height, data: new Uint8ClampedArray(data) };
    },
  };
}

/** Removes kept frames, whoever still reads them; those that are gone do no harm. Never rejects. */
export async function discardFrameCache(name: string): Promise<void> {
  await removeTemporaryFile(name).catch(() => undefined);
}
