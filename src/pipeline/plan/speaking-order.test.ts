import { expect, test } from "vitest";
import { voiceStarts } from "./speaking-order.ts";

test("the second voice of a dialogue waits for the first, unless both speak meanwhile", () => {
  expect(voiceStarts("meanwhile", [2, 3])).toEqual([0, 0]);
  expect(voiceStarts("left_right", [2, 3])).toEqual([0, 2]);
  expect(voiceStarts("right_left", [2, 3])).toEqual([3, 0]);
});

test("one voice begins at once", () => {
  expect(voiceStarts("right_left", [2])).toEqual([0]);
});
