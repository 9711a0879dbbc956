import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What of the project is pages of the site; a page's links lead to others as they do in the project. */
const PAGES = [
  "docs",
  "decisions",
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "NOTICE.md",
  "examples/README.md",
  "examples/reference/README.md",
  "models/speech/README.md",
  "models/rig/README.md",
  "src/studio/samples/README.md",
];

/** Links that the site cannot follow: folders and files that are no pages. */
const NO_PAGE = /\[([^\]]+)\]\((?!https?:|#|mailto:)([^)\s]*?)\)/g;

/** A page whose links to what is no page became plain text. */
function onlyPages(text: string, path: string, staged: ReadonlySet<string>): string {
  return text.replace(NO_PAGE, (whole, words: string, target: string) => {
    const [file = ""] = target.split("#");
    if (file === "" || file.startsWith("/")) return whole;
    const full = join(dirname(path), file).replaceAll("\\", "/");
    return staged.has(full) || /\.(webp|png|jpg|svg)$/.test(full) ? whole : words;
  });
}

/**
 * Puts the pages together in a folder, as the generator wants them: those of the project, those made from the code,
 * the landing pages and the look.
 * @param made pages made from the code, by path.
 * @returns the pages' paths without `.md`.
 */
export async function stagePages(
  root: string,
  folder: string,
  made: ReadonlyMap<string, string>,
): Promise<string[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, ".vitepress"), { recursive: true });
  for (const path of PAGES) await cp(join(root, path), join(folder, path), { recursive: true });
  for (const [path, text] of made) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const site = join(root, "site");
  await cp(join(site, "config.ts"), join(folder, ".vitepress", "config.ts"));
  await cp(join(site, "theme"), join(folder, ".vitepress", "theme"), { recursive: true });
  for (const path of ["index.md", "tr"]) await cp(join(site, path), join(folder, path), { recursive: true });

  const names = (await readdir(folder, { recursive: true })).map((name) => name.replaceAll("\\", "/"));
  const pages = names.filter((name) => name.endsWith(".md"));
  const staged = new Set(pages);
  for (const path of pages) {
    const file = join(folder, path);
    const text = await readFile(file, "utf8");
    const own = onlyPages(text, path, staged);
    if (own !== text) await writeFile(file, own);
  }

  const assets = join(folder, "public");
  await cp(join(site, "site-worker.js"), join(assets, "site-worker.js"));
  await cp(join(root, "public", "icon.svg"), join(assets, "icon.svg"));
  for (const name of ["speaking.webp", "speaking-still.webp"]) {
    await cp(join(root, "docs", "media", name), join(assets, name));
  }
  for (const name of ["portraits", "voices", "thumbnails"]) {
    await cp(join(root, "src", "studio", "samples", name), join(assets, "samples", name), {
      recursive: true,
    });
  }
  return pages.map((path) => path.replace(/\.md$/, ""));
}
