import { expect, test } from "vitest";
import { isBatch } from "./take-files.ts";
import { EMPTY_STATE, type PictureInput, type StudioState } from "./studio-state.ts";

const file = (name: string) => new File(["x"], name);
const voices = (count: number) => Array.from({ length: count }, (_, i) => file(`voice-${String(i)}.mp3`));
const withFaces = (count: number): StudioState => ({
  ...EMPTY_STATE,
  picture: { kind: "picture", faces: Array.from({ length: count }, () => ({})) } as unknown as PictureInput,
});

test("more voices than a picture has faces make several jobs; two for two faces make a dialogue", () => {
  expect(isBatch(voices(3), withFaces(2))).toBe(true);
  expect(isBatch(voices(2), withFaces(2))).toBe(false);
  expect(isBatch(voices(2), withFaces(1))).toBe(true);
  // The picture may have two faces: it is not read yet.
  expect(isBatch([file("two.jpg"), ...voices(2)], withFaces(1))).toBe(false);
  expect(isBatch(voices(2), { ...withFaces(1), mode: "dialogue" })).toBe(false);
  expect(isBatch(voices(2), { ...EMPTY_STATE, mode: "video" })).toBe(true);
  expect(isBatch(voices(1), withFaces(1))).toBe(false);
});

test("a table makes several jobs, and with the sheet open so does any medium; models never", () => {
  expect(isBatch([file("list.csv")], EMPTY_STATE)).toBe(true);
  expect(isBatch(voices(1), { ...EMPTY_STATE, sheet: "batch" })).toBe(true);
  expect(isBatch([file("lips.onnx"), ...voices(3)], EMPTY_STATE)).toBe(false);
});
