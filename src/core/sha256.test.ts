import { createHash, randomBytes } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { createSha256, sha256Hex, sha256OfBlob } from "./sha256.ts";

afterEach(() => vi.unstubAllGlobals());

test("pieces of any size have the hash of the whole", () => {
  for (const length of [0, 1, 64, 65, 1000, 70_000]) {
    const bytes = randomBytes(length);
    const hash = createSha256();
    for (let at = 0; at < length; at += 37) hash.add(bytes.subarray(at, at + 37));
    expect(hash.hex()).toBe(createHash("sha256").update(bytes).digest("hex"));
  }
});

test("texts, views and blobs hash alike with the browser's hash and without", async () => {
  const bytes = new Uint8Array(randomBytes(9_000_001));
  const words = new Uint16Array(bytes.buffer, 2, 1000);
  const expected = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
  const wordsAsBytes = new Uint8Array(bytes.buffer, 2, 2000);
  for (const crypto of [globalThis.crypto, {}, undefined]) {
    vi.stubGlobal("crypto", crypto);
    expect(await sha256Hex("schön")).toBe(expected("schön"));
    expect(await sha256Hex(words)).toBe(expected(wordsAsBytes));
    expect(await sha256OfBlob(new Blob([bytes]))).toBe(expected(bytes));
  }
});
