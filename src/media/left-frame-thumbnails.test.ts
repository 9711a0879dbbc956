import { expect, test } from "vitest";
import { middleFrames } from "./left-frame-thumbnails.ts";

test("of nine ranges the eight longest are shown by their middle frames, in order of time", () => {
  const ranges = Array.from({ length: 9 }, (_, i) => [i * 100, i * 100 + (i === 4 ? 0 : 20 + i)] as const);
  expect(middleFrames(ranges)).toEqual([10, 110, 211, 311, 512, 613, 713, 814]);
  expect(middleFrames([[5, 5]])).toEqual([5]);
  expect(middleFrames([])).toEqual([]);
});
