import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../src/headless/project-root.ts";
import { apiMarkdown } from "./api-markdown.ts";
import { commandLineMarkdown } from "./command-line.ts";
import { roomsPicture } from "./rooms-picture.ts";

const BEGIN = "<!-- drawn from the code by npm run docs -->\n";
const END = "<!-- end of the drawing -->";

/** A page in which the part between the two marks is replaced. */
function replaceDrawing(page: string, drawing: string): string {
  const start = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (start < 0 || end < start) throw new Error("ARCHITECTURE.md has lost the marks of its drawing");
  return `${page.slice(0, start)}${BEGIN}\n\`\`\`mermaid\n${drawing}\`\`\`\n\n${page.slice(end)}`;
}

/** Files that are made from the code, and what they should hold. */
const made: readonly { readonly path: string; readonly make: (old: string) => Promise<string> }[] = [
  { path: "docs/api.md", make: () => Promise.resolve(apiMarkdown()) },
  { path: "docs/command-line.md", make: () => commandLineMarkdown() },
  { path: "ARCHITECTURE.md", make: async (old) => replaceDrawing(old, await roomsPicture()) },
];

const check = process.argv.includes("--check");
for (const { path, make } of made) {
  const file = join(PROJECT_ROOT, path);
  const old = await readFile(file, "utf8").catch(() => "");
  const now = await make(old);
  if (now === old) continue;
  if (check) {
    console.error(`${path} is not what the code says; npm run docs writes it anew.`);
    process.exitCode = 1;
  } else {
    await writeFile(file, now);
    console.log(`Wrote ${path}`);
  }
}
