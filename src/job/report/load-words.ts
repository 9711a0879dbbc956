import type { Language } from "../sentences/languages.ts";
import { loadSentences } from "../sentences/load.ts";
import { ENGLISH_WORDS, reportWords, type LoadReportWords } from "./report-words.ts";

type Templates = Readonly<Record<string, string>>;

/** The catalogues that `npm run localize` writes; each is fetched when its language is first asked for. */
const LOCALES: Readonly<Record<Exclude<Language, "en">, () => Promise<{ readonly templates: Templates }>>> = {
  tr: () => import("./locales/tr.ts"),
  de: () => import("./locales/de.ts"),
  es: () => import("./locales/es.ts"),
  fr: () => import("./locales/fr.ts"),
  "pt-BR": () => import("./locales/pt-BR.ts"),
  ja: () => import("./locales/ja.ts"),
  "zh-Hans": () => import("./locales/zh-Hans.ts"),
};

/** Loads the words of a report. */
export const loadReportWords: LoadReportWords = async (language) => {
  if (language === "en") return ENGLISH_WORDS;
  const [sentences, { templates }] = await Promise.all([loadSentences(language), LOCALES[language]()]);
  return reportWords(sentences, templates);
};
