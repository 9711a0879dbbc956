import { expect, test } from "vitest";
import { warning, WARNINGS, type JobWarning, type Warning } from "../job/warnings.ts";
import { createWarningList } from "./warning-list.ts";

test("each warning is told once, with its code and values", () => {
  const told: JobWarning[] = [];
  const warnings = createWarningList((news) => told.push(news));
  const small = warning("mouth/small", { pixels: 12 });
  warnings.push(small, warning("video/hdr"));
  warnings.push(small);
  expect(told).toEqual([
    { code: "mouth/small", values: { pixels: "12" }, message: small },
    { code: "video/hdr", values: {}, message: warning("video/hdr") },
  ]);
  expect(warnings.all()).toEqual([small, warning("video/hdr")]);
});

test("no warning of the catalogue goes untold", () => {
  const told: string[] = [];
  createWarningList(({ code }) => told.push(code)).push(...(Object.values(WARNINGS) as unknown as Warning[]));
  expect(told).toEqual(Object.keys(WARNINGS));
});
