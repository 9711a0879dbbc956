import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { AI_MARK_COMMENT, AI_MARK_XMP, DIGITAL_SOURCE_TYPE, markedGif, markedPng } from "./ai-mark.ts";

const fixture = async (name: string, type: string) =>
  new Blob([await readFile(new URL(`../../tests/fixtures/media/${name}`, import.meta.url))], { type });

test("a marked PNG holds the packet in a chunk of its own, with the checksum that readers expect", async () => {
  const plain = await fixture("deep.png", "image/png");
  const bytes = Buffer.from(await markedPng(plain).arrayBuffer());
  const chunks: string[] = [];
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const name = bytes.toString("latin1", at + 4, at + 8);
    chunks.push(name);
    if (name === "iTXt") {
      const text = bytes.toString("utf8", at + 8, at + 8 + length);
      expect(text).toBe(`XML:com.adobe.xmp\0\0\0\0\0${AI_MARK_XMP}`);
    }
    // The known checksum of an empty IEND is a check on the walk itself.
    if (name === "IEND") expect(bytes.readUInt32BE(at + 8)).toBe(0xae426082);
    at += 12 + length;
  }
  expect(chunks.slice(0, 2)).toEqual(["IHDR", "iTXt"]);
  expect(chunks.at(-1)).toBe("IEND");
  const { crc32 } = await import("node:zlib");
  const at = bytes.indexOf("iTXt");
  const length = bytes.readUInt32BE(at - 4);
  expect(bytes.readUInt32BE(at + 4 + length)).toBe(crc32(bytes.subarray(at, at + 4 + length)));
});

test("a marked GIF says so in a comment before its end", async () => {
  const plain = await fixture("animated.gif", "image/gif");
  const text = Buffer.from(await markedGif(plain).arrayBuffer()).toString("latin1");
  expect(text.endsWith(`${AI_MARK_COMMENT} ${DIGITAL_SOURCE_TYPE}\0;`)).toBe(true);
});
