import { expect, test } from "vitest";
import { requireWasm } from "./wasm-support.ts";

/** What a browser says to the module. */
const browser = (knows: boolean, compile: () => void) => ({
  validate: () => knows,
  Module: function () {
    compile();
  } as unknown as typeof WebAssembly.Module,
});
const forbid = () => {
  throw new WebAssembly.CompileError("violates the following Content Security Policy directive");
};

test("a thread without the engine's WebAssembly is told of by a code and what to do", () => {
  expect(() => requireWasm()).not.toThrow();
  const old = browser(false, () => undefined);
  expect(() => requireWasm(old)).toThrow(expect.objectContaining({ code: "device/unsupported" }) as Error);
  expect(() => requireWasm(browser(true, forbid))).toThrow(/wasm-unsafe-eval/);
});
