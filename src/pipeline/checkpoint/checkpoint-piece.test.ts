import { expect, test } from "vitest";
import { readPiece, writePiece } from "./checkpoint-piece.ts";

const VALUE = {
  name: "tracks",
  gaps: [null, 1.5],
  faces: [{ points: Int16Array.of(-3, 7), look: new Uint8Array() }],
  times: Float64Array.of(0.1, 1 / 3),
  // A view of a part: only that part is kept.
  part: new Float32Array([1, 2, 3, 4]).subarray(1, 3),
};

test("data with typed arrays comes back as it was", async () => {
  const piece = await writePiece("a", VALUE);
  expect(await readPiece(piece, "a")).toEqual({ ...VALUE, part: Float32Array.of(2, 3) });
});

test("another fingerprint gets nothing", async () => {
  expect(await readPiece(await writePiece("a", VALUE), "b")).toBeUndefined();
});

test("a piece with any byte changed, cut short anywhere, or of something else is not read", async () => {
  const whole = new Uint8Array(await (await writePiece("a", VALUE)).arrayBuffer());
  for (let at = 0; at < whole.length; at++) {
    const changed = whole.slice();
    changed[at]! ^= 0x20;
    expect(await readPiece(new Blob([changed]), "a"), `byte ${String(at)}`).toBeUndefined();
    expect(await readPiece(new Blob([whole.subarray(0, at)]), "a"), `length ${String(at)}`).toBeUndefined();
  }
});
