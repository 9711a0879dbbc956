import { html, type TemplateResult } from "lit";
import { LANGUAGE_NAMES, LANGUAGES, type Language } from "../../job/sentences/languages.ts";
import type { Studio } from "../state/studio.ts";
import { t } from "../strings.ts";

/** The choice of the page's language, each named in itself. */
export function languageSelect(studio: Studio): TemplateResult {
  return html`<select
    aria-label=${t.sLang()}
    @change=${(event: Event) =>
      studio.setPreferences({ language: (event.target as HTMLSelectElement).value as Language })}
  >
    ${LANGUAGES.map(
      (language) =>
        html`<option value=${language} lang=${language} .selected=${language === studio.preferences.language}>
          ${LANGUAGE_NAMES[language]}
        </option>`,
    )}
  </select>`;
}
