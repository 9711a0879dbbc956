import type { CatalogueLoaders } from "../sentences/languages.ts";
import { loadSentences } from "../sentences/load.ts";
import { ENGLISH_WORDS, reportWords, type LoadReportWords } from "./report-words.ts";

const LOCALES: CatalogueLoaders = {
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
