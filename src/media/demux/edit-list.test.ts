import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { editsOf, endOf, isPlain } from "./edit-list.ts";
import { withEdits, type Edit } from "./test-edits.ts";

const thirds = new Uint8Array(
  await readFile(new URL("../../../tests/fixtures/media/thirds.mp4", import.meta.url)),
);
const read = (edits: readonly Edit[]) => editsOf(withEdits(thirds, edits));

test("what an ordinary file's edits say leaves its tracks as long as their samples", async () => {
  const edits = await editsOf(new Blob([thirds]));
  expect(edits.map(({ track, plain }) => [track, plain])).toEqual([
    [1, true],
    [2, true],
  ]);
  for (const { track, endSeconds } of edits) {
    expect(endSeconds).toBeCloseTo(3, 2);
    expect(endOf(edits, track, 3.06)).toBe(3.06);
  }
});

test("a track ends where its only edit ends, behind the emptiness before it", async () => {
  for (const edits of [
    await read([[2, 0.5]]),
    await read([
      [0.5, null],
      [1.5, 0],
    ]),
  ]) {
    for (const track of [1, 2]) {
      expect(isPlain(edits, track)).toBe(true);
      expect(endOf(edits, track, 3)).toBeCloseTo(2, 3);
    }
  }
});

test("stretches put together, slowed down or ended by emptiness are not plain", async () => {
  for (const edits of [
    await read([
      [1, 0],
      [1, 2],
    ]),
    await read([
      [1, 0],
      [1, 0],
    ]),
    await read([
      [1, 0],
      [1, null],
      [1, 1],
    ]),
    await read([
      [1, 0],
      [1, null],
    ]),
    await read([[6, 0, 0.5]]),
  ]) {
    expect([1, 2].map((track) => isPlain(edits, track))).toEqual([false, false]);
  }
});

test("an edit of no length lasts to the end, and so does what a fragmented file's header says", async () => {
  expect((await read([[0, 0]])).map(({ endSeconds }) => endSeconds)).toEqual([Infinity, Infinity]);
  const bytes = new Uint8Array(await withEdits(thirds, [[1, 0]]).arrayBuffer());
  const at = new TextDecoder("latin1").decode(bytes).lastIndexOf("udta");
  expect(at).toBeGreaterThan(0);
  bytes.set(new TextEncoder().encode("mvex"), at);
  expect((await editsOf(new Blob([bytes]))).map(({ endSeconds }) => endSeconds)).toEqual([
    Infinity,
    Infinity,
  ]);
});

test("a list cut short, one that claims more than it holds, and other containers say nothing", async () => {
  const bytes = new Uint8Array(
    await withEdits(thirds, [
      [1, 0],
      [1, 2],
    ]).arrayBuffer(),
  );
  const at = new TextDecoder("latin1").decode(bytes).indexOf("elst");
  new DataView(bytes.buffer).setUint32(at + 8, 0x7fffffff);
  expect((await editsOf(new Blob([bytes]))).map(({ track }) => track)).toEqual([2]);
  for (let end = at - 40; end < at + 40; end++)
    expect((await editsOf(new Blob([bytes.subarray(0, end)]))).every(({ plain }) => plain)).toBe(true);
  expect(await editsOf(new Blob(["OggS", new Uint8Array(60)]))).toEqual([]);
});
