// Puts the site together: the page, its media, and of the package what a page without a bundler needs.
import { cp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const site = join(here, "site");

/** Where the package's files are. */
function library() {
  try {
    return dirname(fileURLToPath(import.meta.resolve("dudak/standalone")));
  } catch {
    console.error("The package dudak is not installed here. Run npm install first.");
    process.exit(1);
  }
}

const lib = library();
await rm(site, { recursive: true, force: true });
await cp(join(here, "index.html"), join(site, "index.html"));
await cp(join(here, "..", "media"), join(site, "media"), { recursive: true });
// The script and, beside it, the folder with its workers, models and wasm. Nothing is ever loaded from elsewhere.
await cp(join(lib, "standalone.js"), join(site, "dudak", "standalone.js"));
await cp(join(lib, "assets"), join(site, "dudak", "assets"), { recursive: true });
