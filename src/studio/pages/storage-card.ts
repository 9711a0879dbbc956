import { html, nothing, type TemplateResult } from "lit";
import { isFinished } from "../../queue/job-row.ts";
import { formatBytes, formatDays } from "../format.ts";
import { icon } from "../icons.ts";
import { section, segments } from "../panel/parts.ts";
import type { Preferences } from "../state/studio-state.ts";
import type { Studio } from "../state/studio.ts";
import { t } from "../strings.ts";

const DAYS = [1, 7, 30] as const;
const GIGABYTES = [1, 5] as const;
const FOREVER = "all";

function retention(studio: Studio): TemplateResult {
  const { keepDays, keepBytes } = studio.preferences;
  const change = (patch: Partial<Preferences>) => studio.setRetention(patch);
  return html`<div class="row wrap between">
      <span>${t.keepFor()}</span>
      ${segments(
        "keepdays",
        t.keepFor(),
        [
          ...DAYS.map((days) => ({ value: String(days), label: formatDays(days) })),
          { value: FOREVER, label: t.keepAll() },
        ],
        keepDays === null ? FOREVER : String(keepDays),
        (value) => change({ keepDays: value === FOREVER ? null : Number(value) }),
      )}
    </div>
    <div class="row wrap between after">
      <span>${t.keepAtMost()}</span>
      ${segments(
        "keepbytes",
        t.keepAtMost(),
        [
          ...GIGABYTES.map((size) => ({ value: String(size * 1e9), label: formatBytes(size * 1e9) })),
          { value: FOREVER, label: t.noLimit() },
        ],
        keepBytes === null ? FOREVER : String(keepBytes),
        (value) => change({ keepBytes: value === FOREVER ? null : Number(value) }),
      )}
    </div>
    <p class="muted after">${t.keepNote()}</p>`;
}

/** Asks once more: nothing of it comes back. */
function sure(studio: Studio): TemplateResult {
  return html`<div class="errbox inline after" role="alert">
    ${icon("warn")}
    <p>${t.sForgetSure()}</p>
    <div class="row wrap">
      <button class="btn primary" data-forget @click=${() => void studio.forget()}>${t.sForget()}</button>
      <button class="btn" @click=${() => studio.store.update({ forgetting: false })}>${t.cancel()}</button>
    </div>
  </div>`;
}

function used(studio: Studio): TemplateResult | typeof nothing {
  const { storage, rows } = studio.state;
  const finished = rows.filter(isFinished).length;
  return html`${
      storage && storage.quota > 0
        ? html`<p>${t.storage(formatBytes(storage.usage), formatBytes(storage.quota))}</p>
            <div class="meter" aria-hidden="true">
              <i style="width:${((storage.usage / storage.quota) * 100).toFixed(1)}%"></i>
            </div>
            <p class="muted after">${t.storageJobs(formatBytes(storage.jobs))}</p>`
        : nothing
    }
    <p class="row wrap after">
      ${
        finished > 0
          ? html`<button class="btn" @click=${() => studio.clearHistory()}>${t.clearHistory()}</button>`
          : html`<span class="muted">${t.historyEmpty()}</span>`
      }
      <button
        class="btn"
        aria-expanded=${studio.state.forgetting}
        @click=${() => studio.store.update({ forgetting: !studio.state.forgetting })}
      >
        ${t.sForget()}
      </button>
    </p>
    ${studio.state.forgetting ? sure(studio) : nothing}`;
}

/** What this browser keeps, for how long, and ways to clear it. */
export function storageCard(studio: Studio): TemplateResult {
  return html`<div class="card">
    ${
      studio.state.offline
        ? section(t.sOffline(), html`<p class="note ok">${icon("check")}<span>${t.sOfflineV()}</span></p>`)
        : nothing
    }
    ${section(t.keepTitle(), retention(studio))}
    ${section(
      t.sData(),
      html`${used(studio)}
        <p class="muted after">${t.sDataNote()}</p>`,
    )}
  </div>`;
}

/** Whether results say what they are. */
export function markCard(studio: Studio): TemplateResult {
  const { aiMark } = studio.preferences;
  return html`<div class="card">
    ${section(
      t.markTitle(),
      html`<div class="row wrap between">
          <span>${t.markLabel()}</span>
          ${segments(
            "aimark",
            t.markLabel(),
            [
              { value: "on", label: t.on() },
              { value: "off", label: t.off() },
            ],
            aiMark ? "on" : "off",
            (value) => studio.setPreferences({ aiMark: value === "on" }),
          )}
        </div>
        <p class="muted after">${t.markNote()}</p>`,
    )}
  </div>`;
}
