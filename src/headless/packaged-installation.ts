import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type * as Source from "./installation.ts";

// In the npm package this takes the place of `installation.ts` (see `package-build.ts`): there the app is built
// already, and neither its sources nor the bundler are at hand.

/** The package's folder; the built command lies two levels below it. */
export const PROJECT_ROOT: typeof Source.PROJECT_ROOT = fileURLToPath(new URL("../../", import.meta.url));

const LIB = join(PROJECT_ROOT, "lib");

export const SAMPLES: typeof Source.SAMPLES = join(LIB, "node", "samples");

export const EXAMPLES: typeof Source.EXAMPLES = join(LIB, "node", "examples");

export const INSTALL_STEPS: typeof Source.INSTALL_STEPS = ["npm install"];

/** The folder in which the user stands. */
export const OUTPUT_ROOT: typeof Source.OUTPUT_ROOT = process.cwd();

/** What is the app's own, and what it shares with the library. */
export const appFolders: typeof Source.appFolders = () => Promise.resolve([join(LIB, "app"), LIB]);
