import { configureLocalization } from "@lit/localize";

/** The page's languages: English in the source, Turkish loaded when it is asked for. */
const localization = configureLocalization({
  sourceLocale: "en",
  targetLocales: ["tr"],
  loadLocale: () => import("./locales/tr.ts"),
});

/** The language that is shown now. */
export const getLocale = localization.getLocale;

/** Changes the language of the page and of the document. */
export async function setLanguage(language: "en" | "tr"): Promise<void> {
  await localization.setLocale(language);
  document.documentElement.lang = language;
}
