import { expect, test } from "vitest";

test("on a server, without a page, the element's modules load and register nothing", async () => {
  expect("document" in globalThis).toBe(false);
  const { LipSyncElement } = await import("./define.ts");
  expect(LipSyncElement.formAssociated).toBe(true);
  const { LipSync } = await import("../react/react.ts");
  expect(typeof LipSync).toBe("function");
});
