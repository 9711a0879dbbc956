import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { build } from "vite";
import { PROJECT_ROOT } from "./app-build.ts";

/** `npm run package`: what the npm package holds, in `lib/`, with types and the element's manifest. */
async function main(): Promise<void> {
  process.env["NODE_ENV"] = "production";
  await build({ root: PROJECT_ROOT, configFile: join(PROJECT_ROOT, "vite.package.config.ts"), logLevel: "error" });
  const run = (tool: string, ...args: string[]) =>
    execFileSync(process.execPath, [join(PROJECT_ROOT, "node_modules", tool), ...args], {
      cwd: PROJECT_ROOT,
      stdio: "inherit",
    });
  run("typescript/bin/tsc", "-p", "tsconfig.package.json");
  run("@custom-elements-manifest/analyzer/cem.js", "analyze", "--litelement", "--globs", "src/element/lip-sync.ts", "--outdir", "lib");
}

await main();
