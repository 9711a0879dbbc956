import { execFileSync } from "node:child_process";
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

/** `npm run package`: what the npm package holds, in `lib/`, with types and the element's manifest. */
async function main(): Promise<void> {
  process.env["NODE_ENV"] = "production";
  await build({
    root: PROJECT_ROOT,
    configFile: join(PROJECT_ROOT, "vite.package.config.ts"),
    logLevel: "error",
  });
  await plainUrls(join(PROJECT_ROOT, "lib"));
  const run = (tool: string, ...args: string[]) =>
    execFileSync(process.execPath, [join(PROJECT_ROOT, "node_modules", tool), ...args], {
      cwd: PROJECT_ROOT,
      stdio: "inherit",
    });
  run("typescript/bin/tsc", "-p", "tsconfig.package.json");
  run(
    "@custom-elements-manifest/analyzer/cem.js",
    "analyze",
    "--litelement",
    "--globs",
    "src/element/lip-sync.ts",
    "--outdir",
    "lib",
  );
}

await main();
