import { createHash, randomBytes } from "node:crypto";
import { expect, test, vi } from "vitest";
import { createSha256, sha256OfBlob } from "./sha256.ts";

test("the hash is that of Node for every length around a block, in pieces of any size", () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000, 70_000]) {
    const bytes = randomBytes(length);
    const hash = createSha256();
    for (let at = 0; at < length; at += 37) hash.add(bytes.subarray(at, at + 37));
    expect(hash.hex()).toBe(createHash("sha256").update(bytes).digest("hex"));
  }
});

test("a blob is hashed alike at once and, where the browser has no hash, piece by piece", async () => {
  const bytes = randomBytes(9_000_001);
  const expected = createHash("sha256").update(bytes).digest("hex");
  const blob = new Blob([new Uint8Array(bytes)]);
  expect(await sha256OfBlob(blob)).toBe(expected);
  vi.stubGlobal("crypto", {});
  expect(await sha256OfBlob(blob)).toBe(expected);
  vi.unstubAllGlobals();
});
