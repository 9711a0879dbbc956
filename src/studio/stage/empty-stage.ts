import { html, nothing, type TemplateResult } from "lit";
import { formatBytes } from "../format.ts";
import { icon, restingLips } from "../icons.ts";
import { SAMPLES, type Sample } from "../samples.ts";
import type { Mode } from "../state/studio-state.ts";
import { t } from "../strings.ts";

/** Networks, their runtime and the engine's code, compressed, as a first visitor without WebGPU fetches them. */
const FIRST_DOWNLOAD_BYTES = 10_000_000;

/** What the empty stage can do. */
export interface EmptyStageActions {
  choose(): void;
  camera(): void;
  paste(): void;
  sample(sample: Sample): void;
}

/** What the empty stage shows. */
export interface EmptyStageView {
  readonly dragging: boolean;
  readonly mode: Mode;
  /** The models are not here yet. */
  readonly firstTime: boolean;
}

/** The stage before anything was chosen: what fits, the ways in, samples. */
export function emptyStage(
  { dragging, mode, firstTime }: EmptyStageView,
  actions: EmptyStageActions,
): TemplateResult {
  return html`<div class="stage tall" id="stage" tabindex="-1">
    <div class="drop ${dragging ? "over" : ""}">
      <div class="lipsart" aria-hidden="true">${restingLips}</div>
      <h1>${dragging ? t.dropHere() : mode === "video" ? t.dropVideo() : t.dropTitle()}</h1>
      <p class="muted">${t.dropSub()}</p>
      <div class="row wrap centre">
        <button class="btn primary" @click=${actions.choose}>${icon("folder")}${t.choose()}</button>
        <button class="btn" @click=${actions.camera}>${icon("camera")}${t.camera()}</button>
        <button class="btn nopaste" @click=${actions.paste}>${icon("clip")}${t.paste()}</button>
      </div>
      <div class="hr"></div>
      <p class="muted">${t.orTry()}</p>
      <div class="samples">
        ${SAMPLES.map(
          (sample) =>
            html`<button class="sample" @click=${() => actions.sample(sample)}>
              <span class="th"><img src=${sample.thumbnail} alt="" loading="lazy" /></span>${sample.label()}
              <small>${sample.credit}</small>
            </button>`,
        )}
      </div>
      <p class="row muted stays">${icon("shield")}${t.stays()}</p>
      ${firstTime ? html`<p class="muted stays">${t.modelsSize(formatBytes(FIRST_DOWNLOAD_BYTES))}</p>` : nothing}
    </div>
  </div>`;
}
