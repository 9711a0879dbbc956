import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parsePrompt } from "../../src/engine/prompt.ts";
import { PROJECT_ROOT } from "../../src/headless/project-root.ts";

test.each(["docs/guide/style.md", "docs/tr/guide/style.md"])(
  "%s names words that are understood",
  async (page) => {
    const rows = (await readFile(join(PROJECT_ROOT, page), "utf8")).match(/^\|.*\|$/gm)!.slice(2);
    const words = rows.flatMap((row) =>
      row
        .split("|")
        .slice(1, 3)
        .flatMap((cell) => cell.split(",")),
    );
    expect(words.length).toBeGreaterThan(20);
    expect(words.filter((word) => parsePrompt(word).unknown.length > 0)).toEqual([]);
  },
);
