import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root folder. */
export const PROJECT_ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A portrait and a voice to try things with. */
export const SAMPLES = join(PROJECT_ROOT, "tests", "fixtures");

/** Where results go that the user gave no name. */
export const OUTPUT_ROOT = PROJECT_ROOT;

/** The built app's folders, for `serveApp`; builds it when its sources changed. */
export async function appFolders(): Promise<readonly string[]> {
  const { buildApp } = await import("./app-build.ts");
  return [await buildApp()];
}
