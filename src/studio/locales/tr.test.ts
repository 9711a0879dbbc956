import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { WARNINGS } from "../../job/warnings.ts";
import { templates } from "./tr.ts";

const sources = ["../strings.ts", "../error-text.ts", "../model-strings.ts", "../api-strings.ts"];

async function messageIds(): Promise<string[]> {
  const texts = await Promise.all(sources.map((path) => readFile(new URL(path, import.meta.url), "utf8")));
  const own = texts.flatMap((text) => [...text.matchAll(/\bid: "([^"]+)"/g)].map((match) => match[1]!));
  return [...own, ...Object.keys(WARNINGS).map((code) => `warning:${code}`)];
}

test("every message has a Turkish sentence, and no Turkish sentence is left over", async () => {
  const ids = await messageIds();
  expect(ids.length).toBeGreaterThan(200);
  expect(Object.keys(templates).sort()).toEqual([...ids].sort());
});

test("a warning takes the same values in Turkish as in English", () => {
  const names = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const [code, english] of Object.entries(WARNINGS)) {
    expect(names(templates[`warning:${code}`] as string), code).toEqual(names(english));
  }
});

test("no Turkish placeholder carries a suffix", () => {
  const rendered = Object.values(templates).map((template) =>
    typeof template === "string" ? template.replaceAll(/\{\w+\}/g, "§") : template.strings.join("§"),
  );
  // Units and file names aside: a letter or an apostrophe right after a placeholder would be a suffix.
  expect(rendered.filter((text) => /§(?!°)[’'\p{L}]/u.test(text))).toEqual([]);
});
