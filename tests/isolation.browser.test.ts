import { expect, test } from "vitest";

test("the test page is cross-origin isolated, so wasm threads exist", () => {
  expect(crossOriginIsolated).toBe(true);
});
