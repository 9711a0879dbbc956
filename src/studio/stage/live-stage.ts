import { updateWhenLocaleChanges } from "@lit/localize";
import { html, LitElement, nothing } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import { formatNumber } from "../format.ts";
import { subject } from "../state/readiness.ts";
import type { Studio } from "../state/studio.ts";
import { t } from "../strings.ts";

const FPS = 25;

/** The stage while a job runs: the frames as they are made, on the picture they come from. */
export class StudioLiveStage extends LitElement {
  static override properties = { studio: { attribute: false }, job: { attribute: false } };
  declare studio: Studio;
  /** Only to render anew when the job moves on. */
  declare job: unknown;
  #ratio = 0;

  constructor() {
    super();
    updateWhenLocaleChanges(this);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.studio.previewSink = (frame) => this.#draw(frame);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.studio.previewSink = null;
  }

  #draw(frame: ImageBitmap): void {
    const canvas = this.querySelector("canvas");
    if (canvas) {
      if (canvas.width !== frame.width || canvas.height !== frame.height) {
        canvas.width = frame.width;
        canvas.height = frame.height;
        this.#ratio = frame.width / frame.height;
        this.requestUpdate();
      }
      canvas.getContext("2d")?.drawImage(frame, 0, 0);
      canvas.classList.add("on");
    }
    frame.close();
  }

  protected override render() {
    const { job, options } = this.studio.state;
    const picture = subject(this.studio.state);
    const ratio = this.#ratio || (picture && picture.height > 0 ? picture.width / picture.height : 1);
    const frames = Math.ceil((job?.durationSeconds ?? 0) * FPS);
    const frame = Math.min(frames, Math.round(frames * (job?.stageProgress ?? 0)));
    const counting = job?.stage === "rendering" && frames > 0;
    return html`<div class="stage" id="stage" tabindex="-1" style=${styleMap({ "--ar": String(ratio) })}>
      <div class="meta">
        <span class="name clip">${picture?.file.name ?? ""}</span
        ><span class="clip">${options.resolution}</span>
      </div>
      <div class="canvas">
        <div class="media" style=${styleMap({ "--ar": String(ratio) })} role="group" aria-label=${t.live()}>
          ${
            picture?.kind === "video"
              ? html`<video
                  class="base"
                  src=${picture.url}
                  muted
                  playsinline
                  preload="auto"
                  tabindex="-1"
                ></video>`
              : picture
                ? html`<img class="base" src=${picture.shown} alt="" />`
                : nothing
          }
          <canvas class="base preview"></canvas>
          <span class="livechip"
            ><i></i>${
              counting ? `${t.live()} · ${t.frameOf(formatNumber(frame), formatNumber(frames))}` : t.live()
            }</span
          >
        </div>
      </div>
    </div>`;
  }
}

customElements.define("studio-live-stage", StudioLiveStage);
