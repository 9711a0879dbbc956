import { html, nothing, type TemplateResult } from "lit";
import { until } from "lit/directives/until.js";
import type { Language } from "../job/sentences/languages.ts";
import { loadSentences, type Sentences } from "../job/sentences/load.ts";
import type { Warning } from "../job/warnings.ts";
import { icon } from "./icons.ts";
import { getLocale } from "./localization.ts";

let loading: { readonly language: Language; readonly sentences: Promise<Sentences> } | undefined;
let loaded: Sentences | undefined;

/** Without a connection, before any were fetched: facts stand for themselves. */
const bare = (language: Language): Sentences => ({
  language,
  error: (code) => ({ title: code, body: "" }),
  warning: ({ code }) => code,
  finding: ({ code }) => code,
});

/** The sentences of errors, warnings and findings in the page's language, fetched when one is first needed. */
export function inWords(): Promise<Sentences> {
  const language = getLocale();
  if (loading?.language === language) return loading.sentences;
  const sentences = loadSentences(language).then(
    (found) => (loaded = found),
    () => {
      // The next one who asks tries again.
      loading = undefined;
      return bare(language);
    },
  );
  loading = { language, sentences };
  return sentences;
}

/** What is made of the sentences: at once where they are loaded, else as soon as they are. */
export function said<Content>(make: (sentences: Sentences) => Content): unknown {
  const found = loaded?.language === getLocale() ? loaded : undefined;
  return found ? make(found) : until(inWords().then(make), nothing);
}

/** The notes that the engine left beside a result, a voice or a picture. */
export function warningNotes(warnings: readonly Warning[]): readonly TemplateResult[] {
  return warnings.map((warning) => {
    // A sentence of an older release is English in every language.
    const english = warning.code === "stored/sentence" ? "en" : nothing;
    const text = said((sentences) => sentences.warning(warning));
    return html`<p class="note warn">${icon("info")}<span lang=${english}>${text}</span></p>`;
  });
}
