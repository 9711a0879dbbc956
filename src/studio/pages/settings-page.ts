import { html, nothing, type TemplateResult } from "lit";
import { formatNumber } from "../format.ts";
import { icon } from "../icons.ts";
import { languageSelect } from "../panel/language-select.ts";
import { section, segments } from "../panel/parts.ts";
import type { Studio } from "../state/studio.ts";
import { t } from "../strings.ts";
import { markCard, storageCard } from "./storage-card.ts";

function engineCard(studio: Studio): TemplateResult {
  const { backend } = studio.state;
  const chosen = studio.preferences.backend ?? "auto";
  return html`<div class="card">
    ${section(
      t.sEngine(),
      html`${segments(
          "engine",
          t.sEngine(),
          [
            { value: "auto", label: t.sAuto() },
            { value: "webgpu", label: t.sGpu() },
            { value: "wasm", label: t.sCpu() },
          ],
          chosen,
          (value) => studio.setPreferences({ backend: value === "auto" ? undefined : value }),
          "full wraps",
        )}
        <p class="muted after">
          ${
            backend
              ? `${t.sNow(backend.backend === "webgpu" ? `WebGPU (${backend.adapter})` : t.rCpu())}. ${t.threads(formatNumber(backend.threads))}.`
              : t.sNotYet()
          }
          ${t.sEngineNote()}
        </p>
        ${
          crossOriginIsolated
            ? nothing
            : html`<p class="note warn after">${icon("info")}<span>${t.noThreads()}</span></p>`
        }`,
    )}
  </div>`;
}

function modelsCard(studio: Studio): TemplateResult {
  const { lipModel } = studio.preferences;
  return html`<div class="card">
    ${section(
      t.models(),
      html`<p>${t.lips()}: <b>${lipModel?.name ?? t.ownLips()}</b></p>
        <p class="muted after">${t.modelsNote()}</p>
        <p class="after">
          <button class="btn" @click=${() => studio.toggleSheet("models")}>${t.modelsOpen()}</button>
        </p>`,
    )}
  </div>`;
}

function looksCard(studio: Studio): TemplateResult {
  const { theme, singleKeys } = studio.preferences;
  return html`<div class="card">
    ${section(
      t.sLook(),
      html`<div class="row wrap between">
        ${segments(
          "theme",
          t.sLook(),
          [
            { value: "light", label: t.light() },
            { value: "dark", label: t.dark() },
            { value: "system", label: t.system() },
          ],
          theme,
          (value) => studio.setPreferences({ theme: value }),
        )}
        <div class="field">${languageSelect(studio)}</div>
      </div>`,
    )}
    ${section(
      t.keysTitle(),
      html`<div class="row wrap between">
          <span>${t.singleKeys()} <span class="muted">${t.singleKeysNote()}</span></span>
          ${segments(
            "singlekeys",
            t.singleKeys(),
            [
              { value: "on", label: t.on() },
              { value: "off", label: t.off() },
            ],
            singleKeys ? "on" : "off",
            (value) => studio.setPreferences({ singleKeys: value === "on" }),
          )}
        </div>
        <p class="after">
          <button class="link" @click=${() => studio.toggleSheet("keys")}>${t.keysTitle()} (?)</button>
        </p>`,
    )}
  </div>`;
}

/** Engine, appearance, keys, and what this browser keeps. */
export function settingsPage(studio: Studio): TemplateResult {
  return html`<main class="page" id="stage" tabindex="-1">
    <div class="pagein narrowpage">
      <h1>${t.settings()}</h1>
      <p class="back"><button class="link" @click=${() => studio.show("stage")}>${t.back()}</button></p>
      <div class="stack">
        ${engineCard(studio)} ${modelsCard(studio)} ${markCard(studio)} ${looksCard(studio)}
        ${storageCard(studio)}
      </div>
    </div>
  </main>`;
}
