import { expect, test } from "vitest";
import { templates as element } from "../../element/locales/tr.ts";
import { templates as commands } from "../../headless/words/locales/tr.ts";
import { templates as studio } from "../../studio/locales/tr.ts";
import { templates as facts } from "./locales/tr.ts";

test("no Turkish placeholder carries a suffix, because of vowel harmony", () => {
  const all: readonly unknown[] = [element, studio, facts, commands].flatMap((templates) =>
    Object.values(templates),
  );
  const rendered = all.map((template) =>
    typeof template === "string"
      ? template.replaceAll(/\{\w+\}/g, "§")
      : (template as { strings: readonly string[] }).strings.join("§"),
  );
  expect(rendered.length).toBeGreaterThan(500);
  // Units and file names aside: a letter or an apostrophe right after a placeholder would be a suffix.
  expect(rendered.filter((text) => /§(?!°)[’'\p{L}]/u.test(text))).toEqual([]);
});
