/**
 * Builds `models/built/` from the installed packages: `npx tsx models/build/main.ts [--update]`.
 * Does nothing when everything is there and right.
 */
import { buildFaceModels } from "./build-face.ts";

const started = performance.now();
try {
  const written = buildFaceModels(process.argv.includes("--update"));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    written.length === 0 ? "models: up to date" : `models: wrote ${written.join(", ")} in ${seconds} s`,
  );
} catch (error) {
  console.error(`models: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
