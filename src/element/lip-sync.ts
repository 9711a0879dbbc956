import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Engine } from "../client/engine.ts";
import type { EngineError } from "../core/errors.ts";
import type { Backend, JobProgress, OutputFormat } from "../core/job.ts";
import type { LipSyncEventMap, LipSyncResult, LipSyncState } from "./events.ts";
import { elementRequest, fetchMedia, type ElementMedia } from "./element-request.ts";
import { icon, mouthLine, statusText, voiceRow, type VoiceProperty } from "./parts.ts";
import { chooseFile, startRecording, type Recording } from "./voice-sources.ts";
import { styles } from "./styles.ts";
import { languageAt, wordsFor, type Words } from "./words.ts";

let sharedEngine: Promise<Engine> | undefined;

/** One engine for all elements of the page; its code, workers and models load at the first use. */
function loadEngine(): Promise<Engine> {
  sharedEngine ??= import("../client/engine.ts").then(({ createEngine }) => createEngine());
  sharedEngine.catch(() => (sharedEngine = undefined));
  return sharedEngine;
}

/**
 * A picture, video or pair of faces that speaks. Everything happens in the browser; nothing is uploaded.
 *
 * @tag lip-sync
 * @slot - Shown on the stage while there is neither picture nor video.
 * @slot actions - Further controls beside the element's own.
 * @event {CustomEvent<JobProgress>} lip-sync-progress - News of the running job.
 * @event {CustomEvent} lip-sync-preview - A frame was drawn on the stage's canvas.
 * @event {CustomEvent<LipSyncResult>} lip-sync-result - The job is done.
 * @event {CustomEvent<EngineError>} lip-sync-error - The job failed; `detail.code` says how.
 * @event {CustomEvent} lip-sync-statechange - `detail.state` is the new state.
 * @csspart stage - The area of the picture.
 * @csspart media - The picture or the video on the stage.
 * @csspart line - The mouth line.
 * @csspart button - Every button.
 * @csspart status - What the element is doing, in words.
 * @cssproperty --lip-sync-accent - The next action and the mouth line.
 * @cssproperty --lip-sync-on-accent - Text on the accent.
 * @cssproperty --lip-sync-accent-soft - Hovered controls.
 * @cssproperty --lip-sync-surface - The background.
 * @cssproperty --lip-sync-text - The text.
 * @cssproperty --lip-sync-text-2 - Quieter text.
 * @cssproperty --lip-sync-line - Borders.
 * @cssproperty --lip-sync-radius - Roundness; 0 for square corners.
 * @cssproperty --lip-sync-font - The font family.
 */
export class LipSyncElement extends LitElement {
  static readonly formAssociated = true;
  static override styles = styles;
  static override shadowRootOptions: ShadowRootInit = {
    ...LitElement.shadowRootOptions,
    delegatesFocus: true,
  };
  static override properties = {
    image: {},
    video: {},
    audio: {},
    leftAudio: { attribute: "left-audio" },
    rightAudio: { attribute: "right-audio" },
    order: {},
    resolution: {},
    maskImage: { attribute: "mask-image" },
    prompt: {},
    seed: { type: Number },
    backend: {},
    format: {},
    name: { reflect: true },
    label: {},
    ratio: { type: Number },
    state: { reflect: true },
    news: { state: true },
    trouble: { state: true },
    recording: { state: true },
    aperture: { state: true },
  };
  /** The picture: an address, or in JavaScript a file. */
  declare image: ElementMedia | null;
  /** The video, in place of a picture. */
  declare video: ElementMedia | null;
  /** The voice. */
  declare audio: ElementMedia | null;
  /** The voice of the person on the left; with `rightAudio`, in place of `audio`. */
  declare leftAudio: ElementMedia | null;
  /** The voice of the person on the right. */
  declare rightAudio: ElementMedia | null;
  /** Who speaks when, with two voices. */
  declare order: "meanwhile" | "left_right" | "right_left" | null;
  /** Length of the output's shorter side. */
  declare resolution: "480p" | "720p" | null;
  /** White may change, black must stay. */
  declare maskImage: ElementMedia | null;
  /** Style guidance. */
  declare prompt: string | null;
  /** The same seed gives the same frames. */
  declare seed: number | null;
  /** Where the networks run; the engine chooses when absent. */
  declare backend: Backend | null;
  /** Container of the result. */
  declare format: OutputFormat | null;
  /** Name of the result in a form. */
  declare name: string | null;
  /** What the picture shows, for people who do not see it. */
  declare label: string | null;
  /** Width divided by height of the stage; the page does not move when the picture arrives. */
  declare ratio: number;
  /** What the element is doing; read it, do not set it. */
  declare state: LipSyncState;
  declare protected news: JobProgress | null;
  declare protected trouble: EngineError | null;
  declare protected recording: Recording | null;
  declare protected aperture: readonly (Float32Array | null)[];
  /** The last result; null before there is one. */
  result: LipSyncResult | null = null;
  readonly #internals: ElementInternals | null;
  #controller: AbortController | null = null;
  #urls = new Map<Blob, string>();

  constructor() {
    super();
    this.image = this.video = this.audio = this.leftAudio = this.rightAudio = this.maskImage = null;
    this.order = this.resolution = this.prompt = this.seed = null;
    this.backend = this.format = this.name = this.label = null;
    this.ratio = 1;
    this.state = "idle";
    this.news = this.trouble = this.recording = null;
    this.aperture = [];
    this.#internals = "attachInternals" in this ? this.attachInternals() : null;
  }

  /** The form that the element belongs to. */
  get form(): HTMLFormElement | null {
    return this.#internals?.form ?? null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.cancel();
    for (const url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls.clear();
  }

  /** Called by the browser when the form is reset. */
  formResetCallback(): void {
    this.#setResult(null);
    this.#enter("idle");
  }

  /** Loads the engine and its models ahead of the first job. */
  async prepare(): Promise<void> {
    const engine = await loadEngine();
    await engine.warmUp(this.backend ?? undefined);
  }

  /**
   * Renders what the properties say.
   * @returns the result; it is also dispatched as `lip-sync-result` and becomes the element's value in a form.
   * @throws EngineError also dispatched as `lip-sync-error`.
   */
  async generate(): Promise<LipSyncResult> {
    this.cancel();
    const controller = new AbortController();
    this.#controller = controller;
    this.trouble = null;
    this.news = null;
    this.#enter("rendering");
    try {
      const [engine, request] = await Promise.all([loadEngine(), elementRequest(this)]);
      void this.#listen(engine, controller.signal);
      const made = await engine.run(request, {
        signal: controller.signal,
        onProgress: (news) => {
          this.news = news;
          this.#tell("lip-sync-progress", news);
        },
        onPreview: (frame) => this.#draw(frame),
      });
      const result: LipSyncResult = { ...made, url: URL.createObjectURL(made.output) };
      this.#setResult(result);
      this.#enter("done");
      this.#tell("lip-sync-result", result);
      return result;
    } catch (thrown) {
      const { toEngineError } = await import("../core/errors.ts");
      const error = toEngineError(thrown);
      if (this.#controller === controller) {
        const cancelled = error.code === "job/cancelled";
        this.trouble = cancelled ? null : error;
        this.#enter(cancelled ? (this.result ? "done" : "idle") : "error");
      }
      this.#tell("lip-sync-error", error);
      throw error;
    } finally {
      if (this.#controller === controller) this.#controller = null;
    }
  }

  /** Stops the running job; everything else stays as it is. */
  cancel(): void {
    this.#controller?.abort();
  }

  /**
   * Saves the result as a file.
   * @returns false when there is none yet.
   */
  download(fileName = `${this.name ?? "lip-sync"}.${this.format ?? "mp4"}`): boolean {
    if (!this.result) return false;
    const link = document.createElement("a");
    link.href = this.result.url;
    link.download = fileName;
    link.click();
    return true;
  }

  /**
   * Renders a voice on the picture and plays it; resolves when it was spoken.
   * Call {@link prepare} first, so that the engine is ready.
   * @throws EngineError as {@link generate}; DOMException `NotAllowedError` when the page may not play sound yet.
   */
  async speak(audio: ElementMedia): Promise<void> {
    this.audio = audio;
    await this.generate();
    await this.play();
  }

  /** Plays the result; resolves at its end. */
  async play(): Promise<void> {
    await this.updateComplete;
    const player = this.renderRoot.querySelector<HTMLVideoElement>("video[data-result]");
    if (!player) return;
    await player.play();
    this.#enter("speaking");
    await new Promise<void>((resolve) => {
      const stopped = () => {
        player.removeEventListener("ended", stopped);
        player.removeEventListener("pause", stopped);
        resolve();
      };
      player.addEventListener("ended", stopped);
      player.addEventListener("pause", stopped);
    });
    if (this.state === "speaking") this.#enter("done");
  }

  #stop(): void {
    this.renderRoot.querySelector<HTMLVideoElement>("video[data-result]")?.pause();
  }

  #tell<Name extends keyof LipSyncEventMap>(name: Name, detail: LipSyncEventMap[Name]["detail"]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  #enter(state: LipSyncState): void {
    if (state === this.state) return;
    this.state = state;
    this.#tell("lip-sync-statechange", { state });
  }

  #setResult(result: LipSyncResult | null): void {
    if (this.result) URL.revokeObjectURL(this.result.url);
    this.result = result;
    const file = result
      ? new File([result.output], `${this.name ?? "lip-sync"}.${this.format ?? "mp4"}`, {
          type: result.output.type,
        })
      : null;
    this.#internals?.setFormValue(file);
    this.requestUpdate();
  }

  /** Draws the mouth line from the voices; a voice that cannot be heard fails in the job itself. */
  async #listen(engine: Engine, signal: AbortSignal): Promise<void> {
    const voices = this.#voices();
    const heard = await Promise.all(
      voices.map(async (voice) => {
        try {
          return (await engine.hear(await fetchMedia(voice, "audio"), { signal })).aperture;
        } catch {
          return null;
        }
      }),
    );
    if (!signal.aborted) this.aperture = heard;
  }

  #draw(frame: ImageBitmap): void {
    const canvas = this.renderRoot.querySelector("canvas");
    if (canvas) {
      if (canvas.width !== frame.width || canvas.height !== frame.height) {
        canvas.width = frame.width;
        canvas.height = frame.height;
      }
      canvas.getContext("2d")?.drawImage(frame, 0, 0);
      canvas.classList.add("on");
      this.#tell("lip-sync-preview", { canvas });
    }
    frame.close();
  }

  #voices(): ElementMedia[] {
    return [this.leftAudio ?? this.audio, this.rightAudio].filter((voice) => voice !== null);
  }

  #url(media: ElementMedia): string {
    if (typeof media === "string") return media;
    const known = this.#urls.get(media) ?? URL.createObjectURL(media);
    this.#urls.set(media, known);
    return known;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const inputs = ["image", "video", "audio", "leftAudio", "rightAudio"] as const;
    if (inputs.some((input) => changed.has(input))) this.aperture = [];
    if (changed.has("state") && this.#internals)
      this.#internals.ariaBusy = String(this.state === "rendering");
  }

  protected override render(): TemplateResult {
    const words = wordsFor(languageAt(this));
    const { news } = this;
    const done = { idle: 0, error: 0, rendering: news?.progress ?? 0, done: 1, speaking: 1 }[this.state];
    const voices = Math.max(1, this.#voices().length);
    const lines = Array.from({ length: voices }, (_, index) =>
      mouthLine(this.aperture[index] ?? null, done, index === 1),
    );
    return html`<div
      class="box"
      role="group"
      aria-label=${this.label ?? nothing}
      style="--_ratio:${this.ratio}"
    >
      <div class="stage" part="stage">${this.#stage()}</div>
      <div class="side">
        <div>${lines}</div>
        ${this.#files(words)}
        <div class="stays">${icon("shield")}${words.stays}</div>
        <div class="foot">
          <span class="status ${this.state === "error" ? "bad" : ""}" role="status" part="status"
            >${statusText(this.state, this.news, this.trouble, words)}</span
          >
          <slot name="actions"></slot>
          ${this.#action(words)}
        </div>
      </div>
      <div class="mini">
        ${this.#miniAction(words)}${lines[0]}<span class="status" role="status"
          >${statusText(this.state, this.news, this.trouble, words)}</span
        >
      </div>
    </div>`;
  }

  #stage(): TemplateResult {
    const label = this.label ?? "";
    if (this.result && this.state !== "rendering") {
      return html`<video
        data-result
        part="media"
        src=${this.result.url}
        playsinline
        aria-label=${label || nothing}
      ></video>`;
    }
    const source = this.video
      ? html`<video
          part="media"
          src=${this.#url(this.video)}
          muted
          playsinline
          aria-label=${label || nothing}
        ></video>`
      : this.image
        ? html`<img part="media" src=${this.#url(this.image)} alt=${label} />`
        : html`<div class="empty"><slot></slot></div>`;
    return html`${source}${this.state === "rendering" ? html`<canvas aria-hidden="true"></canvas>` : nothing}`;
  }

  #ready(): boolean {
    return (this.image !== null || this.video !== null) && this.#voices().length > 0;
  }

  readonly #start = (): void => {
    // The failure is shown and dispatched; there is nobody else to catch it here.
    if (this.#ready()) this.generate().catch(() => undefined);
  };

  #action(words: Words): TemplateResult {
    switch (this.state) {
      case "rendering":
        return html`<button part="button" @click=${() => this.cancel()}>${words.cancel}</button>`;
      case "done":
      case "speaking":
        return html`<button
            part="button"
            @click=${() => (this.state === "speaking" ? this.#stop() : void this.play().catch(() => undefined))}
          >
            ${icon(this.state === "speaking" ? "stop" : "play")}${this.state === "speaking" ? words.stop : words.play}
          </button>
          <button part="button" class="go" @click=${() => this.download()}>
            ${icon("download")}${words.download}
          </button>`;
      default:
        return html`<button part="button" class="go" aria-disabled=${!this.#ready()} @click=${this.#start}>
          ${this.state === "error" ? words.tryAgain : words.generate}
        </button>`;
    }
  }

  #miniAction(words: Words): TemplateResult {
    const [name, label, press] =
      this.state === "rendering" || this.state === "speaking"
        ? (["stop", words.stop, () => (this.state === "speaking" ? this.#stop() : this.cancel())] as const)
        : (["play", words.play, () => void this.#playOrGenerate().catch(() => undefined)] as const);
    return html`<button part="button" class="go" aria-label=${label} title=${label} @click=${press}>
      ${icon(name)}
    </button>`;
  }

  async #playOrGenerate(): Promise<void> {
    if (!this.result && this.#ready()) await this.generate();
    await this.play();
  }

  #files(words: Words): TemplateResult {
    const actions = {
      choose: (place: VoiceProperty) => void this.#choose(place),
      record: (place: VoiceProperty) => void this.#record(place),
    };
    const row = (place: VoiceProperty, label: string) =>
      voiceRow({ media: this[place], place, label, words, recording: this.recording !== null, ...actions });
    const pair = this.leftAudio !== null || this.rightAudio !== null;
    return pair
      ? html`<div>${row("leftAudio", words.left)}${row("rightAudio", words.right)}</div>`
      : row("audio", words.voice);
  }

  async #choose(property: VoiceProperty): Promise<void> {
    const file = await chooseFile("audio/*,video/*");
    if (file) this[property] = file;
  }

  async #record(property: VoiceProperty): Promise<void> {
    try {
      if (this.recording) {
        this[property] = await this.recording.stop();
        this.recording = null;
      } else this.recording = await startRecording();
    } catch (thrown) {
      const { EngineError } = await import("../core/errors.ts");
      this.trouble = new EngineError("input/audio", `The microphone did not start: ${String(thrown)}`);
      this.#enter("error");
    }
  }
}
