import { updateWhenLocaleChanges } from "@lit/localize";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { BATCH_COLUMNS, batchTemplate, type BatchFault } from "../../job/batch-table.ts";
import { b, COLUMN_NOTES } from "../batch-strings.ts";
import { formatNumber, formatPercent } from "../format.ts";
import { icon } from "../icons.ts";
import { iconButton, progressBar, section } from "../panel/parts.ts";
import { inlineProblem } from "../panel/problem-box.ts";
import { saveFile } from "../panel/save-file.ts";
import { said } from "../sentences.ts";
import type { Batch, BatchItem, BatchState } from "../state/batch.ts";
import type { Problem } from "../state/studio-state.ts";
import { asProblem } from "../state/problem.ts";
import type { Studio } from "../state/studio.ts";
import { t } from "../strings.ts";

function faultText({ kind, column, value }: BatchFault): string {
  switch (kind) {
    case "unknown":
      return b.unknown(column);
    case "missing":
      return b.missing(column);
    case "value":
      return b.value(column, value);
    case "file":
      return b.file(value);
    case "unclosed":
      return b.unclosed(column);
    case "empty":
      return b.empty();
  }
}

const ended = ({ state }: BatchItem) => state === "completed" || state === "failed" || state === "gone";

/** Several jobs at once: files or a list in, their progress, one zip out. */
export class StudioBatchSheet extends LitElement {
  static override properties = {
    studio: { attribute: false },
    choose: { attribute: false },
    batch: { state: true },
    problem: { state: true },
  };
  declare studio: Studio;
  /** Lets the user choose files. */
  declare choose: () => void;
  declare batch: Batch | null;
  /** Why the last deed failed. */
  declare problem: Problem | null;
  #stop: (() => void) | null = null;

  constructor() {
    super();
    updateWhenLocaleChanges(this);
    this.batch = null;
    this.problem = null;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
  }

  protected override firstUpdated(): void {
    void this.#do(async () => {
      const batch = await this.studio.batch();
      this.#stop = batch.store.subscribe(() => this.requestUpdate());
      this.batch = batch;
    });
  }

  async #do(work: () => Promise<void>): Promise<void> {
    this.problem = null;
    try {
      await work();
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  async #zip(batch: Batch): Promise<void> {
    const zips = await batch.zip();
    const stem = batch.store.state.table?.replace(/\.[^.]+$/, "") ?? "dudak";
    zips.forEach((zip, i) => saveFile(zip, `${stem}${zips.length > 1 ? `-${String(i + 1)}` : ""}.zip`));
  }

  #itemNote(item: BatchItem): TemplateResult {
    if (item.faults.length > 0) {
      const text = item.faults.map(faultText).join("; ");
      return html`<small class="bad">${icon("warn")}<span>${text}</span></small>`;
    }
    if (item.errorCode !== null) {
      const { errorCode } = item;
      return html`<small class="bad"
        >${icon("warn")}<span>${said(({ error }) => error(errorCode).title)}</span></small
      >`;
    }
    switch (item.state) {
      case "running":
        return html`<small>${formatPercent(item.progress)}</small>${progressBar(item.progress, item.name)}`;
      case "completed":
        return html`<small class="oktone">${icon("check")}${t.qDone()}</small>`;
      case "gone":
        return html`<small>${b.gone()}</small>`;
      case "waiting":
        return html`<small>${t.qPlace()}</small>`;
      default:
        return html`<small>${b.ready()}</small>`;
    }
  }

  #list({ items }: BatchState): TemplateResult | typeof nothing {
    if (items.length === 0) return nothing;
    return section(
      b.videos(),
      html`<ul>
        ${items.map(
          (item) =>
            html`<li class="job plain">
              <div class="grow"><b class="clip">${item.name}</b>${this.#itemNote(item)}</div>
              ${item.line === null ? nothing : html`<span class="muted">${b.row(String(item.line))}</span>`}
            </li>`,
        )}
      </ul>`,
      formatNumber(items.length),
    );
  }

  #about(): TemplateResult {
    const template = () => saveFile(new Blob([batchTemplate()], { type: "text/csv" }), "dudak-list.csv");
    return html`<section class="sec">
        <p class="muted">${b.intro()}</p>
        <p class="row wrap after">
          <button class="btn" @click=${this.choose}>${icon("folder")}${b.choose()}</button>
          <button class="btn ghost" @click=${template}>${icon("download")}${b.template()}</button>
        </p>
      </section>
      <section class="sec">
        <details>
          <summary>${b.columns()}</summary>
          <p class="muted after">${b.columnsNote()}</p>
          <dl class="kv columns">
            ${BATCH_COLUMNS.map(
              (column) =>
                html`<dt><code>${column}</code></dt>
                  <dd>${COLUMN_NOTES[column]()}</dd>`,
            )}
          </dl>
        </details>
      </section>`;
  }

  /** The one next action, and what stands in its way. */
  #footer(batch: Batch): TemplateResult {
    const { items, started, sending, zipping } = batch.store.state;
    const sendable = items.filter(({ spec, jobId }) => spec !== null && jobId === null);
    const wrong = items.filter(({ faults }) => faults.length > 0).length;
    const done = items.filter(({ state }) => state === "completed").length;
    const failed = items.filter(({ state }) => state === "failed" || state === "gone").length;
    const sent = items.filter(({ jobId }) => jobId !== null);
    const open = sending || sent.some((item) => !ended(item));
    const start = (label: string) =>
      html`<button
        class="btn primary lg"
        data-start
        aria-disabled=${sendable.length === 0}
        @click=${() => (sendable.length > 0 ? void this.#do(() => batch.start()) : undefined)}
      >
        ${label}
      </button>`;
    if (!started) {
      const why = items.length === 0 ? b.nothing() : wrong > 0 ? b.wrong(formatNumber(wrong)) : t.goReady();
      return html`<p id="whybatch">${why}</p>
        ${start(b.start(formatNumber(sendable.length)))}`;
    }
    const all = items.length - wrong;
    const fraction =
      all > 0 ? sent.reduce((sum, item) => sum + (ended(item) ? 1 : item.progress), 0) / all : 1;
    return html`<p class="row between">
        <span>${b.doneOf(formatNumber(done), formatNumber(all))}</span>
        ${failed > 0 ? html`<span>${b.failedOf(formatNumber(failed))}</span>` : nothing}
      </p>
      ${progressBar(zipping ?? fraction, zipping === null ? b.doneOf(String(done), String(all)) : b.zipping())}
      ${open ? html`<p class="muted">${t.closeOk()}</p>` : nothing}
      <div class="row wrap">
        ${
          open
            ? html`<button class="btn" data-cancel @click=${() => void this.#do(() => batch.cancel())}>
                ${icon("close")}${b.cancelAll()}
              </button>`
            : html`<button class="btn ghost" @click=${() => void this.#do(() => batch.clear())}>
                ${b.fresh()}
              </button>`
        }
        ${!open && sendable.length > 0 ? start(b.retry(formatNumber(sendable.length))) : nothing}
        ${
          done > 0
            ? html`<button
                class="btn ${open ? "" : "primary"}"
                data-zip
                aria-disabled=${zipping !== null}
                @click=${() => (zipping === null ? void this.#do(() => this.#zip(batch)) : undefined)}
              >
                ${icon("download")}${zipping === null ? b.zip() : b.zipping()}
              </button>`
            : nothing
        }
      </div>`;
  }

  protected override render(): TemplateResult {
    const { batch, studio, problem } = this;
    const state = batch?.store.state;
    return html`<aside class="panel" aria-label=${b.title()}>
      <div class="phead">
        <h2>${b.title()}</h2>
        ${iconButton("close", t.close(), () => studio.store.update({ sheet: null }))}
      </div>
      <div class="pscroll" tabindex="-1">
        ${state?.started ? nothing : this.#about()}
        ${problem ? html`<section class="sec">${inlineProblem(problem)}</section>` : nothing}
        ${
          state && state.faults.length > 0
            ? html`<section class="sec stackgap">
                ${state.faults.map(
                  (fault) => html`<p class="note warn">${icon("info")}<span>${faultText(fault)}</span></p>`,
                )}
              </section>`
            : nothing
        }
        ${state ? this.#list(state) : nothing}
      </div>
      ${batch ? html`<div class="pfoot">${this.#footer(batch)}</div>` : nothing}
    </aside>`;
  }
}

customElements.define("studio-batch-sheet", StudioBatchSheet);
