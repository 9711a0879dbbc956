import { updateWhenLocaleChanges } from "@lit/localize";
import { html, LitElement } from "lit";
import { formatTime } from "../format.ts";
import { icon } from "../icons.ts";
import { deviceReason } from "../stage/device-reason.ts";
import { t } from "../strings.ts";

const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const EXTENSIONS: Readonly<Record<string, string>> = { webm: "webm", mp4: "m4a", ogg: "ogg" };

/** Records a voice from the microphone; `recorded` carries the file, `cancel` nothing. */
export class StudioRecorder extends LitElement {
  static override properties = {
    errorMessage: { state: true },
    seconds: { state: true },
    live: { state: true },
  };
  declare errorMessage: string;
  declare seconds: number;
  declare live: boolean;
  #recorder: MediaRecorder | null = null;
  #stream: MediaStream | null = null;
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    updateWhenLocaleChanges(this);
    this.errorMessage = "";
    this.seconds = 0;
    this.live = false;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#release();
  }

  #release(): void {
    clearInterval(this.#clock);
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
  }

  async #start(): Promise<void> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
      if (!this.isConnected) {
        stream.getTracks().forEach((track) => track.stop());
        return;
      }
      this.#stream = stream;
      const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
      const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
      this.#recorder = recorder;
      const parts: Blob[] = [];
      recorder.ondataavailable = (event) => parts.push(event.data);
      recorder.onstop = () => {
        const type = recorder.mimeType;
        const extension = EXTENSIONS[/\/(\w+)/.exec(type)?.[1] ?? ""] ?? "webm";
        const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
        const file = new File(parts, `${t.voice().toLowerCase()}-${stamp}.${extension}`, { type });
        this.#release();
        this.dispatchEvent(new CustomEvent<File>("recorded", { detail: file }));
      };
      recorder.start(1000);
      const started = performance.now();
      this.live = true;
      this.#clock = setInterval(() => (this.seconds = (performance.now() - started) / 1000), 100);
      await this.updateComplete;
      this.querySelector("button")?.focus();
    } catch (error) {
      this.errorMessage = t.noMic(deviceReason(error));
    }
  }

  /** Ends the recording and hands the file over. */
  stop(): void {
    if (this.#recorder?.state === "recording") this.#recorder.stop();
  }

  protected override render() {
    if (this.errorMessage) {
      return html`<div class="slot">
        <p class="bad row" role="alert">${icon("warn")}<span>${this.errorMessage}</span></p>
        <button class="btn sm" @click=${() => this.dispatchEvent(new CustomEvent("cancel"))}>
          ${t.close()}
        </button>
      </div>`;
    }
    return html`<div class="slot recording">
      <span class="reddot" aria-hidden="true"></span>
      <span class="grow" role="timer">${t.recording(formatTime(this.seconds))}</span>
      <button class="btn sm primary" aria-disabled=${!this.live} @click=${() => this.stop()}>
        ${icon("stop")}${t.stopRecording()}
      </button>
    </div>`;
  }
}

customElements.define("studio-recorder", StudioRecorder);
