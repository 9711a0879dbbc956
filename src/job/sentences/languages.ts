/** The languages in which the interfaces speak, the source's first. */
export const LANGUAGES = ["en", "tr", "de", "es", "fr", "pt-BR", "ja", "zh-Hans"] as const;
/** One of {@link LANGUAGES}, as a BCP 47 tag. */
export type Language = (typeof LANGUAGES)[number];

/** The catalogues that `npm run localize` writes; each is fetched when its language is first asked for. */
export type CatalogueLoaders<Catalogue = { readonly templates: Readonly<Record<string, string>> }> = Readonly<
  Record<Exclude<Language, "en">, () => Promise<Catalogue>>
>;

/** Each language's name in itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: "English",
  tr: "Türkçe",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  "pt-BR": "Português (Brasil)",
  ja: "日本語",
  "zh-Hans": "简体中文",
};

/** A tag as language and script, which tells simplified Chinese from traditional; undefined for what is no tag. */
function maximised(tag: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(tag).maximize();
  } catch {
    return undefined;
  }
}

/** The language for a tag such as "tr-TR" or "pt"; undefined where there is none. */
export function matchLanguage(tag: string): Language | undefined {
  const asked = maximised(tag.replaceAll("_", "-"));
  return LANGUAGES.find((language) => {
    const offered = maximised(language);
    return asked && offered?.language === asked.language && offered.script === asked.script;
  });
}

/** The first of the tags that there is a language for, else English. */
export function chooseLanguage(tags: readonly string[]): Language {
  return tags.map(matchLanguage).find((language) => language !== undefined) ?? "en";
}
