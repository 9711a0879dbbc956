import { html, nothing, svg, type TemplateResult } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import type { FaceOutline, PicturePoint } from "../../engine/lip-sync.ts";
import { formatNumber } from "../format.ts";
import { icon } from "../icons.ts";
import type { Mode, PictureInput } from "../state/studio-state.ts";
import { isUndecodable } from "../state/readiness.ts";
import { t } from "../strings.ts";

/** What can be done on the stage while a picture stands there. */
export interface PictureStageActions {
  chooseFace(index: number): void;
  paintMask(): void;
}

const pathOf = (points: readonly PicturePoint[], width: number, height: number) =>
  `M${points.map(([x, y]) => `${(x * width).toFixed(1)} ${(y * height).toFixed(1)}`).join("L")}Z`;

/** The faces that the job will move, in the order of the picture. */
export function speakingFaces(picture: PictureInput, mode: Mode): readonly number[] {
  const faces = picture.faces ?? [];
  if (mode !== "dialogue") return faces[picture.chosen] ? [picture.chosen] : [];
  return [0, 1].filter((index) => faces[index]).sort((a, b) => faces[a]!.box.x - faces[b]!.box.x);
}

function outlines(picture: PictureInput, speaking: readonly number[]) {
  const { width, height } = picture;
  return html`<svg class="overlay" viewBox="0 0 ${width} ${height}" aria-hidden="true">
    ${picture.faces!.map((face, index) => {
      const oval = pathOf(face.oval, width, height);
      const lips = pathOf(face.lips, width, height);
      const on = speaking.includes(index);
      return svg`<g class=${on ? "" : "idle"}>
        <path class="halo" d=${oval} /><path class="ln dash" d=${oval} />
        ${on ? svg`<path class="halo" d=${lips} /><path class="ln lips" d=${lips} />` : nothing}
      </g>`;
    })}
  </svg>`;
}

function faceTag(
  face: FaceOutline,
  index: number,
  speaking: readonly number[],
  mode: Mode,
  choose: (index: number) => void,
) {
  const place = speaking.indexOf(index);
  const top = Math.min(...face.oval.map(([, y]) => y));
  const middle = face.oval.reduce((sum, [x]) => sum + x, 0) / face.oval.length;
  const style = styleMap({
    left: `${Math.min(92, Math.max(8, middle * 100)).toFixed(2)}%`,
    top: `${Math.max(7, top * 100 - 1).toFixed(2)}%`,
  });
  const label = t.faceLabel(
    index + 1,
    formatNumber(face.mouthWidthPx),
    formatNumber(Math.abs(Math.round(face.yawDeg))),
  );
  if (mode === "dialogue") {
    if (place < 0) return nothing;
    return html`<span class="tag" style=${style}
      ><span class="ab ${place === 0 ? "a" : ""}" aria-hidden="true">${place + 1}</span>${
        place === 0 ? t.leftP() : t.rightP()
      }<span class="sr">${label}</span></span
    >`;
  }
  return html`<button
    class="tag"
    aria-pressed=${place >= 0}
    aria-label=${label}
    style=${style}
    @click=${() => choose(index)}
  >
    ${t.faceN(index + 1)}
  </button>`;
}

/** The stage with a picture: outline and name of every face at once, before anything is generated. */
export function pictureStage(
  picture: PictureInput,
  mode: Mode,
  mask: string | null,
  actions: PictureStageActions,
): TemplateResult {
  const { width, height, faces, file } = picture;
  const known = width > 0 && faces !== null;
  const ratio = known ? width / height : 1;
  const unreadable = picture.unseen || isUndecodable(picture);
  const speaking = speakingFaces(picture, mode);
  const found = !faces
    ? t.lookingForFaces()
    : faces.length === 1
      ? t.faceFound()
      : t.facesFound(formatNumber(faces.length));
  return html`<div class="stage" id="stage" tabindex="-1" style=${styleMap({ "--ar": String(ratio) })}>
    <div class="meta">
      <span class="name clip">${file.name}</span>
      <span class="clip">${known ? `${width} × ${height}` : faces ? "" : t.lookingForFaces()}</span>
      <span class="tools">
        ${
          known && faces.length > 0
            ? html`<button class="btn ghost sm" @click=${actions.paintMask}>
                ${icon("brush")}<span class="wide">${t.paint()}</span>
              </button>`
            : nothing
        }
      </span>
    </div>
    <div class="canvas">
      <div
        class="media ${known ? "" : "unsized"}"
        style=${styleMap({ "--ar": String(ratio) })}
        role="group"
        aria-label="${file.name}, ${found}"
      >
        ${
          unreadable
            ? html`<span class="blank" aria-hidden="true">${icon("image")}</span>`
            : picture.kind === "video"
              ? html`<video
                  class="base"
                  src=${picture.url}
                  muted
                  playsinline
                  preload="auto"
                  aria-label=${file.name}
                ></video>`
              : html`<img
                  class="base ${picture.problem ? "dim" : ""}"
                  src=${picture.shown}
                  alt=${file.name}
                />`
        }
        ${mask ? html`<img class="base maskveil" src=${mask} alt="" />` : nothing}
        ${
          known && faces.length > 0
            ? html`${outlines(picture, speaking)}
              ${faces.map((face, index) => faceTag(face, index, speaking, mode, actions.chooseFace))}`
            : nothing
        }
        ${faces ? nothing : html`<span class="livechip"><i></i>${t.lookingForFaces()}</span>`}
      </div>
    </div>
  </div>`;
}
