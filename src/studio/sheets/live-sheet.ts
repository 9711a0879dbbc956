import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { updateWhenLocaleChanges } from "@lit/localize";
import type { Latency, LiveSession, Utterance } from "../../engine/lip-sync.ts";
import { icon } from "../icons.ts";
import { saveFile } from "../panel/save-file.ts";
import { section, segments } from "../panel/parts.ts";
import { inlineProblem } from "../panel/problem-box.ts";
import { deviceReason } from "../stage/device-reason.ts";
import type { Problem } from "../state/studio-state.ts";
import { asProblem } from "../state/problem.ts";
import type { Studio } from "../state/studio.ts";
import { t } from "../strings.ts";
import { sheet } from "./sheet.ts";

const TYPES = ["video/mp4;codecs=avc1,mp4a.40.2", "video/webm;codecs=vp9,opus", "video/webm"];

/** Talk, and the chosen face says it: the microphone followed, recorded where wanted. */
export class StudioLiveSheet extends LitElement {
  static override properties = {
    studio: { attribute: false },
    picture: { attribute: false },
    phase: { state: true },
    recording: { state: true },
    latency: { state: true },
    problem: { state: true },
    denied: { state: true },
  };
  declare studio: Studio;
  /** The chosen picture; another one gives another face. */
  declare picture: File | null;
  declare phase: "closed" | "preparing" | "ready" | "talking";
  declare recording: boolean;
  declare latency: Latency;
  /** What went wrong with the face or the sound. */
  declare problem: Problem | null;
  /** Why the microphone did not start. */
  declare denied: string;
  #session: LiveSession | null = null;
  #microphone: MediaStream | null = null;
  #following: Utterance | null = null;
  #recorder: MediaRecorder | null = null;

  constructor() {
    super();
    updateWhenLocaleChanges(this);
    this.picture = null;
    this.phase = "closed";
    this.recording = false;
    this.latency = "low";
    this.problem = null;
    this.denied = "";
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#close();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("picture")) {
      this.#close();
      if (this.picture) void this.#open(this.picture);
    }
    const place = this.querySelector(".liveface");
    const canvas = this.#session?.canvas;
    if (place && canvas && canvas.parentElement !== place) place.replaceChildren(canvas);
  }

  #close(): void {
    this.#stop();
    if (this.#recorder?.state === "recording") this.#recorder.stop();
    this.#session?.dispose();
    this.#session = null;
    this.phase = "closed";
  }

  async #open(picture: File): Promise<void> {
    this.phase = "preparing";
    this.problem = null;
    try {
      const { resolution, prompt, mask } = this.studio.state.options;
      const session = await this.studio.lipSync.live({
        image: picture,
        resolution,
        ...(prompt ? { prompt } : {}),
        ...(mask ? { maskImage: mask } : {}),
      });
      if (this.picture !== picture || !this.isConnected) {
        session.dispose();
        return;
      }
      session.canvas.setAttribute("role", "img");
      session.canvas.setAttribute("aria-label", t.liveFace());
      this.#session = session;
      this.phase = "ready";
    } catch (error) {
      this.problem = asProblem(error);
      this.phase = "closed";
    }
  }

  #stop(): void {
    this.#following?.stop();
    this.#following = null;
    this.#microphone?.getTracks().forEach((track) => track.stop());
    this.#microphone = null;
    if (this.phase === "talking") this.phase = "ready";
  }

  async #talk(): Promise<void> {
    const session = this.#session;
    if (!session) return;
    this.denied = "";
    try {
      this.#microphone = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    } catch (error) {
      this.denied = deviceReason(error);
      return;
    }
    if (this.#session !== session) return this.#stop();
    try {
      this.phase = "talking";
      this.#following = session.follow(this.#microphone, { latency: this.latency });
      await this.#following;
    } catch (error) {
      this.problem = asProblem(error);
    }
    this.#stop();
  }

  #record(): void {
    if (this.#recorder) {
      this.#recorder.stop();
      return;
    }
    const stream = this.#session!.captureStream();
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = () => {
      this.#recorder = null;
      this.recording = false;
      stream.getVideoTracks().forEach((track) => track.stop());
      const type = recorder.mimeType;
      const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
      saveFile(new Blob(parts, { type }), `dudak-${stamp}.${type.includes("mp4") ? "mp4" : "webm"}`);
    };
    recorder.start(1000);
    this.#recorder = recorder;
    this.recording = true;
  }

  protected override render(): TemplateResult {
    const { phase, studio } = this;
    const told = (what: TemplateResult) => html`<section class="sec">${what}</section>`;
    if (!this.picture) return sheet(studio, t.liveTitle(), told(html`<p class="muted">${t.livePick()}</p>`));
    const talking = phase === "talking";
    const busy = phase === "closed" || phase === "preparing";
    return sheet(
      studio,
      t.liveTitle(),
      html`<div class="liveface" ?hidden=${busy}></div>
        ${phase === "preparing" ? told(html`<p class="muted" role="status">${t.livePreparing()}</p>`) : nothing}
        ${this.problem ? told(inlineProblem(this.problem)) : nothing}
        ${this.denied ? told(html`<p class="note bad" role="alert">${t.noMic(this.denied)}</p>`) : nothing}
        <section class="sec row">
          <button
            class="btn primary"
            ?disabled=${busy}
            @click=${() => (talking ? this.#stop() : void this.#talk())}
          >
            ${icon(talking ? "stop" : "mic")}${talking ? t.liveStop() : t.liveTalk()}
          </button>
          <button class="btn" ?disabled=${busy} aria-pressed=${this.recording} @click=${() => this.#record()}>
            ${icon(this.recording ? "stop" : "film")}${this.recording ? t.liveSave() : t.record()}
          </button>
        </section>
        ${section(
          t.liveDelay(),
          html`${segments(
              "live-latency",
              t.liveDelay(),
              [
                { value: "low", label: t.liveLow() },
                { value: "quality", label: t.liveQuality() },
              ] as const,
              this.latency,
              (latency) => (this.latency = latency),
              "full",
            )}
            <p class="muted after">${t.liveNote()}</p>`,
        )}`,
    );
  }
}

customElements.define("studio-live-sheet", StudioLiveSheet);
