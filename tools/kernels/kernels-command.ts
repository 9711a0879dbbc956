import { writeFile } from "node:fs/promises";
import { PROJECT_ROOT } from "../../src/headless/project-root.ts";
import { compiledKernels } from "./compile-kernels.ts";

await writeFile(`${PROJECT_ROOT}/src/core/kernels/compiled.ts`, await compiledKernels());
