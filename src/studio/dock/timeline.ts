import { html, LitElement, nothing, svg, type PropertyValues } from "lit";
import { formatPercent, formatTime } from "../format.ts";
import { icon } from "../icons.ts";
import { t } from "../strings.ts";
import { apertureAt, lipsPath, wavePath } from "../../element/lip-line.ts";
import type { Player } from "./player.ts";

/** A voice on the timeline. */
export interface TimelineVoice {
  readonly label: string;
  /** 1 or 2 in a dialogue. */
  readonly badge: 1 | 2 | null;
  readonly envelope: Float32Array | null;
  readonly aperture: Float32Array | null;
  readonly startSeconds: number;
}

/** How far the mouth line is filled: not yet, as far as rendered, wholly. */
export type MouthFill = "ghost" | "rendered" | "full";

const STEP_SECONDS = 0.2;

/** The dock: transport, waveform and mouth line, drawn from the engine's data. */
export class StudioTimeline extends LitElement {
  static override properties = {
    voices: { attribute: false },
    total: { type: Number },
    fps: { type: Number },
    fill: { attribute: false },
    done: { type: Number },
    player: { attribute: false },
  };
  declare voices: readonly TimelineVoice[];
  /** Length in seconds. */
  declare total: number;
  declare fps: number;
  declare fill: MouthFill;
  /** Share that is rendered, 0 to 1. */
  declare done: number;
  /** Null where nothing can be played. */
  declare player: Player | null;
  #paths: { wave: string; lips: string }[] = [];
  #listening: Player | null = null;
  #onTime = () => this.#showTime();
  #onChange = () => this.requestUpdate();

  constructor() {
    super();
    this.voices = [];
    this.total = 0;
    this.fps = 25;
    this.fill = "ghost";
    this.done = 0;
    this.player = null;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listen(null);
  }

  #listen(player: Player | null): void {
    this.#listening?.removeEventListener("time", this.#onTime);
    this.#listening?.removeEventListener("change", this.#onChange);
    this.#listening = player;
    player?.addEventListener("time", this.#onTime);
    player?.addEventListener("change", this.#onChange);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("voices") || changed.has("total")) {
      this.#paths = this.voices.map(({ envelope, aperture, startSeconds }) => {
        const span = { total: Math.max(0.1, this.total), start: startSeconds };
        return { wave: envelope ? wavePath(envelope, span) : "", lips: lipsPath(aperture, span) };
      });
    }
    if (this.player !== this.#listening) this.#listen(this.player);
  }

  protected override updated(): void {
    this.#showTime();
  }

  /** Moves the playhead without rendering anew. */
  #showTime(): void {
    const { player } = this;
    const tracks = this.querySelector<HTMLElement>(".tracks");
    if (!tracks) return;
    if (!player) {
      tracks.style.setProperty("--done", `${(this.done * 100).toFixed(2)}%`);
      return;
    }
    const position = Math.min(player.position, this.total);
    const share = this.total > 0 ? position / this.total : 0;
    tracks.style.setProperty("--done", `${(share * 100).toFixed(2)}%`);
    const scrub = this.querySelector<HTMLInputElement>(".scrub");
    if (scrub) {
      scrub.value = String(position);
      scrub.setAttribute("aria-valuetext", this.#positionText(position));
    }
    const now = this.querySelector("[data-now]");
    if (now) now.textContent = formatTime(position);
    const inner = tracks.firstElementChild;
    if (inner && inner.scrollWidth > tracks.clientWidth && player.playing) {
      tracks.scrollLeft = share * inner.scrollWidth - tracks.clientWidth / 2;
    }
  }

  #positionText(position: number): string {
    const open = Math.max(
      0,
      ...this.voices.map((voice) => apertureAt(voice.aperture, position - voice.startSeconds)),
    );
    return t.positionText(formatTime(position), formatTime(this.total), formatPercent(open));
  }

  #scrubKeys(event: KeyboardEvent): void {
    const step = event.key === "ArrowRight" ? STEP_SECONDS : event.key === "ArrowLeft" ? -STEP_SECONDS : 0;
    if (!step || !this.player) return;
    event.preventDefault();
    this.player.seek(this.player.position + step);
  }

  protected override render() {
    return html`<div class="dock">
      ${this.player ? this.#transport(this.player) : this.fill === "rendered" ? this.#renderedSoFar() : nothing}
      <div class="lanes">
        <div class="labs" aria-hidden="true">
          ${this.voices.map(
            ({ label, badge }) => html`
              <div class="lab h-wave">
                ${badge ? html`<span class="ab ${badge === 1 ? "a" : ""}">${badge}</span>` : nothing}${label}
              </div>
              <div class="lab h-mouth">${badge ? nothing : t.lMouth()}</div>
            `,
          )}
        </div>
        <div class="tracks">
          <div class="trackin flat">
            ${this.voices.map((voice, index) => this.#lanes(voice, index))}
            ${
              this.player
                ? html`<div class="head"></div>
                    <input
                      class="scrub"
                      type="range"
                      min="0"
                      max=${this.total}
                      step="0.04"
                      value="0"
                      aria-label=${t.playhead()}
                      @input=${(event: Event) => this.player?.seek(Number((event.target as HTMLInputElement).value))}
                      @keydown=${(event: KeyboardEvent) => this.#scrubKeys(event)}
                    />`
                : this.fill === "rendered"
                  ? html`<div class="front"></div>`
                  : nothing
            }
          </div>
        </div>
      </div>
    </div>`;
  }

  #lanes(voice: TimelineVoice, index: number) {
    const { wave = "", lips = "" } = this.#paths[index] ?? {};
    const tone = voice.badge === 2 ? "b" : "";
    const box = (content: unknown, cls = "") =>
      html`<svg class=${cls} viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
        ${content}
      </svg>`;
    const split = this.player !== null || this.fill === "rendered";
    return html`
      <div class="lane h-wave">
        ${box(svg`<path class="wv" d=${wave} />`)}
        ${split ? box(svg`<path class="wv done" d=${wave} />`, "upto") : nothing}
      </div>
      <div class="lane h-mouth">
        ${
          this.fill === "full"
            ? box(svg`<path class="ap ${tone}" d=${lips} />`)
            : box(svg`<path class="ap todo" d=${lips} />`)
        }
        ${this.fill === "rendered" ? box(svg`<path class="ap ${tone}" d=${lips} />`, "upto") : nothing}
      </div>
    `;
  }

  #renderedSoFar() {
    const now = formatTime(this.done * this.total);
    return html`<div class="transport">
      <span class="time"><b>${now}</b> <span>/ ${formatTime(this.total)} ${t.renderedSoFar()}</span></span>
    </div>`;
  }

  #transport(player: Player) {
    const step = (frames: number) => {
      player.pause();
      player.seek(player.position + frames / this.fps);
    };
    const muted = player.media?.muted ?? false;
    const button = (name: "prev" | "next", label: string, frames: number) =>
      html`<button class="btn ghost icon" aria-label=${label} title=${label} @click=${() => step(frames)}>
        ${icon(name)}
      </button>`;
    const playLabel = player.playing ? t.pause() : t.play();
    const muteLabel = muted ? t.muteOff() : t.muteOn();
    return html`<div class="transport">
      <button
        class="btn ghost icon"
        data-play
        aria-label=${playLabel}
        title="${playLabel} (K)"
        @click=${() => player.toggle()}
      >
        ${icon(player.playing ? "pause" : "play")}
      </button>
      ${button("prev", t.stepBack(), -1)} ${button("next", t.stepOn(), 1)}
      <span class="time"><b data-now></b> <span>/ ${formatTime(this.total)}</span></span>
      <span class="grow"></span>
      <button
        class="btn ghost icon"
        aria-label=${muteLabel}
        title=${muteLabel}
        @click=${() => {
          if (player.media) player.media.muted = !muted;
        }}
      >
        ${icon(muted ? "mute" : "sound")}
      </button>
    </div>`;
  }
}

customElements.define("studio-timeline", StudioTimeline);
