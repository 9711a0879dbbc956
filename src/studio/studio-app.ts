import { html, LitElement, nothing, type TemplateResult } from "lit";
import { bar } from "./bar.ts";
import { Player } from "./dock/player.ts";
import { stageDock } from "./dock/stage-dock.ts";
import { formatPercent } from "./format.ts";
import { keepsKeys, keyAction, type KeyAction } from "./keyboard.ts";
import { settingsPage } from "./pages/settings-page.ts";
import { inputsPanel, type InputsActions } from "./panel/inputs-panel.ts";
import { stageProblem } from "./panel/problem-box.ts";
import { progressPanel, timeLeft } from "./panel/progress-panel.ts";
import type { StudioRecorder } from "./panel/recorder.ts";
import type { StudioResultPanel } from "./panel/result-panel.ts";
import type { StudioResultStage } from "./stage/result-stage.ts";
import { toastNote, updateNote } from "./panel/toast.ts";
import { clipboardFiles, filesOf } from "./paste.ts";
import { fetchSample, SAMPLE_VOICE, type Sample } from "./samples.ts";
import { keysSheet } from "./sheets/keys-sheet.ts";
import { privacySheet } from "./sheets/privacy-sheet.ts";
import { emptyStage } from "./stage/empty-stage.ts";
import { pictureStage } from "./stage/picture-stage.ts";
import { followAddress } from "./state/address.ts";
import type { VoicePlace } from "./state/take-files.ts";
import type { Sheet, StudioState, View, VoiceInput } from "./state/studio-state.ts";
import { livePicture, missing, subject } from "./state/readiness.ts";
import { Studio } from "./state/studio.ts";
import { t } from "./strings.ts";
import { watchTraffic } from "./traffic.ts";

/** What few visitors open; its code is fetched when they do. */
const ON_DEMAND: Readonly<Partial<Record<View | Sheet, () => Promise<unknown>>>> = {
  api: () => import("./pages/api-page.ts"),
  batch: () => import("./sheets/batch-sheet.ts"),
  live: () => import("./sheets/live-sheet.ts"),
  models: () => import("./sheets/models-sheet.ts"),
};

/** The studio's page. */
export class StudioApp extends LitElement {
  readonly #studio = new Studio();
  readonly #player = new Player();
  /** Plays a single voice from its card. */
  readonly #voicePlayer = new Audio();
  readonly #traffic = watchTraffic(() => this.requestUpdate());
  #voiceUrl = "";
  #spokenPercent = 0;
  #dragDepth = 0;
  #shownMask: { blob: Blob | null; url: string | null } = { blob: null, url: null };

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#studio.store.subscribe((state, previous) => this.#changed(state, previous));
    this.#studio.onPreferences(() => this.requestUpdate());
    this.#studio.announce = (sentence) => this.#announce(sentence);
    this.#voicePlayer.addEventListener("pause", () => this.requestUpdate());
    this.#voicePlayer.addEventListener("play", () => this.requestUpdate());
    document.addEventListener("keydown", (event) => this.#onKey(event));
    document.addEventListener("paste", (event) => this.#onPaste(event));
    document.addEventListener("dragenter", (event) => this.#onDrag(event, 1));
    document.addEventListener("dragleave", (event) => this.#onDrag(event, -1));
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => this.#onDrop(event));
    const studio = this.#studio;
    followAddress({ store: studio.store, show: (view) => studio.show(view) });
    void studio.restore();
  }

  #changed(state: StudioState, previous: StudioState): void {
    this.requestUpdate();
    const { job } = state;
    for (const opened of [state.sheet, state.view]) {
      if (opened === null || opened === previous.sheet || opened === previous.view) continue;
      ON_DEMAND[opened]?.().catch(() => this.#studio.toastError("input/fetch"));
    }
    if (job && !previous.job) {
      this.#spokenPercent = 0;
      this.#voicePlayer.pause();
      this.#announce(t.rendering());
    }
    if (job) {
      const quarter = Math.floor(job.progress * 4) * 25;
      if (quarter > this.#spokenPercent && quarter < 100) {
        this.#spokenPercent = quarter;
        this.#announce(t.announceHalf(formatPercent(quarter / 100), timeLeft(job)));
      }
    }
    if (previous.job && !job && state.result !== previous.result) this.#announce(t.ready());
    else if (previous.job && !job && !state.failure) this.#announce(t.cancelled());
    const picture = subject(state);
    // A problem is an alert of its own.
    if (picture?.faces && !picture.problem && !subject(previous)?.faces) {
      const { length } = picture.faces;
      const none = picture.unseen ? t.videoUnseen() : t.videoFaceless();
      this.#announce(length === 0 ? none : length === 1 ? t.faceFound() : t.facesFound(length));
    }
  }

  #announce(sentence: string): void {
    const region = this.querySelector("#live");
    if (region) region.textContent = sentence;
  }

  #choose(kinds: "all" | "picture" | "voice", place?: VoicePlace): void {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = kinds === "all";
    input.accept =
      kinds === "picture"
        ? this.#studio.state.mode === "video"
          ? "video/*"
          : "image/*"
        : kinds === "voice"
          ? "audio/*,video/*"
          : "image/*,audio/*,video/*,.onnx,.json,.csv";
    input.addEventListener("change", () =>
      this.#studio.inputs.take([...(input.files ?? [])], kinds === "voice" ? place : undefined),
    );
    input.click();
  }

  async #paste(): Promise<void> {
    try {
      const files = await clipboardFiles();
      if (files.length > 0) this.#studio.inputs.take(files);
      else this.#studio.toast(t.pasteEmpty());
    } catch {
      this.#studio.toast(t.pasteEmpty());
    }
  }

  async #sample(sample: Sample): Promise<void> {
    const files = await Promise.all([sample.picture, ...sample.voices].map(fetchSample)).catch(() => null);
    if (!files) return this.#studio.toastError("input/fetch");
    const [picture, ...voices] = files;
    this.#studio.setMode(sample.mode);
    this.#studio.inputs.setPicture(picture!);
    voices.forEach((voice, place) => this.#studio.inputs.setVoice(voice, place as VoicePlace));
  }

  #generate(): void {
    if (this.#studio.state.job || missing(this.#studio.state) !== null) return;
    void this.#studio.rendering.generate();
  }

  readonly #actions: InputsActions = {
    choose: (place) => this.#choose("voice", place),
    choosePicture: () => this.#choose("picture"),
    generate: () => this.#generate(),
    isPlaying: (voice) => this.#voiceUrl === voice.url && !this.#voicePlayer.paused,
    listen: (voice) => this.#listen(voice),
    sampleVoice: (place) =>
      void fetchSample(SAMPLE_VOICE).then(
        (file) => this.#studio.inputs.setVoice(file, place),
        () => this.#studio.toastError("input/fetch"),
      ),
  };

  #listen(voice: VoiceInput): void {
    if (this.#actions.isPlaying(voice)) {
      this.#voicePlayer.pause();
      return;
    }
    this.#player.pause();
    if (this.#voiceUrl !== voice.url) this.#voicePlayer.src = voice.url;
    this.#voiceUrl = voice.url;
    void this.#voicePlayer.play().catch(() => this.requestUpdate());
  }

  #onPaste(event: ClipboardEvent): void {
    const files = filesOf(event.clipboardData);
    if (files.length === 0) return;
    event.preventDefault();
    this.#studio.inputs.take(files);
  }

  #onDrag(event: DragEvent, step: number): void {
    event.preventDefault();
    this.#dragDepth = Math.max(0, this.#dragDepth + step);
    this.#studio.store.update({ dragging: this.#dragDepth > 0 });
  }

  #onDrop(event: DragEvent): void {
    event.preventDefault();
    this.#dragDepth = 0;
    this.#studio.store.update({ dragging: false, view: "stage" });
    this.#studio.inputs.take(filesOf(event.dataTransfer));
  }

  #onKey(event: KeyboardEvent): void {
    const action = keyAction(event, keepsKeys(event.target, event.key), this.#studio.preferences.singleKeys);
    if (!action || event.defaultPrevented) return;
    if (this.#act(action)) event.preventDefault();
  }

  /** @returns whether the key meant something here. */
  #act(action: KeyAction): boolean {
    const studio = this.#studio;
    const { state } = studio;
    const resultPanel = this.querySelector<StudioResultPanel>("studio-result-panel");
    switch (action) {
      case "open":
        this.#choose("all");
        return true;
      case "generate":
        this.#generate();
        return true;
      case "escape":
        if (resultPanel?.closeMenu()) return true;
        if (state.sheet) studio.store.update({ sheet: null });
        else if (state.tool) studio.store.update({ tool: null });
        else if (state.job) studio.rendering.cancel();
        else return false;
        return true;
      case "play":
        this.#player.toggle();
        return this.#player.media !== null;
      case "frame-back":
      case "frame-on": {
        this.#player.pause();
        this.#player.seek(this.#player.position + (action === "frame-on" ? 0.04 : -0.04));
        return true;
      }
      case "next-face": {
        const picture = subject(state);
        const count = picture?.faces?.length ?? 0;
        if (picture && count > 1) studio.inputs.chooseFace((picture.chosen + 1) % count);
        return count > 1;
      }
      case "mask":
        if (!subject(state)?.faces?.length || state.job) return false;
        studio.store.update({ tool: state.tool === "mask" ? null : "mask", showResult: false });
        return true;
      case "record": {
        const recorder = this.querySelector<StudioRecorder>("studio-recorder");
        if (recorder) recorder.stop();
        else if (!state.job) studio.store.update({ recording: 0, showResult: false });
        return true;
      }
      case "download":
        resultPanel?.download();
        return resultPanel !== null;
      case "privacy":
        studio.toggleSheet("privacy");
        return true;
      case "help":
        studio.toggleSheet("keys");
        return true;
      case "queue":
      case "batch":
        studio.toggleSheet(action);
        return true;
      case "compare":
        return this.querySelector<StudioResultStage>("studio-result-stage")?.compare() ?? false;
      case "report":
        void resultPanel?.saveReport();
        return resultPanel !== null;
      case "undo": {
        const { toast } = state;
        if (!toast?.undo) return false;
        studio.dismissToast();
        toast.undo();
        return true;
      }
    }
  }

  #stage(state: StudioState): TemplateResult {
    const studio = this.#studio;
    const { mode, tool, job, result } = state;
    const picture = subject(state);
    if (tool === "camera") {
      return html`<studio-camera-stage
        @snapshot=${(event: CustomEvent<File>) => studio.inputs.setPicture(event.detail)}
        @cancel=${() => studio.store.update({ tool: null })}
      ></studio-camera-stage>`;
    }
    if (job) return html`<studio-live-stage .studio=${studio} .job=${job}></studio-live-stage>`;
    if (result && state.showResult) {
      return html`<studio-result-stage .result=${result} .player=${this.#player}></studio-result-stage>`;
    }
    if (!picture) {
      return emptyStage(
        { dragging: state.dragging, mode, firstTime: !studio.preferences.modelsFetched },
        {
          choose: () => this.#choose("all"),
          camera: () => studio.store.update({ tool: "camera" }),
          paste: () => void this.#paste(),
          sample: (sample) => void this.#sample(sample),
        },
      );
    }
    if (tool === "mask" && picture.faces && picture.faces.length > 0) {
      return html`<studio-mask-painter
        .picture=${picture}
        .everyFace=${mode === "dialogue"}
        .mask=${state.options.mask}
        @done=${(event: CustomEvent<Blob | null>) => {
          studio.setOptions({ mask: event.detail });
          studio.store.update({ tool: null });
        }}
      ></studio-mask-painter>`;
    }
    return html`${pictureStage(picture, mode, this.#maskUrl(state.options.mask), {
      chooseFace: (index) => studio.inputs.chooseFace(index),
      paintMask: () => studio.store.update({ tool: "mask" }),
    })}
    ${
      picture.problem
        ? stageProblem(picture.problem, "picture", [
            { label: t.eOther(), press: () => this.#choose("picture"), primary: true },
            ...(picture.problem.code.startsWith("input/")
              ? []
              : [{ label: t.tryAgain(), press: () => studio.inputs.readAgain() }]),
          ])
        : nothing
    }`;
  }

  /** An object URL of the mask; the old one is released. */
  #maskUrl(mask: Blob | null): string | null {
    if (mask !== this.#shownMask.blob) {
      if (this.#shownMask.url) URL.revokeObjectURL(this.#shownMask.url);
      this.#shownMask = { blob: mask, url: mask ? URL.createObjectURL(mask) : null };
    }
    return this.#shownMask.url;
  }

  /** Before rendering, the transport plays the voice. */
  protected override updated(): void {
    const { state } = this.#studio;
    if (state.job || (state.result && state.showResult)) return;
    const voice = state.mode === "dialogue" ? null : state.voices[0];
    if (voice && this.#voiceUrl !== voice.url) {
      this.#voicePlayer.src = voice.url;
      this.#voiceUrl = voice.url;
    }
    this.#player.attach(voice ? this.#voicePlayer : null);
  }

  #panel(state: StudioState): TemplateResult {
    const studio = this.#studio;
    if (state.sheet === "queue")
      return html`<studio-queue-sheet .studio=${studio} .rows=${state.rows}></studio-queue-sheet>`;
    if (state.sheet === "batch") {
      return html`<studio-batch-sheet
        .studio=${studio}
        .choose=${() => this.#choose("all")}
      ></studio-batch-sheet>`;
    }
    if (state.sheet === "models") return html`<studio-models-sheet .studio=${studio}></studio-models-sheet>`;
    if (state.sheet === "live") {
      return html`<studio-live-sheet .studio=${studio} .picture=${livePicture(state)}></studio-live-sheet>`;
    }
    if (state.sheet === "privacy") return privacySheet(studio, this.#traffic());
    if (state.sheet === "keys") return keysSheet(studio);
    if (state.job) return progressPanel(state.job, () => studio.rendering.cancel());
    if (state.result && state.showResult) {
      return html`<studio-result-panel
        .studio=${studio}
        .result=${state.result}
        .choose=${() => this.#choose("all")}
      ></studio-result-panel>`;
    }
    return inputsPanel(studio, this.#actions);
  }

  protected override render(): TemplateResult {
    const studio = this.#studio;
    const { state } = studio;
    const empty = !subject(state) && !state.job && !(state.result && state.showResult);
    const modeName = { photo: t.photo(), dialogue: t.dialogue(), video: t.video() }[state.mode];
    return html`${bar(studio, this.#traffic().sentBytes)}
      ${
        state.view === "settings"
          ? settingsPage(studio)
          : state.view === "api"
            ? html`<studio-api-page .studio=${studio}></studio-api-page>`
            : html`<main class="work ${state.sheet ? "sheet" : ""} ${state.dragging ? "dragging" : ""}">
                ${empty && state.tool !== "camera" ? nothing : html`<h1 class="sr">Dudak: ${modeName}</h1>`}
                <div class="left">
                  <div class="stagebox">${this.#stage(state)}</div>
                  ${stageDock(state, this.#player)}
                </div>
                ${this.#panel(state)}
              </main>`
      }
      ${updateNote(studio)}${toastNote(studio)}
      <div id="live" class="sr" role="status" aria-live="polite"></div>`;
  }
}

customElements.define("studio-app", StudioApp);
