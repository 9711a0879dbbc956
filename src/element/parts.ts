import { html, nothing, svg, type TemplateResult } from "lit";
import type { JobProgress } from "../job/job.ts";
import type { ElementMedia } from "./element-request.ts";
import type { LipSyncState } from "./events.ts";
import { lipsPath } from "./lip-line.ts";
import type { Words } from "./words.ts";

const ICONS = {
  play: svg`<path d="M4.5 2.8v10.4L13 8z" fill="currentColor" />`,
  stop: svg`<path d="M4.5 4.5h7v7h-7z" fill="currentColor" />`,
  download: svg`<path d="M8 2.5V10M4.8 7 8 10.2 11.2 7M3 13.5h10" />`,
  mic: svg`<rect x="6" y="1.8" width="4" height="7.4" rx="2" /><path d="M3.5 7.5a4.5 4.5 0 0 0 9 0M8 12v2.2" />`,
  folder: svg`<path d="M2 12.5v-9h4l1.5 2H14v7z" />`,
  shield: svg`<path d="M8 1.8 13 3.6v4c0 3-2 5.2-5 6.6-3-1.4-5-3.6-5-6.6v-4zM5.8 8l1.6 1.6 2.9-3.1" />`,
} as const;

/** An icon; the words stand in the control's label. */
export function icon(name: keyof typeof ICONS): TemplateResult {
  return html`<svg class="i" viewBox="0 0 16 16" aria-hidden="true">${ICONS[name]}</svg>`;
}

/**
 * The mouth line: flat while nothing is known, open where the voice opens the mouth, filled up to `done`.
 * @param aperture opening every 10 ms, or null.
 * @param done share that is filled, 0 to 1.
 */
export function mouthLine(aperture: Float32Array | null, done: number, second = false): TemplateResult {
  const path = lipsPath(aperture, { total: Math.max(0.1, (aperture?.length ?? 0) / 100), start: 0 });
  return html`<svg
    class="line ${second ? "second" : ""}"
    part="line"
    viewBox="0 0 1000 100"
    preserveAspectRatio="none"
    aria-hidden="true"
    .style=${`--_done:${(done * 100).toFixed(1)}%`}
  >
    <path class="todo" d=${path} />
    <g><path class="on" d=${path} /></g>
  </svg>`;
}

/** Which voice. */
export type VoiceProperty = "audio" | "leftAudio" | "rightAudio";

/** What a medium is called; empty for bytes without a name and for addresses that hold or stand for bytes. */
export function fileName(media: ElementMedia): string {
  if (media instanceof Blob) return media instanceof File ? media.name : "";
  if (/^(data|blob):/i.test(media)) return "";
  const name = media.split(/[?#]/, 1)[0]!.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** A voice with its name, and ways to choose or record another. */
export function voiceRow(row: {
  readonly media: ElementMedia | null;
  readonly place: VoiceProperty;
  readonly label: string;
  readonly words: Words;
  readonly recording: boolean;
  choose(place: VoiceProperty): void;
  record(place: VoiceProperty): void;
}): TemplateResult {
  const { media, place, label, words, recording } = row;
  const record = recording ? words.stopRecording : words.record;
  const name = media === null ? words.noVoice : fileName(media);
  return html`<div class="file">
    <span><b>${name || label}</b>${name ? html`<small>${label}</small>` : nothing}</span>
    <button
      part="button"
      class="bare"
      aria-label="${words.choose}: ${label}"
      title=${words.choose}
      @click=${() => row.choose(place)}
    >
      ${icon("folder")}
    </button>
    <button
      part="button"
      class="bare"
      aria-pressed=${recording}
      aria-label="${record}: ${label}"
      title=${record}
      @click=${() => row.record(place)}
    >
      ${icon(recording ? "stop" : "mic")}
    </button>
  </div>`;
}

/** What the element is doing, in words. */
export function statusText(
  state: LipSyncState,
  latestProgress: JobProgress | null,
  errorMessage: string | null,
  words: Words,
): string {
  switch (state) {
    case "rendering": {
      if (!latestProgress) return words.starting;
      const left = latestProgress.secondsLeft;
      const rest = left === undefined ? "" : left < 3 ? words.almost : words.timeLeft(Math.ceil(left));
      return [words.percent(latestProgress.progress), rest].filter(Boolean).join(" · ");
    }
    case "preparing":
      return words.starting;
    case "error":
      return errorMessage ?? "";
    case "speaking":
      return words.speaking;
    case "done":
      return words.ready;
    case "idle":
      return "";
  }
}
