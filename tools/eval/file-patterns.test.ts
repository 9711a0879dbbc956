import { readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../src/headless/project-root.ts";

const FOLDER = join(PROJECT_ROOT, "tools", "eval");

/** Patterns of `import.meta.glob` that lead to files of the project, as paths from its root. */
function patterns(): string[] {
  const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((file) =>
    /(?<!\.test)\.ts$/.test(file),
  );
  return files.flatMap((file) => {
    const path = join(FOLDER, file);
    const calls = readFileSync(path, "utf8").matchAll(/import\.meta\.glob<[^>]*>\(([^{]*)\{/g);
    return [...calls]
      .flatMap(([, args]) => [...args!.matchAll(/"([^"]+)"/g)])
      .map(([, pattern]) => relative(PROJECT_ROOT, join(dirname(path), pattern!)))
      .filter((pattern) => !pattern.startsWith(".."));
  });
}

test("the eval's patterns of files lead to files: one that finds none is no error of the bundler's", () => {
  const found = patterns();
  expect(found.length).toBeGreaterThan(2);
  for (const pattern of found) {
    const names = readdirSync(join(PROJECT_ROOT, dirname(pattern)));
    expect(
      names.filter((name) => extname(name) === extname(pattern)),
      pattern,
    ).not.toEqual([]);
  }
});
