import type { EngineError } from "../job/errors.ts";
import { chooseLanguage, type CatalogueLoaders, type Language } from "../job/sentences/languages.ts";
import { fillIn } from "../job/sentences/message.ts";
import { ENGLISH } from "./strings.ts";

type Name = keyof typeof ENGLISH;

/** What the element says in one language, by name. */
export type Words = Readonly<Record<Exclude<Name, "timeLeft">, string>> & {
  readonly language: Language;
  /** Time left; a whole number of seconds. */
  timeLeft(seconds: number): string;
  /** Progress as a share of 1. */
  percent(fraction: number): string;
};

const LOCALES: CatalogueLoaders = {
  tr: () => import("./locales/tr.ts"),
  de: () => import("./locales/de.ts"),
  es: () => import("./locales/es.ts"),
  fr: () => import("./locales/fr.ts"),
  "pt-BR": () => import("./locales/pt-BR.ts"),
  ja: () => import("./locales/ja.ts"),
  "zh-Hans": () => import("./locales/zh-Hans.ts"),
};

function wordsOf(language: Language, templates: Readonly<Record<Name, string>>): Words {
  const percent = new Intl.NumberFormat(language, { style: "percent" });
  return {
    ...templates,
    language,
    timeLeft: (seconds) => fillIn(templates.timeLeft, { seconds }, language),
    percent: (fraction) => percent.format(Math.floor(fraction * 100) / 100),
  };
}

const known = new Map<Language, Words>([["en", wordsOf("en", ENGLISH)]]);

/** The words of a language tag: once {@link loadWords} has them, else the English ones. */
export function wordsFor(tag: string): Words {
  return known.get(chooseLanguage([tag])) ?? known.get("en")!;
}

/** Fetches the words of a language tag; without a connection the English ones stay. */
export async function loadWords(tag: string): Promise<void> {
  const language = chooseLanguage([tag]);
  if (language === "en" || known.has(language)) return;
  const found = await LOCALES[language]().catch(() => undefined);
  if (found) known.set(language, wordsOf(language, { ...ENGLISH, ...found.templates }));
}

/** What an error says: the engine's own sentence, or that of its code in the element's language, which is loaded then. */
export async function errorText({ code, message }: EngineError, tag: string): Promise<string> {
  const language = chooseLanguage([tag]);
  if (language === "en") return message;
  const { loadSentences } = await import("../job/sentences/load.ts");
  const { title, body } = (await loadSentences(language)).error(code);
  return `${title}. ${body}`;
}

/** The language at an element: the nearest `lang`, through shadow roots, else the document's. */
export function languageAt(element: Element): string {
  let node: Element | null = element;
  while (node) {
    const found: Element | null = node.closest("[lang]");
    if (found) return found.getAttribute("lang") ?? "";
    const root: Node = node.getRootNode();
    node = root instanceof ShadowRoot ? root.host : null;
  }
  return element.ownerDocument.documentElement.lang;
}
