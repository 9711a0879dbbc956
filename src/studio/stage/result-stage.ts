import { updateWhenLocaleChanges } from "@lit/localize";
import { html, LitElement, nothing } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import type { Player } from "../dock/player.ts";
import { icon } from "../icons.ts";
import type { StudioResult } from "../state/studio-state.ts";
import { t } from "../strings.ts";

/** Share of the width below which the word “Before” would not fit. */
const LABEL_ROOM = 18;

/** The stage with a result: the video, and the picture beside it behind a divider. */
export class StudioResultStage extends LitElement {
  static override properties = {
    result: { attribute: false },
    player: { attribute: false },
    divider: { state: true },
    looping: { state: true },
  };
  declare result: StudioResult;
  declare player: Player;
  /** Percent of the width that shows the picture. */
  declare divider: number;
  declare looping: boolean;

  constructor() {
    super();
    updateWhenLocaleChanges(this);
    this.divider = 0;
    this.looping = false;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.player.removeEventListener("time", this.#follow);
    this.player.attach(null);
  }

  protected override firstUpdated(): void {
    this.player.addEventListener("time", this.#follow);
  }

  protected override updated(): void {
    const video = this.querySelector<HTMLVideoElement>("video.result");
    if (video) this.player.attach(video);
  }

  /** Draws the divider to the middle, or away again. @returns whether there is something to compare with. */
  compare(): boolean {
    const slider = this.querySelector<HTMLInputElement>("input[type=range]");
    if (!slider) return false;
    this.divider = this.divider === 0 ? 50 : 0;
    slider.focus();
    return true;
  }

  /** The picture, or the video that runs along. */
  #before() {
    const { before, beforeUrl } = this.result;
    if (!before || !beforeUrl) return nothing;
    return before.type.startsWith("video/")
      ? html`<video
          class="base along"
          src=${beforeUrl}
          muted
          playsinline
          preload="auto"
          tabindex="-1"
        ></video>`
      : html`<img class="base" src=${beforeUrl} alt="" />`;
  }

  /** Keeps the old video where the new one is. */
  readonly #follow = (): void => {
    const along = this.querySelector<HTMLVideoElement>("video.along");
    if (!along) return;
    if (Math.abs(along.currentTime - this.player.position) > 0.15) along.currentTime = this.player.position;
    if (this.player.playing && along.paused) void along.play().catch(() => undefined);
    if (!this.player.playing && !along.paused) along.pause();
  };

  protected override render() {
    const { result, divider } = this;
    const { width, height } = result.report;
    const ratio = { "--ar": String(width / height) };
    return html`<div class="stage" id="stage" tabindex="-1" style=${styleMap(ratio)}>
      <div class="meta">
        <span class="name clip">${result.name}.${result.format}</span>
        <span class="clip">${width} × ${height}</span>
        <span class="tools">
          <button
            class="btn ghost sm"
            aria-pressed=${this.looping}
            @click=${() => (this.looping = !this.looping)}
          >
            ${icon("loop")}<span class="wide">${t.loop()}</span>
          </button>
        </span>
      </div>
      <div class="canvas">
        <div class="media" style=${styleMap({ ...ratio, "--x": `${divider}%` })}>
          <div class="ba">
            ${this.#before()}
            <div class="afterl">
              <video
                class="base result"
                src=${result.url}
                .loop=${this.looping}
                playsinline
                preload="auto"
                aria-label="${result.name}.${result.format}"
                @click=${() => this.player.toggle()}
              ></video>
            </div>
            ${
              result.beforeUrl
                ? html`<input
                      type="range"
                      min="0"
                      max="100"
                      step="1"
                      .value=${String(divider)}
                      aria-label=${t.compare()}
                      @input=${(event: Event) => (this.divider = Number((event.target as HTMLInputElement).value))}
                    />
                    <div class="ba-handle ${divider === 0 ? "rest" : ""}" aria-hidden="true">
                      <span>${icon("leftright")}</span>
                    </div>
                    ${divider > LABEL_ROOM ? html`<b class="before">${t.before()}</b>` : nothing}
                    ${divider > 0 && divider < 100 - LABEL_ROOM ? html`<b class="after">${t.after()}</b>` : nothing}`
                : nothing
            }
          </div>
        </div>
      </div>
    </div>`;
  }
}

customElements.define("studio-result-stage", StudioResultStage);
