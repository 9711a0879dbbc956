import { html, type TemplateResult } from "lit";
import type { FaceOutline } from "../../engine/lip-sync.ts";
import { formatNumber } from "../format.ts";
import { icon } from "../icons.ts";
import { TURN_LIMIT_DEG } from "../state/readiness.ts";
import { t } from "../strings.ts";

/** How a face suits. */
export interface FaceHint {
  readonly good: boolean;
  readonly about: "size" | "turn" | "cover";
  readonly text: string;
}

/** Mouth widths in source pixels from which the output looks sharp, soft, or too soft. */
const SHARP_PX = 90;
const SOFT_PX = 45;
/** Degrees to the side that need a word. */
const TURN_WORD_DEG = 25;
const SURE = 0.7;

/** Judges size, turn and cover of a face before anything is generated. */
export function faceHints(face: FaceOutline): readonly FaceHint[] {
  const px = formatNumber(Math.round(face.mouthWidthPx));
  // 45.2° is beyond the limit of 45°, and is called 46°.
  const turn =
    Math.abs(face.yawDeg) > TURN_LIMIT_DEG
      ? Math.ceil(Math.abs(face.yawDeg))
      : Math.abs(Math.round(face.yawDeg));
  const degrees = formatNumber(turn);
  const margin = Math.min(...face.lips.flatMap(([x, y]) => [x, y, 1 - x, 1 - y]));
  const size: FaceHint =
    face.mouthWidthPx >= SHARP_PX
      ? { good: true, about: "size", text: t.hSizeSharp(px) }
      : face.mouthWidthPx >= SOFT_PX
        ? { good: true, about: "size", text: t.hSizeSoft(px) }
        : { good: false, about: "size", text: t.hSizeSmall(px) };
  const turned: FaceHint =
    turn <= TURN_WORD_DEG
      ? { good: true, about: "turn", text: t.hTurnOk(degrees) }
      : turn <= TURN_LIMIT_DEG
        ? { good: false, about: "turn", text: t.hTurnSome(degrees) }
        : { good: false, about: "turn", text: t.hTurnFar(degrees) };
  const cover: FaceHint =
    margin < 0.01
      ? { good: false, about: "cover", text: t.hCoverEdge() }
      : face.presence < SURE
        ? { good: false, about: "cover", text: t.hCoverUnsure() }
        : { good: true, about: "cover", text: t.hCoverOk() };
  return [size, turned, cover];
}

/** The hints as a list. */
export function hintList(face: FaceOutline): TemplateResult {
  const names = { size: t.hSize(), turn: t.hTurn(), cover: t.hCover() };
  return html`<ul class="hints">
    ${faceHints(face).map(
      ({ good, about, text }) =>
        html`<li>
          <span class=${good ? "ok" : "wn"}>${icon(good ? "check" : "warn")}</span><b>${names[about]}</b
          ><span class="muted">${text}</span>
        </li>`,
    )}
  </ul>`;
}
