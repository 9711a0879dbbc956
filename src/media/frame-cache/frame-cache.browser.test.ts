import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import type { CachedFrames } from "../../core/cached-frames.ts";
import type { Picture, PlanarPicture } from "../planes/picture.ts";
import { heldFileName, holdTemporaryFile, openTemporaryFile } from "../temporary-files.ts";
import { discardFrameCache, openFrameCache, frameCacheRoom } from "./frame-cache.ts";
import type { KeepRequest } from "./test-frame-cache.worker.ts";

const COLOUR = { primaries: "bt709", transfer: "bt709", matrix: "smpte170m", fullRange: false } as const;
const [WIDTH, HEIGHT, FRAME_BYTES] = [640, 480, 640 * 480 * 1.5];

/** A frame of planes filled with a number. */
const planar = (value: number, width = WIDTH): Picture => ({
  width,
  height: HEIGHT,
  data: new Uint8Array(width * HEIGHT * 1.5).fill(value),
  colour: COLOUR,
});

/** Everything goes to the disk. */
const ON_DISK = { memory: 0, disk: Infinity, msPerMegabyte: Infinity };

const held = new Map<string, () => void>();

async function keep(pictures: readonly Picture[], more: Partial<KeepRequest> = {}) {
  const worker = new Worker(new URL("./test-frame-cache.worker.ts", import.meta.url), { type: "module" });
  const name = heldFileName();
  held.set(name, await holdTemporaryFile(name));
  try {
    const kept = await new Promise<CachedFrames | null>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<CachedFrames | null>) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      const request = { name, colour: COLOUR, first: 0, room: ON_DISK, pictures, discard: false, ...more };
      worker.postMessage(request satisfies KeepRequest);
    });
    return { name, kept };
  } finally {
    worker.terminate();
  }
}

afterEach(async () => {
  vi.restoreAllMocks();
  for (const [name, release] of held) {
    await discardFrameCache(name);
    release();
  }
  held.clear();
});

test.each([
  ["on the disk", 0],
  ["in memory", 30],
  ["partly in memory", 11.5],
])("frames come back as they were, whatever the order, and each is the reader's own: %s", async (_, room) => {
  const { kept } = await keep(
    Array.from({ length: 30 }, (_, i) => planar(i)),
    { first: 5, room: { ...ON_DISK, memory: room * FRAME_BYTES } },
  );
  expect(kept).toMatchObject({
    first: 5,
    end: 35,
    width: WIDTH,
    height: HEIGHT,
    planar: true,
    colour: COLOUR,
  });
  expect(kept!.memory).toHaveLength(Math.floor(room));
  const reader = (await openFrameCache(kept!))!;
  expect([4, 5, 34, 35].map((place) => reader.has(place))).toEqual([false, true, true, false]);
  const rising = Array.from({ length: 30 }, (_, i) => 5 + i);
  let used: Uint8Array<ArrayBuffer> | undefined;
  for (const place of [...rising, ...rising.toReversed(), 20, 6, 33, 6, 6]) {
    const picture = (await reader.read(place, used)) as PlanarPicture;
    expect(picture).toMatchObject({ width: WIDTH, height: HEIGHT, colour: COLOUR });
    expect(picture.data).toHaveLength(FRAME_BYTES);
    expect(picture.data.every((value) => value === place - 5)).toBe(true);
    picture.data.fill(255);
    // The memory of every other frame is given back.
    used = place % 2 === 0 ? picture.data : undefined;
  }
  reader.dispose();
  expect(kept!.memory.every(({ byteLength }) => byteLength === 0)).toBe(true);
});

test("pixels are kept as pixels", async () => {
  const picture = { width: 3, height: 5, data: new Uint8ClampedArray(60).map((_, i) => i) };
  const { kept } = await keep([picture], { colour: null });
  expect(kept).toMatchObject({ planar: false, end: 1 });
  expect(await (await openFrameCache(kept!))!.read(0)).toEqual(picture);
});

test("without room for all the first ones are kept, and from an odd one on none", async () => {
  const frames = [planar(1), planar(2), planar(3), planar(4)];
  const room = (memory: number, disk: number) => ({
    room: { ...ON_DISK, memory: memory * FRAME_BYTES, disk: disk * FRAME_BYTES },
  });
  expect((await keep(frames, room(0, 2.5))).kept).toMatchObject({ first: 0, end: 2 });
  expect((await keep(frames, room(1, 2.5))).kept).toMatchObject({ first: 0, end: 3 });
  expect((await keep([frames[0]!, planar(9, 320), frames[1]!])).kept).toMatchObject({ first: 0, end: 1 });
  expect((await keep(frames, room(0, 0.5))).kept).toBeNull();
});

test("a disk that is too slow gets no more than the frames by which it is judged", async () => {
  const frames = Array.from({ length: 12 }, (_, i) => planar(i));
  const room = { ...ON_DISK, memory: 2 * FRAME_BYTES };
  expect((await keep(frames, { room: { ...room, msPerMegabyte: 0 } })).kept).toMatchObject({ end: 10 });
  expect((await keep(frames, { room })).kept).toMatchObject({ end: 12 });
});

test("they take a 32nd of the machine's memory, and of the disk a quarter of what the browser still grants", async () => {
  vi.spyOn(navigator.storage, "estimate").mockResolvedValue({ quota: 1000, usage: 600 });
  const told = Object.getOwnPropertyDescriptor(navigator, "deviceMemory");
  onTestFinished(() => {
    if (told) Object.defineProperty(navigator, "deviceMemory", told);
    else delete (navigator as { deviceMemory?: number }).deviceMemory;
  });
  const machine = (deviceMemory: number | undefined) =>
    Object.defineProperty(navigator, "deviceMemory", { configurable: true, value: deviceMemory });
  machine(2);
  expect(await frameCacheRoom(1e9)).toEqual({ memory: 2 ** 26, disk: 100 });
  machine(32);
  expect(await frameCacheRoom(50)).toEqual({ memory: 2 ** 28, disk: 50 });
  machine(undefined);
  vi.mocked(navigator.storage.estimate).mockRejectedValue(new Error("no"));
  expect(await frameCacheRoom(1e9)).toEqual({ memory: 2 ** 27, disk: 0 });
});

test("what is discarded is gone, while it is written and afterwards, and is not there to be read", async () => {
  const broken = await keep([planar(1)], { discard: true });
  expect(await openTemporaryFile(broken.name)).toBeUndefined();
  const { name, kept } = await keep([planar(1)]);
  expect(await openTemporaryFile(name)).toBeDefined();
  await discardFrameCache(name);
  expect(await openTemporaryFile(name)).toBeUndefined();
  expect(await openFrameCache(kept!)).toBeUndefined();
});

test("what a broken-off job leaves goes with the next one, and what somebody holds stays", async () => {
  const [left, used] = [await keep([planar(1)]), await keep([planar(2)])];
  held.get(left.name)!();
  await expect
    .poll(async () => (await navigator.locks.query()).held?.some(({ name }) => name?.endsWith(left.name)))
    .toBe(false);
  await keep([planar(3)]);
  expect(await openTemporaryFile(left.name)).toBeUndefined();
  expect(await openTemporaryFile(used.name)).toBeDefined();
});
