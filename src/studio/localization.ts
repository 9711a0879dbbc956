import { configureLocalization, type LocaleModule } from "@lit/localize";
import { LANGUAGES, type CatalogueLoaders, type Language } from "../job/sentences/languages.ts";

const LOCALES: CatalogueLoaders<LocaleModule> = {
  tr: () => import("./locales/tr.ts"),
  de: () => import("./locales/de.ts"),
  es: () => import("./locales/es.ts"),
  fr: () => import("./locales/fr.ts"),
  "pt-BR": () => import("./locales/pt-BR.ts"),
  ja: () => import("./locales/ja.ts"),
  "zh-Hans": () => import("./locales/zh-Hans.ts"),
};

const localization = configureLocalization({
  sourceLocale: "en",
  targetLocales: LANGUAGES.filter((language) => language !== "en"),
  loadLocale: (language) => LOCALES[language as keyof typeof LOCALES](),
});

/** The language that is shown now. */
export const getLocale = localization.getLocale as () => Language;

/** Changes the language of the page and of the document; without its catalogue everything stays as it is. */
export async function setLanguage(language: Language): Promise<void> {
  await localization.setLocale(language).catch(() => undefined);
  document.documentElement.lang = getLocale();
}
