import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { fillIn, readWarning, WARNINGS, warning, type WarningCode } from "./warnings.ts";

const SRC = new URL("../", import.meta.url);
const codes = Object.keys(WARNINGS) as WarningCode[];

/** Values as the engine gives them, with the characters that could confuse a pattern. */
const VALUE: Readonly<Record<string, string>> = {
  faces: "3",
  frames: "12",
  total: "250",
  seconds: "3.2",
  degrees: "28",
  percent: "61",
  pixels: "21",
  size: "320×240",
  resolution: "480p",
  words: "cyberpunk, neon (very)",
  adapter: "NVIDIA RTX (ampere), 8 GB",
  model: "own.onnx (v2)",
  licence: "Research use only",
  terms: "No commercial use. Ask first; see [LICENCE].",
  field: "formState.quality*",
};

test("every sentence gives its own code and its values back", () => {
  for (const code of codes) {
    const names = [...WARNINGS[code].matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
    const values = Object.fromEntries(names.map((name) => [name, VALUE[name]!]));
    expect(readWarning(fillIn(WARNINGS[code], values))).toEqual({ code, values });
  }
});

test("a sentence that is none of the engine's has no code", () => {
  expect(readWarning("Something else happened.")).toBeUndefined();
  expect(readWarning(`${warning("video/hdr")} And more.`)).toBeUndefined();
});

test("each code is used, and the engine makes warnings in no other way", async () => {
  const names = (await readdir(SRC, { recursive: true })).filter(
    (name) =>
      name.endsWith(".ts") && !/\.test\.ts$|^(studio|cli|gateway|headless)\/|job\/warnings\.ts$/.test(name),
  );
  const sources = await Promise.all(
    names.map(async (name) => [name, await readFile(new URL(name, SRC), "utf8")]),
  );
  const all = sources.map(([, text]) => text).join("\n");
  expect(codes.filter((code) => !all.includes(`"${code}"`))).toEqual([]);
  const byHand = /warnings\.push\(\s*["'`]|\bas Warning\b|warnings: \[\s*["'`]/;
  expect(sources.filter(([, text]) => byHand.test(text!)).map(([name]) => name)).toEqual([]);
});
