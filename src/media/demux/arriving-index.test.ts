import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { withSoundIndexes } from "./arriving-index.ts";

const media = new URL("../../../tests/fixtures/media/", import.meta.url);
const read = async (name: string) => new Uint8Array(await readFile(new URL(name, media)));

async function* cut(bytes: Uint8Array<ArrayBuffer>, size: number) {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}

const through = async (bytes: Uint8Array<ArrayBuffer>, size: number) => {
  const parts: Uint8Array[] = [];
  for await (const part of withSoundIndexes(cut(bytes, size))) parts.push(part);
  return Buffer.concat(parts);
};

test("a stream comes through as it is, whatever it holds and however it is cut", async () => {
  for (const name of await readdir(media)) {
    const bytes = await read(name);
    for (const size of [997, 65_536, bytes.length]) {
      expect((await through(bytes, size)).equals(bytes), `${name} in pieces of ${String(size)}`).toBe(true);
    }
    const short = bytes.subarray(0, 3000);
    expect((await through(short, 1)).equals(short), name).toBe(true);
  }
});

test("an index that contradicts itself ends the stream before any of it is handed on", async () => {
  const plain = await read("plain.mp4");
  const text = new TextDecoder("latin1").decode(plain);
  new DataView(plain.buffer).setUint32(text.indexOf("stts") + 12, 5000);
  for (const size of [1, 997, plain.length]) {
    const parts: Uint8Array[] = [];
    const reading = (async () => {
      for await (const part of withSoundIndexes(cut(plain, size))) parts.push(part);
    })();
    await expect(reading).rejects.toMatchObject({ code: "codec/failed" });
    expect(Buffer.concat(parts).includes("moov")).toBe(false);
  }
});

test("an index that claims to be larger than a stream's can be is not waited for", async () => {
  const plain = await read("plain.mp4");
  const text = new TextDecoder("latin1").decode(plain);
  new DataView(plain.buffer).setUint32(text.indexOf("moov") - 4, 0x7fffffff);
  await expect(through(plain, 997)).rejects.toMatchObject({ code: "codec/failed" });
});
