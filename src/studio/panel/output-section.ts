import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { parsePrompt, PROMPT_VOCABULARY } from "../../engine/prompt.ts";
import { icon } from "../icons.ts";
import { getLocale } from "../localization.ts";
import { seedIsValid, subject } from "../state/readiness.ts";
import type { Studio } from "../state/studio.ts";
import { t } from "../strings.ts";
import { section, segments } from "./parts.ts";

/** A word of each term of the vocabulary, in the page's language where the prompt has it. */
const chipWords = (): readonly string[] =>
  PROMPT_VOCABULARY.map(({ en, tr }) => (getLocale() === "tr" ? tr : en)[0]!);

function toggleWord(prompt: string, word: string): string {
  const words = prompt
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
  return (words.includes(word) ? words.filter((other) => other !== word) : [...words, word]).join(", ");
}

function styleField(studio: Studio): TemplateResult {
  const { prompt } = studio.state.options;
  const { unknown } = parsePrompt(prompt);
  const chosen = new Set(prompt.split(",").map((part) => part.trim()));
  const set = (value: string) => studio.setOptions({ prompt: value });
  return html`<div class="field">
      <label for="style">${t.style()}</label>
      <input
        id="style"
        autocomplete="off"
        placeholder=${t.styleHint()}
        .value=${live(prompt)}
        aria-describedby="style-unknown"
        @input=${(event: Event) => set((event.target as HTMLInputElement).value)}
      />
      <p id="style-unknown" class="hint ${unknown.length > 0 ? "bad" : ""}">
        ${unknown.length > 0 ? t.styleUnknown(unknown.join(", ")) : nothing}
      </p>
    </div>
    <div class="chips" role="group" aria-label=${t.styleWords()}>
      ${chipWords().map(
        (word) =>
          html`<button
            class="chip"
            aria-pressed=${chosen.has(word)}
            @click=${() => set(toggleWord(prompt, word))}
          >
            ${word}
          </button>`,
      )}
    </div>`;
}

function seedField(studio: Studio): TemplateResult {
  const { seed } = studio.state.options;
  const bad = !seedIsValid(seed);
  return html`<div class="field">
    <label for="seed">${t.rSeed()}</label>
    <input
      id="seed"
      inputmode="numeric"
      autocomplete="off"
      placeholder=${t.seedAuto()}
      .value=${live(seed)}
      aria-invalid=${bad}
      aria-describedby="seed-hint"
      @input=${(event: Event) => studio.setOptions({ seed: (event.target as HTMLInputElement).value })}
    />
    <p id="seed-hint" class="hint ${bad ? "bad" : ""}">${bad ? t.seedBad() : nothing}</p>
  </div>`;
}

function maskField(studio: Studio): TemplateResult {
  const { options } = studio.state;
  const picture = subject(studio.state);
  const ready = (picture?.faces?.length ?? 0) > 0;
  return html`<div class="row between wrap">
    <span>${t.mask()} <span class="muted">${options.mask ? t.maskSet() : t.maskNone()}</span></span>
    <span class="row">
      ${
        ready
          ? html`<button class="btn sm" @click=${() => studio.store.update({ tool: "mask" })}>
              ${icon("brush")}${options.mask ? t.mEdit() : t.paint()}
            </button>`
          : nothing
      }
      ${
        options.mask
          ? html`<button class="btn sm ghost" @click=${() => studio.setOptions({ mask: null })}>
              ${t.remove()}
            </button>`
          : nothing
      }
    </span>
  </div>`;
}

/** What comes out: resolution; mask, style and seed behind a fold. */
export function outputSection(studio: Studio): TemplateResult {
  const { options } = studio.state;
  const { mask, prompt, seed } = options;
  return section(
    t.output(),
    html`<div class="row between resolution">
        <span>${t.resolution()}</span>${segments(
          "resolution",
          t.resolution(),
          [
            { value: "480p", label: "480p" },
            { value: "720p", label: "720p" },
          ],
          options.resolution,
          (resolution) => studio.setOptions({ resolution }),
        )}
      </div>
      ${
        studio.preferences.lipModel
          ? html`<div class="row between wrap">
              <span>${t.lips()} <span class="muted">${studio.preferences.lipModel.name}</span></span>
              <button
                class="btn sm"
                aria-label="${t.lips()}: ${t.change()}"
                @click=${() => studio.toggleSheet("models")}
              >
                ${t.change()}
              </button>
            </div>`
          : nothing
      }
      <details class="more" ?open=${Boolean(mask ?? (prompt || seed))}>
        <summary>${icon("chevron")}${t.moreOptions()}</summary>
        <div class="options">${maskField(studio)} ${styleField(studio)} ${seedField(studio)}</div>
      </details>`,
  );
}
