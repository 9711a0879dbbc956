import { html, nothing, type TemplateResult } from "lit";
import { onFirstClick } from "../../element/first-click.ts";
import { formatBytes, formatNumber, formatTime } from "../format.ts";
import { icon } from "../icons.ts";
import { commandKey } from "../keyboard.ts";
import { estimateSeconds, isUndecodable, missing, subject } from "../state/readiness.ts";
import type { PictureInput } from "../state/studio-state.ts";
import type { Studio } from "../state/studio.ts";
import { speakingFaces } from "../stage/picture-stage.ts";
import { t } from "../strings.ts";
import { hintList } from "./face-hints.ts";
import { outputSection } from "./output-section.ts";
import { iconButton, section, segments } from "./parts.ts";
import { inlineProblem, type WayOn } from "./problem-box.ts";
import { voiceCard, type VoiceActions } from "./voice-card.ts";

/** What the inputs' panel asks of the page around it. */
export interface InputsActions extends VoiceActions {
  choosePicture(): void;
  generate(): void;
}

function pictureSection(studio: Studio, actions: InputsActions): TemplateResult {
  const picture = subject(studio.state);
  const title = studio.state.mode === "video" ? t.video() : t.picture();
  if (!picture) {
    return section(
      title,
      html`<div class="slot">
        <span class="grow muted">${studio.state.mode === "video" ? t.noVideo() : t.noPicture()}</span>
        <button class="btn sm" aria-label="${title}: ${t.choose1()}" @click=${actions.choosePicture}>
          ${t.choose1()}
        </button>
      </div>`,
    );
  }
  const size =
    picture.width > 0
      ? `${picture.width} × ${picture.height}`
      : picture.faces
        ? formatBytes(picture.file.size)
        : t.lookingForFaces();
  const unreadable = isUndecodable(picture);
  const length = picture.durationSeconds > 0 ? `${formatTime(picture.durationSeconds)} · ` : "";
  return section(
    title,
    html`<div class="file">
      <span class="th"
        >${picture.kind === "video" ? icon("film") : unreadable ? icon("image") : html`<img src=${picture.shown} alt="" />`}</span
      >
      <div class="grow">
        <b class="clip">${picture.file.name}</b><small class="clip">${length}${size}</small>
      </div>
      ${iconButton("folder", `${t.replace()}: ${picture.file.name}`, actions.choosePicture)}
      ${iconButton("close", `${t.remove()}: ${picture.file.name}`, () => studio.inputs.removePicture())}
    </div>`,
  );
}

function faceSection(studio: Studio, picture: PictureInput): TemplateResult | typeof nothing {
  const { faces } = picture;
  if (!faces || faces.length === 0) return nothing;
  const { mode } = studio.state;
  const speaking = speakingFaces(picture, mode);
  const count = faces.length === 1 ? t.faceFound() : t.facesFound(formatNumber(faces.length));
  return section(
    t.face(),
    html`${speaking.map(
      (index, place) =>
        html`<div class="facehints">
          ${
            mode === "dialogue"
              ? html`<p class="row">
                  <span class="ab ${place === 0 ? "a" : ""}" aria-hidden="true">${place + 1}</span
                  >${place === 0 ? t.leftP() : t.rightP()}
                </p>`
              : nothing
          }
          ${hintList(faces[index]!)}
        </div>`,
    )}
    ${
      mode !== "dialogue" && faces.length > 1
        ? html`<p class="muted">
            ${picture.chosen < 0 ? t.speakerFound() : t.whichFace()}
            ${
              mode === "photo"
                ? html`<button class="link" @click=${() => studio.setMode("dialogue")}>
                    ${t.bothSpeak()}
                  </button>`
                : nothing
            }
          </p>`
        : nothing
    }`,
    count,
  );
}

function videoNotes(studio: Studio, picture: PictureInput): TemplateResult | typeof nothing {
  const voice = studio.state.voices[0]?.durationSeconds ?? 0;
  const length = picture.durationSeconds;
  const notes = [
    ...(picture.unseen ? [t.videoUnseen()] : picture.faces?.length === 0 ? [t.videoFaceless()] : []),
    ...(voice > 0 && length > 0 && voice < length - 0.05 ? [t.voiceShorter(formatTime(voice))] : []),
    ...(voice > 0 && length > 0 && voice > length + 0.05 ? [t.voiceLonger(formatTime(voice))] : []),
  ];
  if (notes.length === 0) return nothing;
  return html`<section class="sec stackgap">
    ${notes.map((note) => html`<p class="note">${icon("info")}<span>${note}</span></p>`)}
  </section>`;
}

function failureSection(studio: Studio, actions: InputsActions): TemplateResult | typeof nothing {
  const { failure, options } = studio.state;
  if (!failure) return nothing;
  const { code } = failure;
  const ways: WayOn[] = [];
  const elsewhere = code.startsWith("device/") && code !== "device/unsupported";
  if (elsewhere && studio.preferences.backend !== "wasm") {
    ways.push({
      label: t.continueCpu(),
      primary: true,
      press: () => {
        studio.setPreferences({ backend: "wasm" });
        actions.generate();
      },
    });
  }
  if (/^(device\/memory|codec\/failed|job\/crashed)$/.test(code) && options.resolution === "720p") {
    ways.push({
      label: t.use480(),
      press: () => {
        studio.setOptions({ resolution: "480p" });
        actions.generate();
      },
    });
  }
  if (code.startsWith("input/audio")) {
    ways.push({ label: t.eOtherVoice(), primary: true, press: () => actions.choose(0) });
  } else if (code === "input/mask") {
    ways.push({ label: t.maskRemove(), primary: true, press: () => studio.setOptions({ mask: null }) });
  } else if (/^input\/(image|video|no-face|one-face|face)/.test(code)) {
    const label = studio.state.mode === "video" ? t.eOtherVideo() : t.eOther();
    ways.push({ label, primary: true, press: actions.choosePicture });
  } else if (code === "storage/full" || code === "queue/full") {
    ways.push({ label: t.qTitle(), primary: true, press: () => studio.toggleSheet("queue") });
  } else if (code === "model/unsupported" || code === "model/licence") {
    ways.push({ label: t.modelsOpen(), primary: true, press: () => studio.toggleSheet("models") });
  }
  // The same files fail again in the same way.
  if (!code.startsWith("input/") || code === "input/fetch") {
    ways.push({ label: t.tryAgain(), press: actions.generate });
  }
  return html`<section class="sec">${inlineProblem(failure, ways)}</section>`;
}

function orderSection(studio: Studio): TemplateResult {
  return section(
    t.order(),
    segments(
      "order",
      t.order(),
      [
        { value: "left_right", label: t.o1() },
        { value: "right_left", label: t.o2() },
        { value: "meanwhile", label: t.o3() },
      ],
      studio.state.options.order,
      (order) => studio.setOptions({ order }),
      "full wraps",
    ),
  );
}

function footer(studio: Studio, actions: InputsActions): TemplateResult {
  const why = missing(studio.state);
  const estimate = estimateSeconds(studio.state, studio.preferences);
  const text = why ?? (estimate === null ? t.goReady() : t.estimate(formatNumber(estimate)));
  return html`<div class="pfoot">
    <p id="why">${text}</p>
    <button
      class="btn primary lg"
      aria-describedby="why"
      aria-disabled=${why !== null}
      @click=${onFirstClick(() => {
        if (why === null) actions.generate();
        else studio.announce(why);
      })}
    >
      ${t.generate()}${why === null ? html`<kbd aria-hidden="true">${commandKey()} ↵</kbd>` : nothing}
    </button>
  </div>`;
}

/** The panel before rendering: picture, face, voices, output, and the one next action. */
export function inputsPanel(studio: Studio, actions: InputsActions): TemplateResult {
  const { mode, voices, result } = studio.state;
  const picture = subject(studio.state);
  const dialogue = mode === "dialogue";
  const swap =
    dialogue && voices[0] && voices[1]
      ? html`<button class="link" @click=${() => studio.inputs.swapVoices()}>${t.swap()}</button>`
      : nothing;
  return html`<aside class="panel" aria-label=${t.generate()}>
    <div class="pscroll" tabindex="-1">
      ${failureSection(studio, actions)} ${pictureSection(studio, actions)}
      ${picture ? faceSection(studio, picture) : nothing}
      ${mode === "video" && picture ? videoNotes(studio, picture) : nothing}
      ${section(
        mode === "video" ? t.newVoice() : t.voice(),
        html`<div class="stackgap">
          ${voiceCard(studio, 0, actions)}${dialogue ? voiceCard(studio, 1, actions) : nothing}
          <p>
            <button class="link" @click=${() => studio.toggleSheet("batch")}>${t.nextBatch()}</button>
          </p>
        </div>`,
        swap,
      )}
      ${dialogue ? orderSection(studio) : nothing} ${outputSection(studio)}
      ${
        result
          ? html`<section class="sec">
              <button class="link" @click=${() => studio.store.update({ showResult: true })}>
                ${t.lastResult(`${result.name}.${result.format}`)}
              </button>
            </section>`
          : nothing
      }
    </div>
    ${footer(studio, actions)}
  </aside>`;
}
