/**
 * Builds `models/built/` from the installed packages: `npx tsx models/build/main.ts [--update] [--quiet]`.
 * Does nothing when everything is there and right, and with --quiet says nothing then.
 */
import { buildFaceModels } from "./build-face.ts";

const started = performance.now();
try {
  const written = buildFaceModels(process.argv.includes("--update"));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (written.length > 0) console.log(`models: wrote ${written.join(", ")} in ${seconds} s`);
  else if (!process.argv.includes("--quiet")) console.log("models: up to date");
} catch (error) {
  console.error(`models: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
