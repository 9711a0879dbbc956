import { updateWhenLocaleChanges } from "@lit/localize";
import { html, LitElement } from "lit";
import { icon } from "../icons.ts";
import { t } from "../strings.ts";
import { deviceReason } from "./device-reason.ts";

/** The camera on the stage; `snapshot` carries the picture as a file, `cancel` nothing. */
export class StudioCameraStage extends LitElement {
  static override properties = { errorMessage: { state: true }, live: { state: true } };
  declare errorMessage: string;
  declare live: boolean;
  #stream: MediaStream | null = null;

  constructor() {
    super();
    updateWhenLocaleChanges(this);
    this.errorMessage = "";
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
    this.#stop();
  }

  #stop(): void {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
  }

  async #start(): Promise<void> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        video: { width: { ideal: 1920 }, height: { ideal: 1080 }, facingMode: "user" },
      });
      if (!this.isConnected) {
        stream.getTracks().forEach((track) => track.stop());
        return;
      }
      this.#stream = stream;
      const video = this.querySelector("video")!;
      video.srcObject = stream;
      await video.play();
      this.live = true;
      await this.updateComplete;
      this.querySelector<HTMLButtonElement>("button.primary")?.focus();
    } catch (error) {
      this.errorMessage = t.noCamera(deviceReason(error));
    }
  }

  async #snap(): Promise<void> {
    const video = this.querySelector("video")!;
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext("2d")!.drawImage(video, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
    this.#stop();
    const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
    const file = new File([blob], `${t.untitled()}-${stamp}.jpg`, { type: blob.type });
    this.dispatchEvent(new CustomEvent<File>("snapshot", { detail: file }));
  }

  protected override render() {
    return html`<div class="stage" id="stage" tabindex="-1">
      <div class="meta">
        <span class="name clip">${t.camera()}</span><span class="clip">${t.mirrorNote()}</span>
      </div>
      <div class="canvas"><video class="camera" playsinline muted aria-label=${t.cameraLive()}></video></div>
      ${
        this.errorMessage
          ? html`<div class="errbox" role="alert">
              ${icon("warn")}
              <h2>${t.camera()}</h2>
              <p>${this.errorMessage}</p>
              <div class="row wrap"><button class="btn" @click=${this.#cancel}>${t.close()}</button></div>
            </div>`
          : html`<div class="toolbar" role="toolbar" aria-label=${t.camera()}>
              <button
                class="btn primary"
                aria-disabled=${!this.live}
                @click=${() => this.live && this.#snap()}
              >
                ${icon("camera")}${t.snap()}
              </button>
              <button class="btn ghost" @click=${this.#cancel}>${t.cancel()}</button>
            </div>`
      }
    </div>`;
  }

  #cancel = (): void => {
    this.#stop();
    this.dispatchEvent(new CustomEvent("cancel"));
  };
}

customElements.define("studio-camera-stage", StudioCameraStage);
