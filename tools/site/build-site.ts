import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "vitepress";
import { buildApp } from "../../src/headless/app-build.ts";
import { buildPackage } from "../packaging/package-build.ts";
import { elementReference } from "./element-reference.ts";
import { javascriptReference } from "./javascript-reference.ts";
import { stagePages } from "./stage.ts";

/** How to build the site. */
export interface SiteOptions {
  /** Folder of the result. */
  readonly out: string;
  /** Where the site will lie: a path that begins and ends with `/`. */
  readonly base: string;
}

/**
 * Builds the pages alone: guides, references made from the code, landing pages.
 * @throws Error for a dead link between pages.
 */
export async function buildPages(root: string, { out, base }: SiteOptions): Promise<void> {
  const made = new Map([["reference/element.md", await elementReference(root)]]);
  for (const [path, text] of await javascriptReference(root)) made.set(`reference/javascript/${path}`, text);
  const folder = join(root, ".cache", "site");
  const pages = await stagePages(root, folder, made);
  process.env["DUDAK_SITE_BASE"] = base;
  process.env["DUDAK_SITE_OUT"] = out;
  process.env["DUDAK_SITE_PAGES"] = pages.join(",");
  await build(folder);
}

/** Puts the studio, and the element's script beside it, below the pages; both share models, workers and WebAssembly. */
async function addStudio(root: string, out: string): Promise<void> {
  const studio = join(out, "studio");
  await rm(studio, { recursive: true, force: true });
  const app = await buildApp(root);
  await cp(app, studio, { recursive: true, filter: (path) => !path.endsWith(".stamp") });
  const lib = await buildPackage(root);
  await mkdir(join(studio, "assets"), { recursive: true });
  await cp(join(lib, "assets"), join(studio, "assets"), { recursive: true, force: false });
  for (const name of await readdir(lib)) {
    // The entries import each other; the service worker of the folder is the studio's.
    if (name.endsWith(".js") && name !== "service-worker.js") await cp(join(lib, name), join(studio, name));
  }
}

/** Builds the whole site: pages, and the studio at `studio/`. */
export async function buildSite(root: string, options: SiteOptions): Promise<void> {
  await buildPages(root, options);
  await addStudio(root, options.out);
}
