import type { ErrorCode } from "../errors.ts";
import type { Finding } from "../findings.ts";
import type { Warning } from "../warnings.ts";
import type { ErrorSentence, ErrorSubject } from "./errors.ts";
import type { CatalogueLoaders, Language } from "./languages.ts";

/** Makes sentences of facts, in one language. */
export interface Sentences {
  readonly language: Language;
  error(code: ErrorCode | ErrorSubject): ErrorSentence;
  warning(warning: Warning): string;
  finding(finding: Finding): string;
}

const LOCALES: CatalogueLoaders = {
  tr: () => import("./locales/tr.ts"),
  de: () => import("./locales/de.ts"),
  es: () => import("./locales/es.ts"),
  fr: () => import("./locales/fr.ts"),
  "pt-BR": () => import("./locales/pt-BR.ts"),
  ja: () => import("./locales/ja.ts"),
  "zh-Hans": () => import("./locales/zh-Hans.ts"),
};

/** Loads the sentences of a language. */
export async function loadSentences(language: Language): Promise<Sentences> {
  const [{ ERRORS, WARNINGS, FINDINGS, fillIn }, translated] = await Promise.all([
    import("./catalogue.ts"),
    language === "en" ? undefined : LOCALES[language](),
  ]);
  const say = (id: string, english: string) => translated?.templates[id] ?? english;
  return {
    language,
    error: (code) => ({
      title: say(`${code}.title`, ERRORS[code].title),
      body: say(`${code}.body`, ERRORS[code].body),
    }),
    // A code of a newer release, which another tab may run, stands for itself.
    warning: ({ code, values }) => fillIn(say(`warning:${code}`, WARNINGS[code] ?? code), values, language),
    finding: ({ code, values }) => fillIn(say(`finding:${code}`, FINDINGS[code]), values, language),
  };
}
