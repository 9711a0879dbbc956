import { html, nothing, type TemplateResult } from "lit";
import type { JobProgress } from "../job/job.ts";
import type { ElementFormState, ElementMedia } from "./element-request.ts";
import type { LipSyncResult, LipSyncState } from "./events.ts";
import { onFirstClick } from "./first-click.ts";
import { icon, mouthLine, statusText, voiceRow, type VoiceProperty } from "./parts.ts";
import type { Words } from "./words.ts";

/** What the element shows. */
export interface View {
  readonly form: ElementFormState;
  readonly words: Words;
  readonly state: LipSyncState;
  readonly latestProgress: JobProgress | null;
  /** What went wrong, in the words of the page. */
  readonly errorMessage: string | null;
  readonly label: string | null;
  readonly ratio: number;
  /** The form of a player: the stage alone. */
  readonly live: boolean;
  /** The live portrait, where it is to be seen. */
  readonly canvas: HTMLCanvasElement | null;
  /** The browser waits for a click before it lets the page sound. */
  readonly blocked: boolean;
  readonly result: LipSyncResult | null;
  /** The player's microphone; false where it has none. */
  readonly microphone: false | "off" | "asking" | "on";
  /** The voice that is being recorded. */
  readonly recording: VoiceProperty | null;
  readonly aperture: readonly (Float32Array | null)[];
  /** The address of a medium. */
  url(media: ElementMedia): string;
  readonly actions: ViewActions;
}

/** What the element's controls do. */
export interface ViewActions {
  generate(): void;
  cancel(): void;
  play(): void;
  stop(): void;
  download(): void;
  choose(place: VoiceProperty): void;
  record(place: VoiceProperty): void;
  /** Follows the microphone, or no longer. */
  talk(): void;
}

/** The voices of a form that are there. */
export function voicesOf({ audio, leftAudio, rightAudio }: ElementFormState): readonly ElementMedia[] {
  return [leftAudio ?? audio, rightAudio].filter((voice) => voice !== null);
}

/** Whether a job can be made of a form. */
export function isReady(form: ElementFormState): boolean {
  return (form.image !== null || form.video !== null) && voicesOf(form).length > 0;
}

/** The element's whole content. */
export function renderView(view: View): TemplateResult {
  const { words, label, ratio } = view;
  return html`<div
    class="box"
    role="group"
    aria-label=${label ?? nothing}
    .style=${`--_ratio:${String(ratio)}`}
  >
    <div class="stage" part="stage">
      ${stage(view)}${view.blocked ? html`<button class="hint" part="hint">${icon("play")}${words.hear}</button>` : nothing}
      ${view.live ? playerBar(view) : nothing}
    </div>
    ${view.live ? nothing : controls(view)}
  </div>`;
}

function stage(view: View): TemplateResult {
  const { form, result, state, canvas } = view;
  const label = view.label ?? "";
  if (result && state !== "rendering" && !canvas) {
    return html`<video
      data-result
      part="media"
      src=${result.url}
      playsinline
      aria-label=${label || nothing}
    ></video>`;
  }
  const source = form.video
    ? html`<video
        part="media"
        src=${view.url(form.video)}
        muted
        playsinline
        aria-label=${label || nothing}
      ></video>`
    : form.image
      ? html`<img part="media" src=${view.url(form.image)} alt=${label} />`
      : html`<div class="empty"><slot></slot></div>`;
  if (state === "rendering") return html`${source}<canvas data-preview aria-hidden="true"></canvas>`;
  return html`${source}${canvas ?? nothing}`;
}

function status({ state, latestProgress, errorMessage, words, blocked }: View): string {
  return blocked ? words.hear : statusText(state, latestProgress, errorMessage, words);
}

function controls(view: View): TemplateResult {
  const { state, words, form, latestProgress, aperture } = view;
  const done = {
    idle: 0,
    error: 0,
    preparing: 0,
    rendering: latestProgress?.progress ?? 0,
    done: 1,
    speaking: 1,
  }[state];
  const lines = Array.from({ length: Math.max(1, voicesOf(form).length) }, (_, index) =>
    mouthLine(aperture[index] ?? null, done, index === 1),
  );
  return html`<div class="side">
      <div>${lines}</div>
      ${files(view)}
      <div class="stays">${icon("shield")}${words.stays}</div>
      <div class="foot">
        <span class="status ${state === "error" ? "bad" : ""}" role="status" part="status"
          >${status(view)}</span
        >
        <slot name="actions"></slot>
        ${action(view)}
      </div>
    </div>
    <div class="mini">
      ${miniAction(view)}${lines[0]}<span class="status" role="status">${status(view)}</span>
    </div>`;
}

/** The player's controls, over the stage: what it says, and one button. */
function playerBar(view: View): TemplateResult {
  const { state, words, form, actions } = view;
  const button =
    state === "speaking" && view.microphone !== "on"
      ? html`<button
          part="button"
          aria-label=${words.stop}
          title=${words.stop}
          @click=${onFirstClick(actions.stop)}
        >
          ${icon("stop")}
        </button>`
      : form.audio !== null && state !== "preparing"
        ? html`<button part="button" aria-label=${words.play} title=${words.play} @click=${actions.play}>
            ${icon("play")}
          </button>`
        : nothing;
  return html`<div class="bar">
    <span class="status ${state === "error" ? "bad" : "unseen"}" role="status" part="status"
      >${status(view)}</span
    >
    <slot name="actions"></slot>
    ${microphoneButton(view)}${button}
  </div>`;
}

function microphoneButton({ microphone, words, actions }: View): TemplateResult | typeof nothing {
  if (microphone === false) return nothing;
  const label = microphone === "on" ? words.stopTalking : words.talk;
  return html`<button
    part="button"
    aria-label=${label}
    title=${label}
    aria-disabled=${microphone === "asking" ? "true" : nothing}
    @click=${actions.talk}
  >
    ${icon(microphone === "on" ? "stop" : "mic")}
  </button>`;
}

function action({ state, words, result, actions, form }: View): TemplateResult {
  const download = result
    ? html`<button part="button" class="go" @click=${actions.download}>
        ${icon("download")}${words.download}
      </button>`
    : nothing;
  switch (state) {
    case "rendering":
      return html`<button part="button" @click=${onFirstClick(actions.cancel)}>${words.cancel}</button>`;
    case "speaking":
      return html`<button part="button" @click=${onFirstClick(actions.stop)}>
          ${icon("stop")}${words.stop}</button
        >${download}`;
    case "done":
      return html`<button part="button" @click=${actions.play}>${icon("play")}${words.play}</button
        >${download}`;
    default:
      return html`<button
        part="button"
        class="go"
        aria-disabled=${!isReady(form)}
        @click=${onFirstClick(actions.generate)}
      >
        ${state === "error" ? words.tryAgain : words.generate}
      </button>`;
  }
}

function miniAction({ state, words, actions }: View): TemplateResult {
  const [name, label, press] =
    state === "rendering"
      ? (["stop", words.cancel, actions.cancel] as const)
      : state === "speaking"
        ? (["stop", words.stop, actions.stop] as const)
        : (["play", words.play, actions.play] as const);
  return html`<button
    part="button"
    class="go"
    aria-label=${label}
    title=${label}
    @click=${onFirstClick(press)}
  >
    ${icon(name)}
  </button>`;
}

function files({ form, words, recording, actions }: View): TemplateResult {
  const row = (place: VoiceProperty, label: string) =>
    voiceRow({
      media: form[place],
      place,
      label,
      words,
      recording: recording === place,
      choose: actions.choose,
      record: actions.record,
    });
  return form.leftAudio !== null || form.rightAudio !== null
    ? html`<div>${row("leftAudio", words.left)}${row("rightAudio", words.right)}</div>`
    : row("audio", words.voice);
}
