import { chooseLanguage, type Language } from "../../job/sentences/languages.ts";

let chosen: Language | undefined;

/** Speaks a language from now on, whatever the environment asks for; undefined: as it asks. */
export function speak(language: Language | undefined): void {
  chosen = language;
}

/** The language of `--language`, else the one that the environment asks for (`LC_ALL`, `LC_MESSAGES`, `LANG`), else English. */
export function languageHere(env: NodeJS.ProcessEnv = process.env): Language {
  if (chosen) return chosen;
  const asked = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return chooseLanguage([asked.split(/[.@]/, 1)[0]!]);
}
