import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { readConfigFileAndWriteSchema, type Config } from "@lit/localize-tools/lib/config.js";
import type { Message, Placeholder } from "@lit/localize-tools/lib/messages.js";
import { RuntimeLitLocalizer } from "@lit/localize-tools/lib/modes/runtime.js";
import type { RuntimeOutputConfig } from "@lit/localize-tools/lib/types/modes.js";

type RuntimeConfig = Config & { output: RuntimeOutputConfig };

/** The configuration of `lit-localize` in a file. */
export function readConfig(path: string): RuntimeConfig {
  return readConfigFileAndWriteSchema(path) as RuntimeConfig;
}

/** Writes sentences that are new in the code into the translators' files, and of these the code that is loaded. */
export async function writeCatalogue(config: RuntimeConfig): Promise<void> {
  const localizer = new RuntimeLitLocalizer(config);
  const { errors } = localizer.extractSourceMessages();
  if (errors.length > 0) throw new Error(errors.map(({ messageText }) => String(messageText)).join("\n"));
  await localizer.writeInterchangeFiles();
  await new RuntimeLitLocalizer(config).build();
}

const textOf = (contents: readonly (string | Placeholder)[]) =>
  contents.map((part) => (typeof part === "string" ? part : part.untranslatable)).join("");

const namesIn = (contents: readonly (string | Placeholder)[]) =>
  [...textOf(contents).matchAll(/\{\w+\}/g)].map(String).sort().join(" ");

/** What is wrong with the sentences of a language, beside their placeholders, which `lit-localize` compares. */
function faultsOf(locale: string, source: readonly Message[], translated: readonly Message[]): string[] {
  const given = new Map(translated.map((message) => [message.name, message]));
  const wanted = new Set(source.map(({ name }) => name));
  const missing = source.filter(({ name }) => textOf(given.get(name)?.contents ?? []).trim() === "");
  const orphans = translated.filter(({ name }) => !wanted.has(name));
  const changed = source.filter(({ name, contents }) => {
    const other = given.get(name);
    return other && textOf(other.contents) !== "" && namesIn(other.contents) !== namesIn(contents);
  });
  return [
    ...missing.map(({ name }) => `${locale}: "${name}" has no sentence`),
    ...orphans.map(({ name }) => `${locale}: "${name}" is no longer said`),
    ...changed.map(({ name }) => `${locale}: "${name}" does not take the values of the English sentence`),
  ];
}

async function sameFiles(written: string, kept: string): Promise<boolean> {
  const names = await readdir(written);
  const read = (folder: string) =>
    Promise.all(names.map((name) => readFile(join(folder, name), "utf8").catch(() => "")));
  return JSON.stringify(await read(written)) === JSON.stringify(await read(kept));
}

/**
 * What is wrong with a catalogue: a sentence that a language lacks or has too many, values that differ, files that are
 * not as the code would have them written.
 * @returns one line a fault; empty when all is well.
 */
export async function checkCatalogue(config: RuntimeConfig): Promise<string[]> {
  const localizer = new RuntimeLitLocalizer(config);
  const { messages, errors } = localizer.extractSourceMessages();
  const { translations } = localizer.readTranslationsSync();
  const faults = [
    ...errors.map(({ messageText }) => String(messageText)),
    ...localizer.validateTranslations().errors,
    ...config.targetLocales.flatMap((locale) => faultsOf(locale, messages, translations.get(locale) ?? [])),
  ];
  if (faults.length > 0) return faults;
  const folder = await mkdtemp(join(tmpdir(), "dudak-localize-"));
  try {
    const [xliffDir, outputDir] = [join(folder, "xliff"), join(folder, "code")];
    const kept = resolve(config.baseDir, (config.interchange as { xliffDir: string }).xliffDir);
    await cp(kept, xliffDir, { recursive: true });
    await writeCatalogue({
      ...config,
      interchange: { format: "xliff", xliffDir },
      output: { ...config.output, outputDir },
    });
    const written = await sameFiles(xliffDir, kept);
    const built = await sameFiles(outputDir, resolve(config.baseDir, config.output.outputDir));
    return written && built ? [] : [`${kept} is behind the code: npm run localize`];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
