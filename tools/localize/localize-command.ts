import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { LANGUAGES } from "../../src/job/sentences/languages.ts";
import { PROJECT_ROOT } from "../../src/headless/project-root.ts";
import { checkCatalogue, readConfig, writeCatalogue } from "./catalogue.ts";

const FOLDER = join(PROJECT_ROOT, "locales");

/**
 * `npm run localize`: takes new sentences from the code into `locales/`, and writes what the translators gave into the
 * code. With `--check` it writes nothing and fails where a language lacks a sentence or has one too many.
 */
async function main(argv: readonly string[]): Promise<void> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith(".json"));
  const faults: string[] = [];
  for (const name of names.sort()) {
    const config = readConfig(join(FOLDER, name));
    const languages = [config.sourceLocale, ...config.targetLocales];
    if (languages.join() !== LANGUAGES.join()) {
      faults.push(`${name}: its languages are not those of the interfaces (${LANGUAGES.join(", ")})`);
    }
    if (!argv.includes("--check")) await writeCatalogue(config);
    faults.push(...(await checkCatalogue(config)).map((fault) => `${name}: ${fault}`));
  }
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}

await main(process.argv.slice(2));
