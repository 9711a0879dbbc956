import type { Language } from "../sentences/languages.ts";
import type { Sentences } from "../sentences/load.ts";
import { fillIn, type Values } from "../sentences/message.ts";
import { WARNINGS } from "../sentences/warnings.ts";
import { ADVICE, REPORT } from "./report-sentences.ts";

/** What a report is written with, in one language. */
export interface ReportWords extends Pick<Sentences, "language" | "warning"> {
  say(id: keyof typeof REPORT, values?: Values): string;
  /** What to do about a warning; undefined where there is nothing to do. */
  advice(code: string): string | undefined;
}

/** Writes words with the translations of a language, in English where there is none. */
export function reportWords(
  { language, warning }: Pick<Sentences, "language" | "warning">,
  templates: Readonly<Record<string, string>> = {},
): ReportWords {
  return {
    language,
    warning,
    say: (id, values = {}) => fillIn(templates[id] ?? REPORT[id], values, language),
    advice: (code) => templates[`advice:${code}`] ?? (ADVICE as Readonly<Record<string, string>>)[code],
  };
}

/** The words in English, which are at hand everywhere. */
export const ENGLISH_WORDS: ReportWords = reportWords({
  language: "en",
  warning: ({ code, values }) => fillIn(WARNINGS[code] ?? code, values),
});

/** Gives the words of a language. */
export type LoadReportWords = (language: Language) => Promise<ReportWords>;
