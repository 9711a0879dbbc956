import { html, type TemplateResult } from "lit";
import { fillIn, patternOf } from "../job/warnings.ts";
import { FINDINGS_IN_TURKISH } from "./locales/tr-findings.ts";
import { getLocale } from "./localization.ts";

let patterns: readonly (readonly [RegExp, string])[] | undefined;

/**
 * A finding about a model in Turkish.
 * @returns undefined for a sentence that is not in the table.
 */
export function findingInTurkish(sentence: string): string | undefined {
  patterns ??= Object.entries(FINDINGS_IN_TURKISH).map(([english, turkish]) => [patternOf(english), turkish]);
  for (const [pattern, turkish] of patterns) {
    const match = pattern.exec(sentence);
    if (match) {
      const values = Object.entries(match.groups ?? {}).map(([name, value]) => [name, ports(value)]);
      return fillIn(turkish, Object.fromEntries(values) as Record<string, string>);
    }
  }
  return undefined;
}

/** The parts that a model can lack. */
function ports(text: string): string {
  return text
    .replaceAll("a sound input", "ses girişi")
    .replaceAll("a face input", "yüz girişi")
    .replaceAll("a face output", "yüz çıkışı")
    .replaceAll("] and ", "] ve ")
    .replace(/^none$/, "yok");
}

/** A finding in the page's language, marked as English where it has no other. */
export function finding(sentence: string): TemplateResult {
  const turkish = getLocale() === "tr" ? findingInTurkish(sentence) : undefined;
  return turkish === undefined ? html`<span lang="en">${sentence}</span>` : html`<span>${turkish}</span>`;
}
