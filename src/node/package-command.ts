import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { PROJECT_ROOT } from "./app-build.ts";
import { buildPackage } from "./package-build.ts";

/** `npm run package`: what the npm package holds, in `lib/`, with types and the element's manifest. */
async function main(): Promise<void> {
  await buildPackage();
  const run = (tool: string, ...args: string[]) =>
    execFileSync(process.execPath, [join(PROJECT_ROOT, "node_modules", tool), ...args], {
      cwd: PROJECT_ROOT,
      stdio: "inherit",
    });
  run("typescript/bin/tsc", "-p", "tsconfig.package.json");
  run(
    "@custom-elements-manifest/analyzer/cem.js",
    ...["analyze", "--litelement", "--globs", "src/element/lip-sync.ts", "--outdir", "lib"],
  );
}

await main();
