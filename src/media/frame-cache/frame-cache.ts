import { throwIfCancelled } from "../../job/errors.ts";
import { i420Bytes, isPlanar, type Picture } from "../planes/picture.ts";
import type { CachedFrames } from "../../core/cached-frames.ts";
import { release } from "../../core/browser/release-buffer.ts";
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

/** How much is kept at most. */
export interface FrameCacheRoom {
  /** Bytes in memory, which the first frames get. */
  readonly memory: number;
  /** Bytes on the disk. */
  readonly disk: number;
  /**
   * Milliseconds that writing a megabyte may take; where it takes longer, the disk gets no more. Private contexts write
   * thirty times as slowly as others.
   */
  readonly msPerMegabyte: number;
}

/** Part of the machine's memory that kept frames may take. */
const SHARE_OF_MEMORY = 1 / 32;
/** Gigabytes of memory: what browsers do not tell, and what counts at most. */
const MEMORY = { untold: 4, most: 8 } as const;
/** Frames by whose writing the disk is judged. */
const JUDGED_FRAMES = 8;
/** Part of the room that the browser still grants which kept frames may take: the output needs some, too. */
const SHARE_OF_ROOM = 0.25;

const bytesOf = ({ width, height, planar }: Shape) =>
  planar ? i420Bytes(width, height) : width * height * 4;

/**
 * The room for frames on this machine.
 * @param most bytes on the disk in any case.
 */
export async function frameCacheRoom(most: number): Promise<Pick<FrameCacheRoom, "memory" | "disk">> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate().catch(() => ({}) as StorageEstimate);
  const { deviceMemory = MEMORY.untold } = navigator as { readonly deviceMemory?: number };
  return {
    memory: SHARE_OF_MEMORY * Math.min(MEMORY.most, deviceMemory) * 1024 ** 3,
    disk: Math.min(most, SHARE_OF_ROOM * Math.max(0, quota - usage)),
  };
}

/** The middle of some times. */
const median = (times: readonly number[]) => [...times].sort((a, b) => a - b)[times.length >> 1] ?? 0;

/**
 * Starts to keep frames of one size and layout, the first ones in memory, the others in a temporary file; those of another
 * one end it. Frames that are kept must not be changed.
 * @param colour the video's. @param first place of the frame that is added first.
 */
export async function createFrameCache(
  name: string,
  colour: PlaneColour | null,
  { first, room }: { readonly first: number; readonly room: FrameCacheRoom },
): Promise<FrameCacheWriter> {
  const file = await createTemporaryFile(name).catch(() => undefined);
  let memory: ArrayBuffer[] = [];
  let shape: Shape | undefined;
  /** Frames on the disk. */
  let written = 0;
  const times: number[] = [];
  let full = false;
  let open = true;
  const close = () => {
    if (open) file?.access.close();
    open = false;
  };
  const fits = (picture: Picture, { width, height, planar }: Shape) => {
    if (picture.width !== width || picture.height !== height || isPlanar(picture) !== planar) return false;
    return !isPlanar(picture) || (colour !== null && sameColour(picture.colour, colour));
  };
  /** Whether it is there now. */
  const write = (bytes: Uint8Array<ArrayBuffer>): boolean => {
    if (!file || (written + 1) * bytes.length > room.disk) return false;
    const from = performance.now();
    try {
      writeWhole(file.access, bytes, written * bytes.length);
      written++;
    } catch {
      // The output is to find the room that there is.
      file.access.truncate(written * bytes.length);
      return false;
    }
    times.push(performance.now() - from);
    if (times.length === JUDGED_FRAMES) full = median(times) * 1e6 > room.msPerMegabyte * bytes.length;
    return true;
  };
  return {
    add(picture) {
      if (full || !open) return;
      const { width, height, data } = picture;
      shape ??= { width, height, planar: isPlanar(picture) };
      if (!fits(picture, shape)) full = true;
      else if (written === 0 && (memory.length + 1) * data.length <= room.memory) {
        memory.push(data.length === data.buffer.byteLength ? data.buffer : data.slice().buffer);
      } else if (!write(new Uint8Array(data.buffer, data.byteOffset, data.length))) full = true;
    },
    finish() {
      close();
      const count = memory.length + written;
      return shape && count > 0 ? { memory, name, first, end: first + count, ...shape, colour } : null;
    },
    async discard() {
      close();
      memory = [];
      await file?.remove();
    },
  };
}

/** Reads kept frames. */
export interface CachedFrameReader {
  has(place: number): boolean;
  /**
   * A kept frame, which is the caller's; undefined where it can no longer be read.
   * @param room planes of a frame that is no longer used: new memory costs as much as the copy.
   */
  read(place: number, room?: Uint8Array<ArrayBuffer>): Promise<Picture | undefined>;
  /** Frees the memory that they take; none is read afterwards. */
  dispose(): void;
}

/** Read at once, for each reading asks the browser's other processes. */
const READ_BYTES = 4 * 1024 * 1024;

/** Reads frames from a file, best in rising or falling order; holds about 8 MiB of them. */
function blockReader(file: Blob, frameBytes: number): (index: number) => Promise<ArrayBuffer | undefined> {
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
  return async (at) => {
    const index = Math.floor(at / perBlock);
    const here = block(index);
    if (index !== last) {
      const next = index + (index < last ? -1 : 1);
      for (const other of blocks.keys()) if (other !== index) blocks.delete(other);
      if (next >= 0 && next * perBlock * frameBytes < file.size) void block(next);
      last = index;
    }
    const bytes = await here;
    const from = (at - index * perBlock) * frameBytes;
    return bytes && bytes.byteLength >= from + frameBytes ? bytes.slice(from, from + frameBytes) : undefined;
  };
}

/**
 * Opens kept frames for reading.
 * @returns undefined when they are no longer there.
 */
export async function openFrameCache(
  kept: CachedFrames,
  signal?: AbortSignal,
): Promise<CachedFrameReader | undefined> {
  const { memory, name, first, end, width, height, planar, colour } = kept;
  if (planar && !colour) return undefined;
  const frameBytes = bytesOf(kept);
  const inFile = end - first - memory.length;
  const file = inFile > 0 ? await openTemporaryFile(name) : undefined;
  if (inFile > 0 && (!file || file.size < inFile * frameBytes)) return undefined;
  const fromFile = file && blockReader(file, frameBytes);
  return {
    has: (place) => place >= first && place < end,
    async read(place, room) {
      throwIfCancelled(signal);
      const at = place - first;
      const held = memory[at];
      if (held && planar && colour && room?.length === frameBytes) {
        room.set(new Uint8Array(held));
        return { width, height, data: room, colour };
      }
      const data = held ? held.slice() : await fromFile?.(at - memory.length);
      if (data?.byteLength !== frameBytes) return undefined;
      return planar && colour
        ? { width, height, data: new Uint8Array(data), colour }
        : { width, height, data: new Uint8ClampedArray(data) };
    },
    dispose() {
      for (const buffer of memory) release(new Uint8Array(buffer));
    },
  };
}

/** Removes kept frames, whoever still reads them; those that are gone do no harm. Never rejects. */
export async function discardFrameCache(name: string): Promise<void> {
  await removeTemporaryFile(name).catch(() => undefined);
}
