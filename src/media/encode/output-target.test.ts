import { afterEach, expect, test, vi } from "vitest";
import { createOutputTarget } from "./output-target.ts";

afterEach(() => vi.unstubAllGlobals());

/** A worker's private file system that takes three bytes at a time and is full after `room` bytes. */
function stubDisk(room: number, removed: string[] = [], refusal?: number): number[] {
  const stored: number[] = [];
  const access = {
    write(data: Uint8Array, { at }: { at: number }) {
      if (at >= room && refusal !== undefined) return refusal;
      if (at >= room) throw new DOMException("No space is left.", "QuotaExceededError");
      const part = data.subarray(0, Math.min(3, room - at));
      part.forEach((byte, i) => (stored[at + i] = byte));
      return part.length;
    },
    read(data: Uint8Array, { at }: { at: number }) {
      data.set(stored.slice(at, at + data.length));
      return Math.min(data.length, stored.length - at);
    },
    getSize: () => stored.length,
    flush: () => undefined,
    close: () => undefined,
  };
  const gone = new DOMException("It could not be found.", "NotFoundError");
  const folder = {
    getDirectoryHandle: () => Promise.resolve(folder),
    // Another tab has just removed it.
    async *entries() {
      yield await Promise.resolve(["gone.mp4", { kind: "file", getFile: () => Promise.reject(gone) }]);
    },
    getFileHandle: () =>
      Promise.resolve({
        createSyncAccessHandle: () => Promise.resolve(access),
        getFile: () => Promise.resolve(new File(["long"], "written")),
      }),
    removeEntry(name: string) {
      removed.push(name);
      return Promise.resolve();
    },
  };
  vi.stubGlobal("navigator", { storage: { getDirectory: () => Promise.resolve(folder) } });
  return stored;
}

test("what is put behind a finished video is written whole, however little the disk takes at a time", async () => {
  const stored = stubDisk(100);
  const target = await createOutputTarget("mp4");
  expect(target.kind).toBe("disk");
  target.bytes().write(0, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  expect(stored).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test("a disk that is full then is storage/full, as while frames are written", async () => {
  // As the specification has it, and as Chromium says it.
  for (const refusal of [undefined, 0, 2 ** 32 - 8]) {
    stubDisk(4, [], refusal);
    const target = await createOutputTarget("mp4");
    const write = () => target.bytes().write(0, new Uint8Array(8));
    expect(write).toThrow(expect.objectContaining({ code: "storage/full" }));
  }
});

test("a short video leaves no file on the disk, a long one stays there until it is discarded", async () => {
  const removed: string[] = [];
  stubDisk(Infinity, removed);
  const short = await createOutputTarget("mp4");
  short.bytes().write(0, Uint8Array.of(1, 2, 3, 4));
  expect(await (await short.finish("video/mp4")).bytes()).toEqual(Uint8Array.of(1, 2, 3, 4));
  expect(removed).toHaveLength(1);
  const long = await createOutputTarget("mp4");
  long.bytes().write(16 * 1024 * 1024, Uint8Array.of(1));
  expect(await long.finish("video/mp4")).toBeInstanceOf(File);
  expect(removed).toHaveLength(1);
});
