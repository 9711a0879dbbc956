import { html, nothing, type TemplateResult } from "lit";
import { formatBytes, formatNumber } from "../format.ts";
import { icon } from "../icons.ts";
import { m } from "../model-strings.ts";
import { said, warningNotes } from "../sentences.ts";
import type { Candidate, Inspection, Models } from "../state/lip-models.ts";

type SelfTest = NonNullable<Inspection["selfTest"]>;

interface Licence {
  readonly name: string;
  readonly text: string;
  readonly url?: string;
  readonly acceptanceRequired: boolean;
}

const CHECKS: Readonly<Record<string, () => string>> = {
  shapes: m.shapes,
  finite: m.finite,
  range: m.range,
  "moves with the sound": m.moves,
  "shows the reference": m.reference,
  batches: m.batches,
};

function trial({ checks, hints, msPerFrame }: SelfTest): TemplateResult {
  return html`<h3>${m.trial()}</h3>
    <ul class="findings">
      ${checks.map(
        ({ name, passed, detail }) =>
          html`<li>
            <span class=${passed ? "oktone" : "bad"}>${icon(passed ? "check" : "warn")}</span>
            <span
              ><b>${CHECKS[name]?.() ?? name}</b><span class="sr">: ${passed ? m.passed() : m.failed()}</span
              ><small>${said((sentences) => sentences.finding(detail))}</small></span
            >
          </li>`,
      )}
    </ul>
    ${hints.map((hint) => html`<p class="note warn after">${icon("info")}<span>${said((sentences) => sentences.finding(hint))}</span></p>`)}
    <p class="muted after">${m.speed(formatNumber(Math.max(1, Math.round(msPerFrame))))}</p>`;
}

function manifestChoice({ manifest }: Candidate, models: Models, chooseFile: () => void): TemplateResult {
  const own = typeof manifest === "object" && manifest ? manifest.name : null;
  return html`<div class="field after">
    <label for="model-manifest">${m.manifest()}</label>
    <div class="row">
      <select
        id="model-manifest"
        @change=${(event: Event) => {
          const { value } = event.target as HTMLSelectElement;
          void models.retry(value === "" ? null : value);
        }}
      >
        ${own ? html`<option value=":own" selected disabled>${own}</option>` : nothing}
        <option value="" ?selected=${manifest === null}>${m.proposed()}</option>
        ${models.readyIds.map((id) => html`<option value=${id} ?selected=${manifest === id}>${id}</option>`)}
      </select>
      <button
        class="btn icon"
        aria-label=${m.chooseManifest()}
        title=${`${m.chooseManifest()} (.json)`}
        @click=${chooseFile}
      >
        ${icon("json")}
      </button>
    </div>
  </div>`;
}

function licenceBox({ accepted }: Candidate, licence: Licence, models: Models): TemplateResult {
  return html`<h3>${m.licence(licence.name)}</h3>
    <p lang="en">${licence.text}</p>
    ${licence.url ? html`<p class="muted details flush" lang="en">${licence.url}</p>` : nothing}
    ${
      licence.acceptanceRequired
        ? html`<label class="row after">
            <input
              type="checkbox"
              name="accept-licence"
              .checked=${accepted}
              @change=${(event: Event) => models.accept((event.target as HTMLInputElement).checked)}
            />
            <span>${m.accept()}</span>
          </label>`
        : nothing
    }`;
}

/** A model that was brought: what was understood, its trial, its licence, or why it cannot be used. */
export function candidateView(
  candidate: Candidate,
  models: Models,
  chooseManifest: () => void,
): TemplateResult {
  const { file, state, found, problem, accepted } = candidate;
  const head = html`<p class="details flush">
    <b>${file.name}</b> <span class="muted">${formatBytes(file.size)}</span>
  </p>`;
  if (state === "trying") {
    return html`<div aria-busy="true">
      ${head}
      <p>${m.trying(file.name)}</p>
      <p class="muted">${m.tryingNote()}</p>
    </div>`;
  }
  const { licence } = (found?.manifest ?? {}) as { licence?: Licence };
  const usable = found?.selfTest?.passed ?? false;
  const ready = usable && state === "tried" && (accepted || !licence?.acceptanceRequired);
  return html`<div class="candidate">
    ${head}
    ${
      (problem ?? (found && !usable))
        ? html`<div class="note warn after" role="alert" data-unusable>
            ${icon("warn")}
            <div>
              <b>${m.unusable(file.name)}</b>
              ${found?.problems.map((found) => html`<p>${said((sentences) => sentences.finding(found))}</p>`)}
              ${found?.selfTest && !usable ? html`<p>${m.trialFailed()}</p>` : nothing}
              ${
                problem
                  ? html`<p>
                        ${said(({ error }) => `${error(problem.code).title}. ${error(problem.code).body}`)}
                      </p>
                      <p lang="en">${problem.message} <span class="mono">${problem.code}</span></p>`
                  : nothing
              }
            </div>
          </div>`
        : nothing
    }
    ${manifestChoice(candidate, models, chooseManifest)}
    ${
      found
        ? html`<h3>${m.understood()}</h3>
            <ul class="understood">
              ${found.understood.map((each) => html`<li>${said((sentences) => sentences.finding(each))}</li>`)}
            </ul>
            ${found.selfTest ? trial(found.selfTest) : nothing} ${warningNotes(found.warnings)}`
        : nothing
    }
    ${usable && licence ? licenceBox(candidate, licence, models) : nothing}
    <div class="row wrap after">
      ${
        usable
          ? html`<button
              class="btn primary"
              data-keep-model
              aria-disabled=${!ready}
              title=${ready ? nothing : m.acceptFirst()}
              @click=${() => {
                if (ready) void models.keep();
              }}
            >
              ${state === "keeping" ? m.keeping() : m.keep()}
            </button>`
          : nothing
      }
      <button class="btn ghost" @click=${() => models.discard()}>${m.discard()}</button>
    </div>
  </div>`;
}
