import { html, LitElement, nothing, type TemplateResult } from "lit";
import { bytes as rigBytes } from "../../../models/rig/manifest.json";
import { output as mouth } from "../../../models/speech/manifest.json";
import ownLips from "../../../models/lip-models/dudak-lips.json";
import type { StoredModel } from "../../lip-models/model-store.ts";
import { formatBytes } from "../format.ts";
import { icon } from "../icons.ts";
import { m } from "../model-strings.ts";
import { section } from "../panel/parts.ts";
import { inlineProblem } from "../panel/problem-box.ts";
import type { Problem } from "../state/studio-state.ts";
import { asProblem } from "../state/problem.ts";
import type { Models } from "../state/lip-models.ts";
import type { Studio } from "../state/studio.ts";
import { t } from "../strings.ts";
import { candidateView } from "./model-candidate.ts";
import { sheet } from "./sheet.ts";

/** Lets the user choose one file of the given endings. */
function chooseFile(accept: string, multiple: boolean, take: (files: readonly File[]) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = accept;
  input.multiple = multiple;
  input.addEventListener("change", () => take([...(input.files ?? [])]));
  input.click();
}

/** The model manager: the lips of the next jobs, a model to add, kept models. */
export class StudioModelsSheet extends LitElement {
  static override properties = {
    studio: { attribute: false },
    models: { state: true },
    problem: { state: true },
  };
  declare studio: Studio;
  declare models: Models | null;
  /** Why the manager did not open. */
  declare problem: Problem | null;
  #stop: readonly (() => void)[] = [];

  constructor() {
    super();
    this.models = null;
    this.problem = null;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const stop of this.#stop) stop();
  }

  protected override firstUpdated(): void {
    this.querySelector<HTMLElement>(".pscroll")?.focus();
    void this.#open();
  }

  async #open(): Promise<void> {
    try {
      const models = await this.studio.models();
      const show = () => this.requestUpdate();
      this.#stop = [models.store.subscribe(show), this.studio.onPreferences(show)];
      this.models = models;
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  #choice(name: string, about: unknown, model: StoredModel | null, actions: unknown): TemplateResult {
    const chosen = (this.studio.preferences.lipModel?.id ?? null) === (model?.id ?? null);
    return html`<div class="job modelrow">
      <label class="grow row">
        <input
          type="radio"
          name="lips"
          value=${model?.id ?? ""}
          .checked=${chosen}
          @change=${() => this.models?.choose(model)}
        />
        <span class="grow"><b>${name}</b>${about}</span>
      </label>
      <span class="row tight">${actions}</span>
    </div>`;
  }

  #installed(models: Models, model: StoredModel): TemplateResult {
    const { id, manifest, bytes, pinned } = model;
    const { licence, name, file } = manifest;
    const use =
      licence.commercialUse === "no"
        ? ` (${m.nonCommercial()})`
        : licence.commercialUse === "unknown"
          ? ` (${m.commercialUnknown()})`
          : "";
    // Two models of a family have one name; their files tell them apart.
    const spoken = file ? `${name}, ${file.name}` : name;
    const pinLabel = `${pinned ? m.unpin() : m.pin()}: ${spoken}`;
    const deleteLabel = pinned ? `${t.del()}: ${spoken}. ${m.unpinFirst()}` : `${t.del()}: ${spoken}`;
    return this.#choice(
      name,
      html`<small>${file?.name ?? id} · ${formatBytes(bytes)}${pinned ? ` · ${m.pinned()}` : ""}</small
        ><small title=${licence.text}>${m.licence(licence.name)}${use}</small>`,
      model,
      html`<button
          class="btn ghost icon"
          aria-pressed=${pinned}
          aria-label=${`${m.pin()}: ${spoken}`}
          title=${pinLabel}
          @click=${() => void models.pin(id, !pinned)}
        >
          ${icon("pin")}
        </button>
        <button
          class="btn ghost icon"
          aria-disabled=${pinned}
          aria-label=${deleteLabel}
          title=${deleteLabel}
          @click=${() => {
            if (!pinned) models.remove(model);
          }}
        >
          ${icon("trash")}
        </button>`,
    );
  }

  #add(models: Models): TemplateResult {
    const { candidate } = models.store.state;
    return section(
      m.add(),
      candidate
        ? candidateView(candidate, models, () =>
            chooseFile(".json,application/json", false, ([file]) => {
              if (file) void models.retry(file);
            }),
          )
        : html`<p class="muted">${m.addNote()}</p>
            <p class="after">
              <button
                class="btn"
                data-add-model
                @click=${() => chooseFile(".onnx,.json", true, (files) => void models.take(files))}
              >
                ${icon("folder")}${m.choose()}
              </button>
            </p>`,
    );
  }

  protected override render(): TemplateResult {
    const { models, problem } = this;
    const ownBytes = formatBytes(mouth.bytes + rigBytes);
    const failure = problem ?? models?.store.state.problem;
    return sheet(
      this.studio,
      t.models(),
      html`${models?.store.state.candidate ? this.#add(models) : nothing}
      ${failure ? html`<section class="sec">${inlineProblem(failure)}</section>` : nothing}
      ${section(
        m.use(),
        html`<div role="radiogroup" aria-label=${m.use()}>
            ${this.#choice(
              t.ownLips(),
              html`<small>${m.builtIn()} · ${ownBytes}</small
                ><small title=${ownLips.licence.text}>${m.licence(ownLips.licence.name)}</small>`,
              null,
              nothing,
            )}
            ${models?.store.state.installed.map((model) => this.#installed(models, model))}
          </div>
          <p class="muted after">${m.useNote()}</p>`,
      )}
      ${models && !models.store.state.candidate ? this.#add(models) : nothing}`,
    );
  }
}

customElements.define("studio-models-sheet", StudioModelsSheet);
