import { expect, test } from "vitest";
import { outputSize } from "./image.ts";

test("the shorter side becomes 480 and both sides are even", () => {
  expect(outputSize({ width: 1921, height: 1080 }, "480p")).toEqual({
    width: 854,
    height: 480,
    enlargementRefused: false,
  });
  expect(outputSize({ width: 3000, height: 4001 }, "720p")).toEqual({
    width: 720,
    height: 960,
    enlargementRefused: false,
  });
});

test("a smaller source is not enlarged and the refusal is told", () => {
  expect(outputSize({ width: 301, height: 200 }, "480p")).toEqual({
    width: 300,
    height: 200,
    enlargementRefused: true,
  });
});
