import { join } from "node:path";
import { VERSION } from "../core/version.ts";
import { PROJECT_ROOT } from "./project-root.ts";

export { PROJECT_ROOT };

/** Pictures and voices to try things with. */
export const SAMPLES = join(PROJECT_ROOT, "src", "studio", "samples");

/** Projects to begin with. */
export const EXAMPLES = join(PROJECT_ROOT, "examples");

/** How a project installs this very code: a clone is packed first. */
export const INSTALL_STEPS: readonly string[] = [
  `(cd "${PROJECT_ROOT}" && npm pack)`,
  `npm install "${join(PROJECT_ROOT, `dudak-${VERSION}.tgz`)}"`,
];

/** Where results go that the user gave no name. */
export const OUTPUT_ROOT = PROJECT_ROOT;

/** The built app's folders, for `serveApp`; builds it when its sources changed. */
export async function appFolders(): Promise<readonly string[]> {
  const { buildApp } = await import("./app-build.ts");
  return [await buildApp()];
}
