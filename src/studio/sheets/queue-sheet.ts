import { updateWhenLocaleChanges } from "@lit/localize";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { mediaOf } from "../../job/job-spec.ts";
import { isFinished, type JobRow } from "../../queue/job-row.ts";
import { formatBytes, formatPercent, formatTime, formatWhen } from "../format.ts";
import { icon } from "../icons.ts";
import { iconButton, progressBar, section } from "../panel/parts.ts";
import { saveFile } from "../panel/save-file.ts";
import type { Queue } from "../state/queue.ts";
import type { Studio } from "../state/studio.ts";
import { said } from "../sentences.ts";
import { t } from "../strings.ts";
import { sheet } from "./sheet.ts";

/** What the list shows of a job's inputs. */
interface Face {
  readonly name: string;
  /** Object URL of the picture; null for a video or a picture from an address. */
  readonly thumb: string | null;
}

/** Queue and history: what runs, what waits, what is done; retry, delete with Undo, storage used. */
export class StudioQueueSheet extends LitElement {
  static override properties = {
    studio: { attribute: false },
    rows: { attribute: false },
    faces: { state: true },
    used: { state: true },
  };
  declare studio: Studio;
  declare rows: readonly JobRow[];
  declare faces: ReadonlyMap<string, Face>;
  declare used: StorageEstimate | null;
  #durable = true;
  /** Whether this tab does the work. */
  #leading = true;

  constructor() {
    super();
    updateWhenLocaleChanges(this);
    this.rows = [];
    this.faces = new Map();
    this.used = null;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const { thumb } of this.faces.values()) if (thumb) URL.revokeObjectURL(thumb);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("rows")) void this.#learn();
  }

  async #learn(): Promise<void> {
    const queue = await this.studio.queue();
    this.#durable = queue.durable;
    this.#leading = queue.api.leading;
    const faces = new Map(this.faces);
    for (const row of this.rows) {
      if (!faces.has(row.id)) faces.set(row.id, await describe(queue, row));
    }
    if (faces.size !== this.faces.size) this.faces = faces;
    this.used = (await navigator.storage?.estimate?.()) ?? null;
  }

  #name(row: JobRow): string {
    return this.faces.get(row.id)?.name ?? row.spec.model;
  }

  async #download(row: JobRow): Promise<void> {
    const queue = await this.studio.queue();
    const file = row.output && (await queue.file(row.output.file));
    if (file) saveFile(file.blob, `${this.#name(row)}.${file.blob.type.includes("webm") ? "webm" : "mp4"}`);
  }

  #delete(row: JobRow): void {
    this.studio.delete({ kind: "job", id: row.id }, this.#name(row));
  }

  #entry(row: JobRow, about: TemplateResult, actions: unknown): TemplateResult {
    const face = this.faces.get(row.id);
    const film = row.spec.model === "lipsync-video" ? "film" : "image";
    return html`<li class="job">
      <span class="th">${face?.thumb ? html`<img src=${face.thumb} alt="" />` : icon(film)}</span>
      <div class="grow"><b class="clip">${this.#name(row)}</b>${about}</div>
      <span class="row tight">${actions}</span>
    </li>`;
  }

  #unfinished(row: JobRow): TemplateResult {
    const running = row.state === "running";
    const cancel = () => void this.studio.queue().then((queue) => queue.remove(row.id));
    return this.#entry(
      row,
      running
        ? html`<small>${formatPercent(row.progress)}${this.#leading ? nothing : ` · ${t.inOtherTab()}`}</small
            >${progressBar(row.progress, this.#name(row))}`
        : html`<small>${t.qPlace()}</small>`,
      iconButton("close", `${t.cancel()}: ${this.#name(row)}`, cancel),
    );
  }

  #finished(row: JobRow): TemplateResult {
    const name = this.#name(row);
    const when = formatWhen(row.finishedAt ?? row.createdAt, { today: t.today(), yesterday: t.yesterday() });
    const remove = iconButton("trash", `${t.del()}: ${name}`, () => this.#delete(row));
    if (row.state === "failed") {
      const title = said(({ error }) => error(row.errorCode ?? "internal/bug").title);
      const again = () => void this.studio.queue().then((queue) => queue.again(row));
      return this.#entry(
        row,
        html`<small class="bad" title=${row.error}>${icon("warn")}<span>${title}</span></small>`,
        html`${iconButton("redo", `${t.again()}: ${name}`, again)}${remove}`,
      );
    }
    const length = formatTime(row.report?.durationSeconds ?? 0);
    return this.#entry(
      row,
      html`<small>${length} · ${formatBytes(row.output?.size ?? 0)} · ${when}</small>`,
      html`${iconButton("play", `${t.qOpen()}: ${name}`, () => void this.studio.rendering.open(row))}
      ${iconButton("download", `${t.download()}: ${name}`, () => void this.#download(row))}${remove}`,
    );
  }

  protected override render(): TemplateResult {
    const { rows } = this;
    const running = rows.filter((row) => row.state === "running");
    const waiting = rows.filter((row) => row.state === "queued").reverse();
    const done = rows.filter(isFinished);
    const list = (title: string, entries: readonly JobRow[], entry: (row: JobRow) => TemplateResult) =>
      entries.length > 0
        ? section(
            title,
            html`<ul>
              ${entries.map(entry)}
            </ul>`,
          )
        : nothing;
    const { usage = 0, quota = 0 } = this.used ?? {};
    return sheet(
      this.studio,
      t.qTitle(),
      html`${rows.length === 0 ? html`<section class="sec"><p class="muted">${t.qEmpty()}</p></section>` : nothing}
      ${this.#durable ? nothing : html`<section class="sec"><p class="note warn">${icon("info")}${t.qSession()}</p></section>`}
      ${list(t.qNow(), running, (row) => this.#unfinished(row))}
      ${list(t.qNext(), waiting, (row) => this.#unfinished(row))}
      ${list(t.qDone(), done, (row) => this.#finished(row))}
      ${
        quota > 0
          ? html`<section class="sec">
              <p class="muted">${t.storage(formatBytes(usage), formatBytes(quota))}</p>
              <div class="meter" aria-hidden="true">
                <i style="width:${((usage / quota) * 100).toFixed(1)}%"></i>
              </div>
            </section>`
          : nothing
      }`,
    );
  }
}

async function describe(queue: Queue, row: JobRow): Promise<Face> {
  const files = await Promise.all(
    [...mediaOf(row.spec)].map(async ([field, input]) => ({
      field,
      file: "file" in input ? await queue.file(input.file) : undefined,
    })),
  );
  const named = files.filter(({ field }) => field !== "maskImage" && field !== "lipModel.file");
  const name = named
    .map(({ file }) => file?.name.replace(/\.[^.]+$/, "") ?? "")
    .filter(Boolean)
    .join("-");
  const picture = files.find(({ field }) => field === "image")?.file;
  return { name: name || row.spec.model, thumb: picture ? URL.createObjectURL(picture.blob) : null };
}

customElements.define("studio-queue-sheet", StudioQueueSheet);
