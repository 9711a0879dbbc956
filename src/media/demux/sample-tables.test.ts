import { readdir, readFile } from "node:fs/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { indexAgrees, sampleTablesAgree } from "./sample-tables.ts";

const fixtures = new URL("../../../tests/fixtures/", import.meta.url);
const read = async (name: string) => new Uint8Array(await readFile(new URL(name, fixtures)));

/** The file with a number of a box changed: `at` bytes behind the box's name. */
function patched(bytes: Uint8Array<ArrayBuffer>, box: string, at: number, value: number): Blob {
  const copy = bytes.slice();
  const place = new TextDecoder("latin1").decode(copy).indexOf(box);
  expect(place, box).toBeGreaterThan(0);
  new DataView(copy.buffer).setUint32(place + 4 + at, value);
  return new Blob([copy]);
}

test("real files' tables agree, whole, in fragments and cut short; other containers have none", async () => {
  const files = (
    await Promise.all(
      ["media/", "video/"].map(async (folder) =>
        (await readdir(new URL(folder, fixtures))).map((name) => folder + name),
      ),
    )
  ).flat();
  expect(files.length).toBeGreaterThan(40);
  for (const name of files) {
    const bytes = await read(name);
    expect(await sampleTablesAgree(new Blob([bytes])), name).toBe(true);
    for (const share of [0.3, 0.7]) {
      expect(await sampleTablesAgree(new Blob([bytes.subarray(0, share * bytes.length)])), name).toBe(true);
    }
  }
});

test("a table that claims far more samples than have a size is not believed", async () => {
  const plain = await read("media/plain.mp4");
  expect(await sampleTablesAgree(patched(plain, "stts", 8, 5000))).toBe(false);
  expect(await sampleTablesAgree(patched(plain, "stsc", 12, 5000))).toBe(false);
  expect(await sampleTablesAgree(patched(plain, "stsz", 8, 5000))).toBe(false);
  expect(await sampleTablesAgree(patched(plain, "stsc", 8, 0xf0000000))).toBe(false);
  expect(await sampleTablesAgree(patched(plain, "stts", 4, 5000))).toBe(false);
  expect(await sampleTablesAgree(patched(plain, "stco", 4, 5000))).toBe(false);
  // One more is a writer's slip.
  const count = new DataView(plain.buffer).getUint32(
    new TextDecoder("latin1").decode(plain).indexOf("stts") + 12,
  );
  expect(await sampleTablesAgree(patched(plain, "stts", 8, count + 1))).toBe(true);
});

test("a fragment lists only so many samples of which it tells nothing, however large its file is", async () => {
  const fragment = new Uint8Array(36);
  const view = new DataView(fragment.buffer);
  const box = (at: number, name: string) => {
    view.setUint32(at, fragment.length - at);
    fragment.set(new TextEncoder().encode(name), at + 4);
  };
  box(0, "moof");
  box(8, "traf");
  box(16, "trun");
  for (const [samples, agree] of [
    [3_000_000, true],
    [0xf0000000, false],
  ] as const) {
    view.setUint32(28, samples);
    expect(indexAgrees(fragment.subarray(8)), String(samples)).toBe(agree);
  }
});

test("whatever the bytes are, it answers", async () => {
  const plain = await read("media/plain.mp4");
  const moov = new TextDecoder("latin1").decode(plain).indexOf("moov");
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: plain.length - moov - 5 }),
      fc.integer({ min: 0, max: 0xffffffff }),
      async (at, value) => {
        const copy = plain.slice();
        new DataView(copy.buffer).setUint32(moov + at, value);
        expect(typeof (await sampleTablesAgree(new Blob([copy])))).toBe("boolean");
      },
    ),
    { numRuns: 300 },
  );
  const nested = new Uint8Array(80_000);
  const view = new DataView(nested.buffer);
  const name = (at: number, text: string) => nested.set(new TextEncoder().encode(text), at + 4);
  for (let at = 0; at + 8 <= nested.length; at += 8) {
    view.setUint32(at, nested.length - at);
    name(at, at === 0 ? "moov" : "trak");
  }
  expect(await sampleTablesAgree(new Blob([nested]))).toBe(false);
});
