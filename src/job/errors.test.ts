import { expect, test } from "vitest";
import { EngineError, isErrorCode, POLICY, toEngineError } from "./errors.ts";

test("memory that is refused has its own code and says what to do, whatever the browser calls it", () => {
  const refusals = [
    new RangeError("Array buffer allocation failed"),
    new RangeError("Invalid typed array length: 9999999999"),
    new Error("WebAssembly.Memory(): could not allocate: out of memory"),
    new RangeError("WebAssembly.Memory(): could not allocate memory"),
    new RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory"),
    new RangeError("WebAssembly.Memory.grow(): Maximum memory size exceeded"),
    new RangeError("failed to grow memory"),
  ];
  for (const refusal of refusals) {
    const error = toEngineError(refusal, "internal/bug", "a frame of 20000×20000");
    expect(error.code).toBe("device/memory");
    expect(error.message).toContain("480p");
    expect(error.cause).toBe(refusal);
  }
});

test("an abort is a cancellation, a known error keeps its code, anything else takes the fallback", () => {
  expect(toEngineError(new DOMException("", "AbortError")).code).toBe("job/cancelled");
  const known = new EngineError("input/audio", "No sound.");
  expect(toEngineError(known, "codec/failed")).toBe(known);
  expect(toEngineError("odd", "codec/failed", "encoding frame 7")).toMatchObject({
    code: "codec/failed",
    message: "encoding frame 7: odd",
  });
});

test("every code has a status of an HTTP failure, and names outside the list are none", () => {
  for (const { status } of Object.values(POLICY)) expect(status).toBeGreaterThanOrEqual(400);
  expect(isErrorCode("input/audio")).toBe(true);
  expect(isErrorCode("toString")).toBe(false);
});
