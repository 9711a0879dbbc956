import type { CatalogueLoaders, Language } from "../../job/sentences/languages.ts";
import { fillIn, type NamesIn, type Values } from "../../job/sentences/message.ts";
import { FAILURES } from "./failures.ts";
import { GATEWAY_HELP } from "./gateway-help-sentences.ts";
import { languageHere } from "./choose-language.ts";
import { HELP } from "./help-sentences.ts";
import { MISTAKES } from "./mistakes.ts";
import { SAID } from "./sentences.ts";

const LOCALES: CatalogueLoaders = {
  tr: () => import("./locales/tr.ts"),
  de: () => import("./locales/de.ts"),
  es: () => import("./locales/es.ts"),
  fr: () => import("./locales/fr.ts"),
  "pt-BR": () => import("./locales/pt-BR.ts"),
  ja: () => import("./locales/ja.ts"),
  "zh-Hans": () => import("./locales/zh-Hans.ts"),
};

const ENGLISH = { ...SAID, ...HELP, ...GATEWAY_HELP, ...MISTAKES, ...FAILURES } as const;

/** A sentence of the command line. */
export type SentenceId = keyof typeof ENGLISH;
type ValuesOf<Id extends SentenceId> = Readonly<Record<NamesIn<(typeof ENGLISH)[Id]>, string>>;

/** A sentence of the command line and its values, not yet said in a language. */
export interface Sentence {
  readonly id: SentenceId;
  readonly values: Readonly<Record<string, string>>;
}

/** A sentence with its values; those that programs read, too, are given as text. */
export function sentence<Id extends SentenceId>(
  id: Id,
  ...[values]: [NamesIn<(typeof ENGLISH)[Id]>] extends [never] ? [] : [values: ValuesOf<Id>]
): Sentence {
  return { id, values: values ?? {} };
}

/** A sentence in English, for errors. */
export const inEnglish = ({ id, values }: Sentence): string => fillIn(ENGLISH[id], values);

/** What the command line says, in one language. */
export interface CliWords {
  readonly language: Language;
  say<Id extends SentenceId>(
    id: Id,
    ...values: [NamesIn<(typeof ENGLISH)[Id]>] extends [never] ? [] : [values: ValuesOf<Id>]
  ): string;
  tell(sentence: Sentence): string;
  /** A number with one decimal. */
  decimal(value: number): string;
}

/** The words in {@link languageHere}. */
export async function wordsHere(env?: NodeJS.ProcessEnv): Promise<CliWords> {
  const language = languageHere(env);
  const templates: Readonly<Record<string, string>> =
    language === "en" ? {} : (await LOCALES[language]()).templates;
  const fill = (id: SentenceId, values: Values) => fillIn(templates[id] ?? ENGLISH[id], values, language);
  return {
    language,
    say: (id: SentenceId, ...values: readonly Values[]) => fill(id, values[0] ?? {}),
    tell: ({ id, values }) => fill(id, values),
    decimal: (value) =>
      value.toLocaleString(language, {
        minimumFractionDigits: 1,
        maximumFractionDigits: 1,
        useGrouping: false,
      }),
  };
}
