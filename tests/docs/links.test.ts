import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT } from "../../src/headless/project-root.ts";
import { docsPages } from "./pages.ts";

const pages = await docsPages();

/** The anchor that a heading gets on the usual hosts. */
function anchorOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[`*]/g, "")
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}

const prose = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, "");
const anchorsOf = (text: string) =>
  new Set([...prose(text).matchAll(/^#{1,6} (.+)$/gm)].map((match) => anchorOf(match[1]!)));

test("links inside the documentation lead somewhere", async () => {
  const dead: string[] = [];
  for (const { path, text } of pages) {
    for (const [, target = ""] of prose(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = "", anchor] = target.split("#");
      const full = file === "" ? path : normalize(join(dirname(path), file));
      if (!existsSync(join(PROJECT_ROOT, full))) dead.push(`${path}: ${target}`);
      else if (anchor && full.endsWith(".md")) {
        const there = anchorsOf(await readFile(join(PROJECT_ROOT, full), "utf8"));
        if (!there.has(anchor)) dead.push(`${path}: ${target}`);
      }
    }
  }
  expect(dead).toEqual([]);
});

test("files that ARCHITECTURE names are there", async () => {
  const text = await readFile(join(PROJECT_ROOT, "ARCHITECTURE.md"), "utf8");
  const table = /## Where it is decided\n([\s\S]*?)\n## /.exec(text)![1]!;
  const named = (part: string) => [...part.matchAll(/`([\w./*-]+)`/g)].map((match) => match[1]!);
  const missing: string[] = [];
  let folder = "";
  for (const path of named(table).slice(1)) {
    // A bare name lies in the folder of the file named before it.
    const full = path.includes("/") ? path : join(folder, path);
    folder = path.endsWith(".ts") ? dirname(full) : full;
    if (path !== "JobSpec" && !existsSync(join(PROJECT_ROOT, "src", full))) missing.push(full);
  }
  for (const path of named(text).filter((name) => /^(src|workers|models|decisions)\/[^*]*$/.test(name))) {
    if (!existsSync(join(PROJECT_ROOT, path))) missing.push(path);
  }
  expect(missing).toEqual([]);
});

test("the README can be read within a few minutes, and its picture comes within seconds", async () => {
  const readme = pages.find(({ path }) => path === "README.md")!.text;
  expect(readme.split(/\s+/).length).toBeLessThanOrEqual(900);
  const picture = /!\[[^\]]+\]\(([^)]+)\)/.exec(readme)![1]!;
  expect((await stat(join(PROJECT_ROOT, picture))).size).toBeLessThan(1_500_000);
});
