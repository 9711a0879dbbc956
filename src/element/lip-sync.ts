import { LitElement, type PropertyValues, type TemplateResult } from "lit";
import type {
  CaptureOptions,
  FollowedSound,
  FollowOptions,
  Latency,
  LiveSession,
  SpeakOptions,
  StreamedVoice,
  Utterance,
  UtteranceEnd,
  UtteranceStart,
} from "../engine/lip-sync.ts";
import type { EngineError } from "../job/errors.ts";
import { createActions } from "./actions.ts";
import { showState, tell, type LipSyncResult, type LipSyncState } from "./events.ts";
import { elementRequest, type ElementMedia } from "./element-request.ts";
import { LipSyncProperties } from "./properties.ts";
import { LivePlayer, whenSeen } from "./live-player.ts";
import { drawFrame, MediaUrls, saveAs, untilSilent } from "./media-urls.ts";
import { apertures, loadEngine } from "./shared-engine.ts";
import { styles } from "./styles.ts";
import { renderView, voicesOf } from "./view.ts";
import { errorText, languageAt, loadWords, wordsFor } from "./words.ts";

const INPUTS = ["image", "video", "audio", "leftAudio", "rightAudio"] as const;
/** What a live face is made of. */
const LOOKS = ["image", "video", "maskImage", "prompt", "seed", "resolution", "backend"] as const;

/**
 * A picture, video or pair of faces that speaks. Everything happens in the browser; nothing is uploaded.
 *
 * @tag lip-sync
 * @slot - Shown on the stage while there is neither picture nor video.
 * @slot actions - Further controls beside the element's own.
 * @event {CustomEvent<JobProgress>} lip-sync-progress - Progress of the running job.
 * @event {CustomEvent} lip-sync-preview - A frame was drawn on the stage's canvas.
 * @event {CustomEvent<LipSyncResult>} lip-sync-result - The job is done.
 * @event {CustomEvent<EngineError>} lip-sync-error - The job failed; `detail.code` says how.
 * @event {CustomEvent<UtteranceStart>} lip-sync-speakstart - An utterance of `speak()` begins to be heard.
 * @event {CustomEvent<UtteranceEnd>} lip-sync-speakend - It is over; `detail.reason` says how.
 * @event {CustomEvent} lip-sync-blocked - `detail.blocked`: the browser waits for a click before it lets the page sound.
 * @event {CustomEvent} lip-sync-statechange - `detail.state` is the new state.
 * @cssstate idle - Nothing is done.
 * @cssstate preparing - The engine, or the face, is loaded.
 * @cssstate rendering - A job runs.
 * @cssstate done - There is a result.
 * @cssstate speaking - A voice is heard.
 * @cssstate error - The last work failed.
 * @csspart stage - The area of the picture.
 * @csspart media - The picture or the video on the stage.
 * @csspart canvas - The face that speaks live, over the picture.
 * @csspart hint - Asks for the click without which the browser lets no sound out.
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
export class LipSyncElement extends LipSyncProperties {
  static readonly formAssociated = true;
  static override styles = styles;
  static override shadowRootOptions: ShadowRootInit = {
    ...LitElement.shadowRootOptions,
    delegatesFocus: true,
  };
  /** The last result; null before there is one. */
  result: LipSyncResult | null = null;
  readonly #internals: ElementInternals | null;
  #state: LipSyncState = "idle";
  #controller: AbortController | null = null;
  #leaving = new AbortController();
  #utterances = 0;
  readonly #player = new LivePlayer(
    loadEngine,
    (blocked) => {
      this.blocked = blocked;
      tell(this, "lip-sync-blocked", { blocked });
    },
    () => this.requestUpdate(),
  );
  readonly #urls = new MediaUrls();
  readonly #actions = createActions(this, {
    onRecording: (recording) => (this.recording = recording),
    onMicrophone: () => this.requestUpdate(),
    onFailed: (thrown) => void this.#failed(thrown, () => true),
  });

  constructor() {
    super();
    this.#internals = "attachInternals" in this ? this.attachInternals() : null;
    showState(this.#internals, "idle");
  }

  /** What the element is doing; for styles a custom state: `lip-sync:state(rendering)`. */
  get state(): LipSyncState {
    return this.#state;
  }

  /** The form that the element belongs to. */
  get form(): HTMLFormElement | null {
    return this.#internals?.form ?? null;
  }

  /** Whether a voice is being heard: of `speak()`, or of the result. */
  get speaking(): boolean {
    return this.state === "speaking";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#leaving = new AbortController();
    if (!this.hasUpdated) return;
    // Its addresses were released and its face was closed with the last place.
    this.requestUpdate();
    this.#awaken();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leaving.abort();
    this.cancel();
    this.#actions.release();
    this.#player.close();
    if (this.state === "preparing" || this.state === "speaking") this.#settle();
    this.#urls.release();
  }

  /** Called by the browser when the form is reset. */
  formResetCallback(): void {
    this.cancel();
    this.#setResult(null);
    this.errorMessage = null;
    this.#enter("idle");
  }

  /** Loads the engine and its models, and the face of a picture, ahead of the first `generate()` or `speak()`. */
  async prepare(): Promise<void> {
    const lipSync = await loadEngine();
    await lipSync.warmUp(this.backend ? { backend: this.backend } : {});
    if (this.image !== null && this.video === null) await this.#player.open(this);
  }

  /**
   * Renders what the properties say.
   * @returns the result; it is also dispatched as `lip-sync-result` and becomes the element's value in a form.
   * @throws EngineError also dispatched as `lip-sync-error`.
   */
  async generate(): Promise<LipSyncResult> {
    this.cancel();
    this.#player.stop();
    const controller = new AbortController();
    this.#controller = controller;
    this.errorMessage = null;
    this.latestProgress = null;
    this.facing = this.live;
    this.#enter("rendering");
    try {
      const [lipSync, request] = await Promise.all([loadEngine(), elementRequest(this)]);
      void apertures(lipSync, voicesOf(this), controller.signal).then((aperture) => {
        if (!controller.signal.aborted) this.aperture = aperture;
      });
      const made = await lipSync.run(request, {
        signal: controller.signal,
        onProgress: (latestProgress) => {
          this.latestProgress = latestProgress;
          tell(this, "lip-sync-progress", latestProgress);
        },
        onPreview: (frame) => this.#draw(frame),
      });
      const result: LipSyncResult = { ...made, url: URL.createObjectURL(made.output) };
      this.#setResult(result);
      this.#enter("done");
      tell(this, "lip-sync-result", result);
      return result;
    } catch (thrown) {
      throw await this.#failed(thrown, () => this.#controller === controller);
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
    saveAs(this.result.url, fileName);
    return true;
  }

  /**
   * Speaks a voice with the face of the picture, at once: the face is prepared with the first call (or before, by
   * {@link prepare} or `live`) and stays alive between calls. Interrupts what is being spoken, unless told to queue.
   * With `video` in place of a picture, renders the video first and plays it.
   * @param audio an address, a file, a decoded sound, or a voice that is still arriving: a response, a stream, samples.
   * @returns how it ended; also dispatched as `lip-sync-speakend`.
   * @throws EngineError also dispatched as `lip-sync-error`; `job/cancelled` when `signal` was aborted.
   */
  async speak(
    audio: ElementMedia | AudioBuffer | StreamedVoice,
    options: SpeakOptions = {},
  ): Promise<UtteranceEnd | null> {
    if (this.video !== null && (typeof audio === "string" || audio instanceof Blob)) {
      this.cancel();
      this.audio = audio;
      await this.generate();
      await this.play();
      return null;
    }
    return this.#perform((session) => session.speak(audio, { ...this.#timing(), ...options }));
  }

  /**
   * Follows a sound with the face of the picture until it ends or {@link stop} is called: a microphone, a call's remote
   * voice, an element that plays. The sound is delayed with its lips; see `latency`.
   * @returns how it ended; also dispatched as `lip-sync-speakend`.
   * @throws EngineError also dispatched as `lip-sync-error`.
   */
  follow(sound: FollowedSound, options: FollowOptions = {}): Promise<UtteranceEnd> {
    return this.#perform((session) => session.follow(sound, { ...this.#timing(), ...options }));
  }

  /** The face as a stream, with its sound, for calls and recorders; it lasts as long as the face. */
  async captureStream(options: CaptureOptions = {}): Promise<MediaStream> {
    return (await this.#player.open(this)).captureStream(options);
  }

  #timing(): { latency?: Latency } {
    return this.latency ? { latency: this.latency } : {};
  }

  async #perform(begin: (session: LiveSession) => Utterance): Promise<UtteranceEnd> {
    this.cancel();
    // What was set just now counts.
    if (this.isConnected) await this.updateComplete;
    const mine = ++this.#utterances;
    this.errorMessage = null;
    this.facing = true;
    if (!this.#player.canvas) this.#enter("preparing");
    else if (this.state === "error") this.#settle();
    try {
      const session = await this.#player.open(this);
      const utterance = begin(session);
      const start = (begun: UtteranceStart) => {
        this.#enter("speaking");
        tell(this, "lip-sync-speakstart", begun);
      };
      utterance.started.then(start, () => undefined);
      const end = await utterance;
      if (!session.speaking && mine === this.#utterances) this.#settle();
      tell(this, "lip-sync-speakend", end);
      return end;
    } catch (thrown) {
      throw await this.#failed(thrown, () => mine === this.#utterances);
    }
  }

  /** Silences what is being spoken or played; the face stays. */
  stop(): void {
    this.#player.stop();
    this.#find<HTMLVideoElement>("video[data-result]")?.pause();
  }

  /** Plays the result; resolves at its end. */
  async play(): Promise<void> {
    this.#player.stop();
    if (this.result) this.facing = false;
    await this.updateComplete;
    const player = this.#find<HTMLVideoElement>("video[data-result]");
    if (!player) return;
    await player.play();
    this.#enter("speaking");
    await untilSilent(player);
    if (this.state === "speaking") this.#settle();
  }

  #enter(state: LipSyncState): void {
    const before = this.#state;
    if (state === before) return;
    this.#state = state;
    showState(this.#internals, state, before);
    this.requestUpdate("state", before);
    tell(this, "lip-sync-statechange", { state });
  }

  /** After work that ended without trouble. */
  #settle(): void {
    this.#enter(this.result ? "done" : "idle");
  }

  /** Dispatches a failure, and shows it where it is the `latest` work's; a cancellation is none. */
  async #failed(thrown: unknown, latest: () => boolean): Promise<EngineError> {
    const { toEngineError } = await import("../job/errors.ts");
    const error = toEngineError(thrown);
    const errorMessage = error.code === "job/cancelled" ? null : await errorText(error, languageAt(this));
    if (latest()) {
      this.errorMessage = errorMessage;
      if (this.errorMessage) this.#enter("error");
      else this.#settle();
    }
    tell(this, "lip-sync-error", error);
    return error;
  }

  /** Prepares the face of a player when it comes into sight; what goes wrong is said by the first `speak()`. */
  #awaken(): void {
    if (!this.live || this.image === null || this.video !== null) return;
    whenSeen(this, this.#leaving.signal, () => void this.#player.open(this).catch(() => undefined));
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

  /** Of what it shows; nothing before it was in a page. */
  #find<Found extends Element>(selector: string): Found | null {
    return this.shadowRoot?.querySelector<Found>(selector) ?? null;
  }

  #draw(frame: ImageBitmap): void {
    const canvas = this.#find<HTMLCanvasElement>("canvas[data-preview]");
    if (canvas) {
      drawFrame(frame, canvas);
      tell(this, "lip-sync-preview", { canvas });
    }
    frame.close();
  }

  protected override scheduleUpdate(): Promise<unknown> {
    return loadWords(languageAt(this)).then(() => super.scheduleUpdate());
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (INPUTS.some((input) => changed.has(input))) this.aperture = [];
    const looks = LOOKS.some((look) => changed.has(look));
    if (this.hasUpdated && looks) this.#player.close();
    if (this.live && (looks || changed.has("live"))) this.facing = true;
    if (changed.has("state") && this.#internals)
      this.#internals.ariaBusy = String(this.state === "rendering" || this.state === "preparing");
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("live") || LOOKS.some((look) => changed.has(look))) this.#awaken();
  }

  protected override render(): TemplateResult {
    const { state, latestProgress, errorMessage, label, ratio, live, blocked, result, aperture, recording } =
      this;
    const microphone = this.microphone && this.#actions.microphone;
    return renderView({
      form: this,
      words: wordsFor(languageAt(this)),
      ...{ state, latestProgress, errorMessage, label, ratio, live, blocked, result, aperture, recording },
      microphone,
      canvas: this.facing ? this.#player.canvas : null,
      url: (media) => this.#urls.of(media),
      actions: this.#actions,
    });
  }
}
