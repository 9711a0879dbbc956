import fc from "fast-check";
import { expect, test } from "vitest";
import { readPiece, writePiece } from "./checkpoint-piece.ts";

/** Plain data as it is kept: no `undefined`, no -0, no names that begin with a dollar sign. */
const numbers = fc.oneof(
  fc.int16Array(),
  fc.uint8Array(),
  fc.uint8ClampedArray(),
  fc.int32Array(),
  fc.float32Array(),
  fc.float64Array(),
);
const { data } = fc.letrec<{ data: unknown }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.string(),
    numbers,
    fc.array(tie("data"), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z]\w{0,8}$/), tie("data"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

test("any plain data with typed arrays comes back as it was, and only under its own fingerprint", async () => {
  await fc.assert(
    fc.asyncProperty(data, fc.string(), async (value, fingerprint) => {
      const piece = await writePiece(fingerprint, value);
      expect(await readPiece(piece, fingerprint)).toEqual(value);
      expect(await readPiece(piece, `${fingerprint}.`)).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});

test("a piece with any one bit turned is not read", async () => {
  await fc.assert(
    fc.asyncProperty(data, fc.nat(), fc.nat({ max: 7 }), async (value, place, bit) => {
      const bytes = new Uint8Array(await (await writePiece("a", value)).arrayBuffer());
      bytes[place % bytes.length]! ^= 1 << bit;
      expect(await readPiece(new Blob([bytes]), "a")).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});
