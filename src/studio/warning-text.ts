import { msg } from "@lit/localize";
import { html, type TemplateResult } from "lit";
import { fillIn, readWarning, WARNINGS } from "../job/warnings.ts";
import { icon } from "./icons.ts";

/**
 * A job's warning in the page's language.
 * @returns undefined for a sentence that is none of the engine's, for instance an older version's.
 */
export function warningText(sentence: string): string | undefined {
  const read = readWarning(sentence);
  return read && fillIn(msg(WARNINGS[read.code], { id: `warning:${read.code}` }), read.values);
}

/** The notes that the engine left beside a result, a voice or a picture. */
export function warningNotes(sentences: readonly string[]): readonly TemplateResult[] {
  return sentences.map((sentence) => {
    const text = warningText(sentence);
    const body = text === undefined ? html`<span lang="en">${sentence}</span>` : html`<span>${text}</span>`;
    return html`<p class="note warn">${icon("info")}${body}</p>`;
  });
}
