import { html, nothing, type TemplateResult } from "lit";
import { formatTime } from "../format.ts";
import { icon } from "../icons.ts";
import type { VoicePlace } from "../state/take-files.ts";
import { subject } from "../state/readiness.ts";
import type { StudioState, VoiceInput } from "../state/studio-state.ts";
import type { Studio } from "../state/studio.ts";
import { t } from "../strings.ts";
import { warningNotes } from "../sentences.ts";
import { iconButton } from "./parts.ts";
import { inlineProblem } from "./problem-box.ts";

/** What a voice card asks of the page around it. */
export interface VoiceActions {
  choose(place: VoicePlace): void;
  /** Plays the voice alone. */
  listen(voice: VoiceInput): void;
  /** Whether this voice is being played alone. */
  isPlaying(voice: VoiceInput): boolean;
  sampleVoice(place: VoicePlace): void;
}

function placeName(state: StudioState, place: VoicePlace): string {
  return state.mode === "dialogue" ? (place === 0 ? t.leftP() : t.rightP()) : "";
}

function badge(state: StudioState, place: VoicePlace) {
  return state.mode === "dialogue"
    ? html`<span class="ab ${place === 0 ? "a" : ""}" aria-hidden="true">${place + 1}</span>`
    : nothing;
}

function emptyCard(studio: Studio, place: VoicePlace, actions: VoiceActions): TemplateResult {
  const name = placeName(studio.state, place);
  const named = (text: string) => (name ? `${name}: ${text}` : text);
  return html`<div class="slot">
    ${badge(studio.state, place)}
    <span class="grow muted">${t.addVoice()}</span>
    <span class="row">
      <button class="btn sm" aria-label=${named(t.choose1())} @click=${() => actions.choose(place)}>
        ${t.choose1()}
      </button>
      <button
        class="btn sm"
        aria-label=${named(t.record())}
        @click=${() => studio.store.update({ recording: place })}
      >
        ${icon("mic")}${t.record()}
      </button>
    </span>
    ${
      subject(studio.state) && place === 0 && studio.state.mode !== "dialogue"
        ? html`<button class="link" @click=${() => actions.sampleVoice(place)}>${t.sampleVoice()}</button>`
        : nothing
    }
  </div>`;
}

/** A voice: what it is, a way to hear, replace, record again and remove it, and what is wrong with it. */
export function voiceCard(studio: Studio, place: VoicePlace, actions: VoiceActions): TemplateResult {
  const { state } = studio;
  const voice = state.voices[place];
  if (state.recording === place) {
    return html`<studio-recorder
      @recorded=${(event: CustomEvent<File>) => {
        studio.store.update({ recording: null });
        studio.inputs.setVoice(event.detail, place);
      }}
      @cancel=${() => studio.store.update({ recording: null })}
    ></studio-recorder>`;
  }
  if (!voice) return emptyCard(studio, place, actions);
  const playing = actions.isPlaying(voice);
  const label = playing ? t.pause() : t.play();
  const where = placeName(state, place);
  const length = voice.durationSeconds === null ? t.readingVoice() : formatTime(voice.durationSeconds);
  return html`<div class="file">
      ${badge(state, place)}
      <button
        class="th"
        aria-label="${label}: ${voice.file.name}"
        title=${label}
        @click=${() => actions.listen(voice)}
      >
        ${icon(playing ? "pause" : "play")}
      </button>
      <div class="grow">
        <b class="clip">${voice.file.name}</b
        ><small class="clip">${where ? `${where} · ` : ""}${voice.problem ? "–" : length}</small>
      </div>
      ${iconButton("mic", `${t.record()}: ${where || t.voice()}`, () => studio.store.update({ recording: place }))}
      ${iconButton("folder", `${t.replace()}: ${voice.file.name}`, () => actions.choose(place))}
      ${iconButton("close", `${t.remove()}: ${voice.file.name}`, () => studio.inputs.removeVoice(place))}
    </div>
    ${
      voice.problem
        ? inlineProblem(voice.problem, [
            { label: t.replace(), press: () => actions.choose(place), primary: true },
            { label: t.record(), press: () => studio.store.update({ recording: place }) },
          ])
        : nothing
    }
    ${warningNotes(voice.warnings)}`;
}
