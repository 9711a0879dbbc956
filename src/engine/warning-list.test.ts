import { expect, test } from "vitest";
import { warning, type JobWarning } from "../job/warnings.ts";
import { createWarningList } from "./warning-list.ts";

test("each warning is told once, as a fact and as a sentence", () => {
  const told: JobWarning[] = [];
  const warnings = createWarningList((warning) => told.push(warning));
  warnings.push(warning("mouth/small", { pixels: 12 }), warning("video/hdr"));
  warnings.push(warning("mouth/small", { pixels: 12 }), warning("mouth/small", { pixels: 13 }));
  expect(told).toEqual([
    {
      code: "mouth/small",
      values: { pixels: 12 },
      message: "The mouth is only 12 pixels wide; a larger face shows more.",
    },
    expect.objectContaining({ code: "video/hdr", values: {} }),
    expect.objectContaining({ code: "mouth/small", values: { pixels: 13 } }),
  ]);
  expect(warnings.all()).toEqual(told);
});
