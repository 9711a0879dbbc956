import { html, nothing, type TemplateResult } from "lit";
import { isFinished } from "../queue/job-row.ts";
import { formatBytes } from "./format.ts";
import { icon, mark } from "./icons.ts";
import { getLocale } from "./localization.ts";
import { languageSelect } from "./panel/language-select.ts";
import { segments } from "./panel/parts.ts";
import type { Mode } from "./state/studio-state.ts";
import type { Studio } from "./state/studio.ts";
import { t } from "./strings.ts";

/** The modes that the engine can do. */
export const MODES: readonly Mode[] = ["photo", "dialogue", "video"];

function modeSwitch(studio: Studio, name: string, style = ""): TemplateResult {
  const labels = { photo: t.photo(), dialogue: t.dialogue(), video: t.video() };
  const icons = { photo: "image", dialogue: "two", video: "film" } as const;
  return segments(
    name,
    t.modeLabel(),
    MODES.map((mode) => ({ value: mode, label: labels[mode], icon: icons[mode] })),
    studio.state.mode,
    (mode) => studio.setMode(mode),
    style,
  );
}

function switchTheme(studio: Studio): void {
  const dark = document.documentElement.dataset["theme"] === "dark";
  studio.setPreferences({ theme: dark ? "light" : "dark" });
}

/** The bar: mode, what was sent, pages, language, theme. */
export function bar(studio: Studio, sentBytes: number): TemplateResult {
  const { view, sheet } = studio.state;
  const waiting = studio.state.rows.filter((row) => !isFinished(row)).length;
  const page = (target: "settings" | "api") => () => studio.show(view === target ? "stage" : target);
  const sent = formatBytes(sentBytes);
  return html`<a class="skip" href="#stage" @click=${focusStage}>${t.skip()}</a>
    <header class="bar">
      <button class="brand" aria-label="Dudak" @click=${() => studio.show("stage")}>${mark}Dudak</button>
      <div class="modes">${modeSwitch(studio, "mode")}</div>
      <nav aria-label="Dudak">
        <button
          class="btn ghost sentchip"
          aria-expanded=${sheet === "privacy"}
          aria-label=${t.bytesLabel(sent)}
          @click=${() => studio.toggleSheet("privacy")}
        >
          ${icon("shield")}<span class="wide">${t.sent(sent)}</span
          ><span class="narrow2" aria-hidden="true">${sentBytes === 0 ? "0" : sent}</span>
        </button>
        <button
          class="btn ghost mid"
          aria-expanded=${sheet === "live"}
          aria-label=${t.liveTitle()}
          @click=${() => studio.toggleSheet("live")}
        >
          ${icon("mic")}<span class="wide">${t.liveMode()}</span>
        </button>
        <button
          class="btn ghost"
          aria-expanded=${sheet === "queue"}
          aria-label=${t.queueLabel(waiting)}
          @click=${() => studio.toggleSheet("queue")}
        >
          ${icon("stack")}<span class="wide">${t.queue()}</span
          >${waiting > 0 ? html`<span class="count">${waiting}</span>` : nothing}
        </button>
        <button
          class="btn ghost mid"
          aria-current=${view === "api" ? "page" : nothing}
          aria-label=${t.api()}
          @click=${page("api")}
        >
          ${icon("code")}<span class="wide">${t.api()}</span>
        </button>
        <button
          class="btn ghost mid"
          aria-current=${view === "settings" ? "page" : nothing}
          aria-label=${t.settings()}
          title=${t.settings()}
          @click=${page("settings")}
        >
          ${icon("tune")}
        </button>
        <label class="btn ghost mid langs" title=${t.sLang()}
          ><span aria-hidden="true">${getLocale().slice(0, 2).toUpperCase()}</span
          >${languageSelect(studio)}</label
        >
        <button
          class="btn ghost icon mid"
          aria-label=${t.theme()}
          title=${t.theme()}
          @click=${() => switchTheme(studio)}
        >
          ${icon("half")}
        </button>
        <details class="mm narrow">
          <summary class="btn ghost icon" aria-label=${t.more()}>${icon("dots")}</summary>
          <div class="menu" @click=${closeDetails}>
            <button @click=${() => studio.toggleSheet("live")}>${icon("mic")}${t.liveMode()}</button>
            <button @click=${page("api")}>${icon("code")}${t.api()}</button>
            <button @click=${page("settings")}>${icon("tune")}${t.settings()}</button>
            <label class="langrow">${icon("chevron")}${languageSelect(studio)}</label>
            <button @click=${() => switchTheme(studio)}>${icon("half")}${t.theme()}</button>
          </div>
        </details>
      </nav>
      <div class="modes2">${modeSwitch(studio, "mode2", "full")}</div>
    </header>`;
}

function closeDetails(event: Event): void {
  // The list of languages stays open until one is chosen.
  if ((event.target as HTMLElement).closest("label")) return;
  (event.currentTarget as HTMLElement).closest("details")?.removeAttribute("open");
}

function focusStage(event: Event): void {
  event.preventDefault();
  document.getElementById("stage")?.focus();
}
