import { expect, test } from "vitest";
import { startWorker } from "./assets.ts";

test("a page that may start no workers says so by its code", () => {
  const refuse = () => {
    throw new TypeError("This document requires 'TrustedScriptURL' assignment.");
  };
  expect(() => startWorker("media", refuse)).toThrow(
    expect.objectContaining({ code: "device/unsupported", message: expect.stringContaining("worker-src") }),
  );
});
