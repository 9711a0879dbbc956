import { languageHere } from "../headless/speech.ts";
import type { CatalogueLoaders, Language } from "../job/sentences/languages.ts";
import { fillIn, type NamesIn, type Values } from "../job/sentences/message.ts";
import { CLI } from "./cli-sentences.ts";

const LOCALES: CatalogueLoaders = {
  tr: () => import("./locales/tr.ts"),
  de: () => import("./locales/de.ts"),
  es: () => import("./locales/es.ts"),
  fr: () => import("./locales/fr.ts"),
  "pt-BR": () => import("./locales/pt-BR.ts"),
  ja: () => import("./locales/ja.ts"),
  "zh-Hans": () => import("./locales/zh-Hans.ts"),
};

/** A sentence of the command line. */
type SentenceId = keyof typeof CLI;

/** What the command line says, in one language. */
export interface CliWords {
  readonly language: Language;
  /** A sentence with its values; those that are read by programs, too, are given as text. */
  say<Id extends SentenceId>(
    id: Id,
    ...values: [NamesIn<(typeof CLI)[Id]>] extends [never]
      ? []
      : [values: Readonly<Record<NamesIn<(typeof CLI)[Id]>, string>>]
  ): string;
  /** A number with one decimal. */
  decimal(value: number): string;
}

/** The words in {@link languageHere}. */
export async function wordsHere(env?: NodeJS.ProcessEnv): Promise<CliWords> {
  const language = languageHere(env);
  const templates: Readonly<Record<string, string>> =
    language === "en" ? {} : (await LOCALES[language]()).templates;
  return {
    language,
    say: (id, ...values: readonly Values[]) => fillIn(templates[id] ?? CLI[id], values[0] ?? {}, language),
    decimal: (value) =>
      value.toLocaleString(language, {
        minimumFractionDigits: 1,
        maximumFractionDigits: 1,
        useGrouping: false,
      }),
  };
}
