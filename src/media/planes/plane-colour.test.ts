import { expect, test } from "vitest";
import { BT709, planeColourOf } from "./plane-colour.ts";

const UNTOLD = { primaries: null, transfer: null, matrix: null, fullRange: null };
type Told = Parameters<typeof planeColourOf>[0];

test("a frame that says nothing is passed on with BT.709's primaries and the matrix that it is taken for", () => {
  expect(planeColourOf(UNTOLD as Told, "bt709")).toEqual(BT709);
  expect(planeColourOf(UNTOLD as Told, "bt601")).toEqual({ ...BT709, matrix: "smpte170m" });
});

test("names and range of a frame are kept", () => {
  const told = { primaries: "bt470bg", transfer: "smpte170m", matrix: "bt470bg", fullRange: true } as const;
  expect(planeColourOf(told as Told, "bt601")).toEqual(told);
});

test.each([
  ["a wide gamut", { primaries: "bt2020" }, "bt709"],
  ["high dynamic range", { transfer: "pq" }, "bt709"],
  ["a matrix of wide gamut", { matrix: "bt2020-ncl" }, "bt2020"],
  ["red, green and blue in the planes", { matrix: "rgb" }, "bt601"],
] as const)("planes of %s are not passed on", (_, told, matrix) => {
  expect(planeColourOf({ ...UNTOLD, ...told } as Told, matrix)).toBeNull();
});
