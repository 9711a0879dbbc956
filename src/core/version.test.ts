import { expect, test } from "vitest";
import { version } from "../../package.json";
import { VERSION } from "./version.ts";

test("the version in the code is the package's", () => {
  expect(VERSION).toBe(version);
});
