import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT_ROOT } from "../../src/headless/project-root.ts";

/** A page in Markdown that users read. */
export interface DocsPage {
  /** From the project's root. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of a page. */
export interface Snippet {
  readonly page: string;
  /** Line of the page, from 1, at which the block's content begins. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

/** The README, the examples' and everything in `docs`. */
export async function docsPages(): Promise<DocsPage[]> {
  const inDocs = (await readdir(join(PROJECT_ROOT, "docs"), { recursive: true })).map(
    (name) => `docs/${name}`,
  );
  const paths = ["README.md", "CONTRIBUTING.md", "examples/README.md", ...inDocs]
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".md"));
  return Promise.all(
    paths.sort().map(async (path) => ({ path, text: await readFile(join(PROJECT_ROOT, path), "utf8") })),
  );
}

/** The fenced blocks of the pages, those without a language left out. */
export function snippetsOf(pages: readonly DocsPage[]): Snippet[] {
  return pages.flatMap(({ path, text }) =>
    [...text.matchAll(/^```(\w+)[^\n]*\n([\s\S]*?)^```$/gm)].map((block) => ({
      page: path,
      line: text.slice(0, block.index).split("\n").length + 1,
      language: block[1]!,
      code: block[2]!,
    })),
  );
}
