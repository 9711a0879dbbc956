import { updateWhenLocaleChanges } from "@lit/localize";
import { html, LitElement, nothing, svg, type PropertyValues } from "lit";
import { formatPercent, formatTime } from "../format.ts";
import { icon } from "../icons.ts";
import { t } from "../strings.ts";
import { apertureAt, lipsPath, wavePath, type Span } from "../../element/lip-line.ts";
import type { ArticulationSpan } from "../../core/articulation-spans.ts";
import type { Player } from "./player.ts";
import { shapeLegend, shapeLetters, shapeName, shapesPath, spanAt } from "./shape-lane.ts";

/** A voice on the timeline. */
export interface TimelineVoice {
  readonly label: string;
  /** 1 or 2 in a dialogue. */
  readonly badge: 1 | 2 | null;
  readonly envelope: Float32Array | null;
  readonly aperture: Float32Array | null;
  readonly spans: readonly ArticulationSpan[] | null;
  readonly startSeconds: number;
}

/** How far the mouth line is filled: not yet, as far as rendered, wholly. */
export type MouthFill = "ghost" | "rendered" | "full";

const STEP_SECONDS = 0.2;
/** Scale of the close view, at which a short sound can be told from the next; long voices get less. */
const CLOSE_PX_PER_SECOND = 200;
const CLOSE_MAX_PX = 20_000;

/** The dock: transport, waveform and mouth line, drawn from the engine's data. */
export class StudioTimeline extends LitElement {
  static override properties = {
    voices: { attribute: false },
    total: { type: Number },
    fps: { type: Number },
    fill: { attribute: false },
    done: { type: Number },
    player: { attribute: false },
    close: { state: true },
    room: { state: true },
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
  /** Whether the lanes are stretched so that single sounds can be told apart. */
  declare close: boolean;
  /** Width of the lanes' window in px. */
  declare room: number;
  #paths: { wave: string; lips: string; shapes: string }[] = [];
  readonly #sized = new ResizeObserver(([entry]) => {
    this.room = entry?.contentRect.width ?? 0;
  });
  #listening: Player | null = null;
  #onTime = () => this.#showTime();
  #onChange = () => this.requestUpdate();

  constructor() {
    super();
    updateWhenLocaleChanges(this);
    this.voices = [];
    this.total = 0;
    this.fps = 25;
    this.fill = "ghost";
    this.done = 0;
    this.player = null;
    this.close = false;
    this.room = 0;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listen(null);
    this.#sized.disconnect();
  }

  /** Width of the lanes in px: as wide as their window, or as the close view needs. */
  get #lanePx(): number {
    const near = Math.min(CLOSE_MAX_PX, this.total * CLOSE_PX_PER_SECOND);
    return this.close ? Math.max(this.room, near) : this.room;
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
      this.#paths = this.voices.map(({ envelope, aperture, spans, startSeconds }) => {
        const span = this.#spanOf(startSeconds);
        return {
          wave: envelope ? wavePath(envelope, span) : "",
          lips: lipsPath(aperture, span),
          shapes: spans ? shapesPath(spans, span) : "",
        };
      });
    }
    if (this.player !== this.#listening) this.#listen(this.player);
  }

  #spanOf(start: number): Span {
    return { total: Math.max(0.1, this.total), start };
  }

  protected override firstUpdated(): void {
    const tracks = this.querySelector(".tracks");
    if (tracks) this.#sized.observe(tracks);
  }

  protected override updated(changed: PropertyValues<this>): void {
    this.#showTime();
    if (changed.has("close")) this.#keepInView(true);
  }

  /** Scrolls to the playhead: in the middle while it moves, else only when it is out of sight. */
  #keepInView(always: boolean): void {
    const tracks = this.querySelector<HTMLElement>(".tracks");
    if (!tracks || tracks.scrollWidth <= tracks.clientWidth || !this.player || this.total <= 0) return;
    const at = (Math.min(this.player.position, this.total) / this.total) * tracks.scrollWidth;
    const hidden = at < tracks.scrollLeft || at > tracks.scrollLeft + tracks.clientWidth;
    if (always || hidden) tracks.scrollLeft = at - tracks.clientWidth / 2;
  }

  /** What each mouth does at a time, in words; empty at rest. */
  #shapesText(position: number): string {
    const names = this.voices.flatMap(({ badge, label, spans, startSeconds }) => {
      const found = spans?.[spanAt(spans, position - startSeconds)];
      return found ? [badge ? `${label}: ${shapeName(found.kind)}` : shapeName(found.kind)] : [];
    });
    return names.join("; ");
  }

  /** Marks the letters at the playhead. */
  #showShapes(position: number): void {
    const text = this.querySelector("[data-shape]");
    const shapes = this.#shapesText(position);
    if (text && text.textContent !== shapes) text.textContent = shapes;
    this.querySelectorAll<HTMLElement>(".letters").forEach((letters, index) => {
      const { spans, startSeconds } = this.voices[index]!;
      const at = spanAt(spans ?? [], position - startSeconds);
      const now = at < 0 ? null : letters.querySelector<HTMLElement>(`[data-span="${at}"]`);
      const before = letters.querySelector(".now");
      if (before === now) return;
      before?.classList.remove("now");
      now?.classList.add("now");
    });
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
    this.#showShapes(position);
    this.#keepInView(player.playing);
  }

  #positionText(position: number): string {
    const open = Math.max(
      0,
      ...this.voices.map((voice) => apertureAt(voice.aperture, position - voice.startSeconds)),
    );
    const text = t.positionText(formatTime(position), formatTime(this.total), formatPercent(open));
    const shapes = this.#shapesText(position);
    return shapes ? `${text}, ${shapes}` : text;
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
            ({ label, badge, spans }) => html`
              <div class="lab h-wave">
                ${badge ? html`<span class="ab ${badge === 1 ? "a" : ""}">${badge}</span>` : nothing}${label}
              </div>
              ${spans ? html`<div class="lab h-shapes">${badge ? nothing : t.aLane()}</div>` : nothing}
              <div class="lab h-mouth">${badge ? nothing : t.lMouth()}</div>
            `,
          )}
        </div>
        <div class="tracks">
          <div
            class="trackin ${this.close ? "" : "flat"}"
            style=${this.close ? `min-width:${this.#lanePx}px` : nothing}
          >
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
      ${this.voices.some(({ spans }) => spans) ? shapeLegend(this.player !== null) : nothing}
    </div>`;
  }

  #lanes(voice: TimelineVoice, index: number) {
    const { wave = "", lips = "", shapes = "" } = this.#paths[index] ?? {};
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
      ${
        voice.spans
          ? html`<div class="lane h-shapes">
              ${box(svg`<path class="sh" d=${shapes} />`)}
              ${split ? box(svg`<path class="sh done" d=${shapes} />`, "upto") : nothing}
              <div class="letters" aria-hidden="true">
                ${shapeLetters(voice.spans, this.#spanOf(voice.startSeconds), this.#lanePx)}
              </div>
            </div>`
          : nothing
      }
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
        aria-pressed=${this.close}
        aria-label=${t.closeView()}
        title=${t.closeView()}
        @click=${() => (this.close = !this.close)}
      >
        ${icon("zoom")}
      </button>
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
