import { updateWhenLocaleChanges } from "@lit/localize";
import { html, LitElement, nothing } from "lit";
import { markedGif, markedPng } from "../../core/ai-mark.ts";
import { toEngineError } from "../../job/errors.ts";
import { formatBytes, formatNumber, formatPercent } from "../format.ts";
import { icon, type IconName } from "../icons.ts";
import type { StudioResult } from "../state/studio-state.ts";
import { isOfSample } from "../samples.ts";
import type { StudioResultStage } from "../stage/result-stage.ts";
import type { Studio } from "../state/studio.ts";
import { t } from "../strings.ts";
import { warningNotes } from "../sentences.ts";
import { saveFile } from "./save-file.ts";
import { iconButton, progressBar, section } from "./parts.ts";

/** The panel of a finished job: report, notes, downloads, ways on. */
export class StudioResultPanel extends LitElement {
  static override properties = {
    studio: { attribute: false },
    result: { attribute: false },
    choose: { attribute: false },
    open: { state: true },
    gif: { state: true },
  };
  declare studio: Studio;
  declare result: StudioResult;
  /** Lets the user choose files. */
  declare choose: () => void;
  /** Whether the menu of other formats is open. */
  declare open: boolean;
  /** The GIF that is being made. */
  declare gif: { readonly progress: number; readonly controller: AbortController } | null;

  constructor() {
    super();
    updateWhenLocaleChanges(this);
    this.open = false;
    this.gif = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.gif?.controller.abort();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Saves the video. */
  download(): void {
    saveFile(this.result.output, `${this.result.name}.${this.result.format}`);
  }

  /** Closes the menu. @returns whether it was open. */
  closeMenu(): boolean {
    const was = this.open;
    this.open = false;
    if (was) void this.updateComplete.then(() => this.querySelector<HTMLElement>("[aria-haspopup]")?.focus());
    return was;
  }

  async #still(): Promise<void> {
    const video = document.querySelector<HTMLVideoElement>("studio-result-stage video.result");
    if (!video) return;
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext("2d")!.drawImage(video, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    const still = this.result.report.aiMark ? markedPng(blob) : blob;
    saveFile(still, `${this.result.name}-${video.currentTime.toFixed(2)}s.png`);
  }

  async #otherFormat(): Promise<void> {
    const format = this.result.format === "mp4" ? "webm" : "mp4";
    const { name } = this.result;
    const file = await this.studio.rendering.convert(format);
    if (file) saveFile(file, `${name}.${format}`);
  }

  async #gifPreview(): Promise<void> {
    if (this.gif) return;
    const { output, name, report } = this.result;
    const controller = new AbortController();
    this.gif = { progress: 0, controller };
    try {
      const onProgress = (progress: number) => {
        if (this.gif?.controller === controller) this.gif = { progress, controller };
      };
      const gif = await this.studio.lipSync.previewGif(output, { signal: controller.signal, onProgress });
      saveFile(report.aiMark ? markedGif(gif) : gif, `${name}.gif`);
    } catch (error) {
      const { code } = toEngineError(error);
      if (code !== "job/cancelled") this.studio.toastError(code, `${t.gif()}: `);
    } finally {
      this.gif = null;
    }
  }

  /** Saves the request that makes the result again. */
  async #recipe(): Promise<void> {
    const { row, name } = this.result;
    if (!row) return;
    const { jobRecipe } = await import("./job-report.ts");
    saveFile(await jobRecipe(await this.studio.queue(), this.result, row), `${name}.json`);
  }

  /** Saves what a person can read about the result. */
  async saveReport(): Promise<void> {
    const { row, name } = this.result;
    if (!row) return;
    try {
      const { jobReport } = await import("./job-report.ts");
      saveFile(await jobReport(await this.studio.queue(), this.result, row), `${name}.report.html`);
    } catch (error) {
      this.studio.toastError(toEngineError(error).code, `${t.report()}: `);
    }
  }

  /** What one may want to do next; nothing that must be done. */
  #next() {
    const { studio, result } = this;
    const way = (name: IconName, label: string, press: () => void) =>
      html`<button class="btn ghost sm" @click=${press}>${icon(name)}${label}</button>`;
    const compare = () => document.querySelector<StudioResultStage>("studio-result-stage")?.compare();
    const own = () => {
      studio.startNew();
      this.choose();
    };
    return section(
      t.next(),
      html`<div class="row wrap ways">
        ${result.beforeUrl ? way("leftright", t.compare(), compare) : nothing}
        ${result.row ? way("info", t.nextReport(), () => void this.saveReport()) : nothing}
        ${way("stack", t.nextBatch(), () => studio.toggleSheet("batch"))}
        ${isOfSample(result.name) ? way("folder", t.nextOwn(), own) : nothing}
      </div>`,
    );
  }

  #menuKeys(event: KeyboardEvent): void {
    const items = [...this.querySelectorAll<HTMLElement>("[role=menuitem]")];
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const at = items.indexOf(document.activeElement as HTMLElement);
    items[(at + step + items.length) % items.length]?.focus();
  }

  async #toggleMenu(): Promise<void> {
    this.open = !this.open;
    await this.updateComplete;
    if (this.open) this.querySelector<HTMLElement>("[role=menuitem]")?.focus();
  }

  #menu() {
    const item = (name: IconName, label: string, note: string, press: () => void) =>
      html`<button
        role="menuitem"
        @click=${() => {
          this.closeMenu();
          press();
        }}
      >
        ${icon(name)}${label}<small>${note}</small>
      </button>`;
    const other = this.result.format === "mp4" ? t.webm() : "MP4";
    return html`<div class="menu" role="menu" aria-label=${t.dlMore()} @keydown=${this.#menuKeys}>
      ${item("film", other, t.webmNote(), () => void this.#otherFormat())}
      ${item("camera", t.still(), "PNG", () => void this.#still())}
      ${item("loop", t.gif(), t.gifNote(), () => void this.#gifPreview())}
      ${this.result.row ? item("json", t.recipe(), "JSON", () => void this.#recipe()) : nothing}
      ${this.result.row ? item("info", t.report(), "HTML", () => void this.saveReport()) : nothing}
    </div>`;
  }

  #report() {
    const { report, seed, output } = this.result;
    const row = (name: string, value: unknown) =>
      html`<dt>${name}</dt>
        <dd>${value}</dd>`;
    return section(
      t.report(),
      html`<dl class="kv">
        ${row(t.rSize(), t.framesAt(String(report.width), String(report.height), formatNumber(report.fps)))}
        ${row(t.rMouth(), t.px(formatNumber(Math.round(report.mouthWidthPx))))}
        ${report.lipModel === undefined ? nothing : row(t.lips(), report.lipModel)}
        ${row(t.rFile(), formatBytes(output.size))}
        ${row(t.rMark(), report.aiMark ? t.markIn() : t.markNone())}
        ${row(t.rWhere(), report.backend === "webgpu" ? t.sGpu() : t.rCpu())}
        ${row(t.rEncoder(), report.encoder)} ${row(t.rSeed(), html`<span class="mono">${seed}</span>`)}
      </dl>`,
    );
  }

  protected override render() {
    const { result, studio } = this;
    const { warnings, report, madeSeconds } = result;
    const made = t.madeIn(formatNumber(report.durationSeconds, 1), formatNumber(madeSeconds, 1));
    return html`<aside class="panel" aria-label=${t.ready()}>
      <div class="pscroll">
        <section class="sec">
          <h2><span class="oktone">${icon("check")}</span>${t.ready()}</h2>
          <p class="muted">${made}</p>
        </section>
        ${
          warnings.length > 0
            ? section(t.notes(), html`<div class="stackgap">${warningNotes(warnings)}</div>`)
            : nothing
        }
        ${this.#next()} ${this.#report()}
        <section class="sec row wrap">
          <button class="btn" @click=${() => studio.changeAgain()}>${icon("redo")}${t.again()}</button>
          <button class="btn ghost" @click=${() => studio.startNew()}>${t.fresh()}</button>
        </section>
      </div>
      <div class="pfoot">
        ${
          this.gif
            ? html`<div class="row gifrow">
                <div class="grow">
                  <p class="row between small">
                    <span>${t.gifMaking()}</span
                    ><span class="muted">${formatPercent(this.gif.progress)}</span>
                  </p>
                  ${progressBar(this.gif.progress, t.gifMaking())}
                </div>
                ${iconButton("close", `${t.cancel()}: ${t.gif()}`, () => this.gif?.controller.abort())}
              </div>`
            : nothing
        }
        <div class="menuanchor">
          ${this.open ? this.#menu() : nothing}
          <div class="split">
            <button class="btn primary lg" @click=${() => this.download()}>
              ${icon("download")}${result.format === "mp4" ? t.download() : t.downloadWebm()}<kbd
                aria-hidden="true"
                >D</kbd
              >
            </button>
            <button
              class="btn primary lg"
              aria-label=${t.dlMore()}
              title=${t.dlMore()}
              aria-haspopup="menu"
              aria-expanded=${this.open}
              @click=${() => void this.#toggleMenu()}
            >
              ${icon("down")}
            </button>
          </div>
        </div>
      </div>
    </aside>`;
  }
}

customElements.define("studio-result-panel", StudioResultPanel);
