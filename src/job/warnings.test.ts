import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { ERRORS } from "./sentences/errors.ts";
import { FINDINGS } from "./sentences/findings.ts";
import { WARNINGS } from "./sentences/warnings.ts";
import { storedWarnings, warning, withoutRepeats } from "./warnings.ts";

const SRC = new URL("../", import.meta.url);

test("a warning is a code and its values", () => {
  expect(warning("video/hdr")).toEqual({ code: "video/hdr", values: {} });
  expect(warning("mouth/small", { pixels: 12 })).toEqual({ code: "mouth/small", values: { pixels: 12 } });
});

test("the same warning counts once, with other values anew", () => {
  const [a, b] = [warning("mouth/small", { pixels: 12 }), warning("mouth/small", { pixels: 13 })];
  expect(withoutRepeats([a, b, { ...a }, b])).toEqual([a, b]);
});

test("a sentence that an older release stored stays as it was", () => {
  const fact = warning("video/hdr");
  expect(storedWarnings(["Words of {old}.", fact])).toEqual([
    { code: "stored/sentence", values: { sentence: "Words of {old}." } },
    fact,
  ]);
});

test("a sentence is found by its code in every catalogue", async () => {
  for (const [file, catalogue, idsOf] of [
    ["warnings", WARNINGS, (code: string) => [`warning:${code}`]],
    ["findings", FINDINGS, (code: string) => [`finding:${code}`]],
    ["errors", ERRORS, (code: string) => [`${code}.title`, `${code}.body`]],
  ] as const) {
    const text = await readFile(new URL(`sentences/${file}.ts`, import.meta.url), "utf8");
    const ids = [...text.matchAll(/\bid: "([^"]+)"/g)].map(([, id]) => id);
    expect(ids, file).toEqual(Object.keys(catalogue).flatMap(idsOf));
  }
});

test("each code is used", async () => {
  const names = (await readdir(SRC, { recursive: true })).filter(
    (name) => name.endsWith(".ts") && !/\.test\.ts$|job\/sentences/.test(name),
  );
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, SRC), "utf8")));
  const all = texts.join("\n");
  const unused = [...Object.keys(WARNINGS), ...Object.keys(FINDINGS)].filter(
    (code) => !all.includes(`"${code}"`),
  );
  expect(unused).toEqual([]);
});
