import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "vite";
import { PROJECT_ROOT } from "./app-build.ts";

/** How Vite writes the address of a file for a page whose base is relative. */
const NESTED_URL =
  /new URL\(new URL\([`"']([^`"']+)[`"'],\s*import\.meta\.url\)\.href,\s*[`"']{2}\s*\+\s*import\.meta\.url\)/g;

/** Writes addresses in the form that bundlers recognise, so that they take workers, wasm and models along. */
async function plainUrls(folder: string): Promise<void> {
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith(".js")) continue;
    const path = join(folder, name);
    const code = await readFile(path, "utf8");
    const plain = code.replace(NESTED_URL, (_whole, file: string) => `new URL("./${file}", import.meta.url)`);
    if (plain !== code) await writeFile(path, plain);
  }
}

/**
 * Builds the entries of the npm package into `lib/`, without types.
 * @returns the folder.
 */
export async function buildPackage(root = PROJECT_ROOT): Promise<string> {
  process.env["NODE_ENV"] = "production";
  await build({ root, configFile: join(root, "vite.package.config.ts"), logLevel: "error" });
  const lib = join(root, "lib");
  await plainUrls(lib);
  return lib;
}
