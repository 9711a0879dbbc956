import { html, nothing, svg, type TemplateResult } from "lit";
import {
  ARTICULATION_CLASSES,
  type ArticulationClass,
  type ArticulationSpan,
} from "../../core/articulation-spans.ts";
import type { Span } from "../../element/lip-line.ts";
import { icon } from "../icons.ts";
import { t } from "../strings.ts";

const WIDTH = 1000;
/** A letter narrower than this, in px, could not be read. */
const LETTER_ROOM_PX = 10;

/** How a class is drawn in a box of 100 in height: bars from, to; the lips as seen from the front. */
const BARS: Readonly<Record<ArticulationClass, readonly (readonly [number, number])[]>> = {
  shut: [[44, 56]],
  "lip-teeth": [
    [22, 30],
    [44, 80],
  ],
  round: [[24, 76]],
  teeth: [
    [30, 42],
    [58, 70],
  ],
  spread: [[36, 64]],
  open: [[6, 94]],
};
/** Rounded lips leave room at the sides. */
const INSET: Partial<Record<ArticulationClass, number>> = { round: 0.2 };
/** A sound of the class, readable alone. */
const LETTER: Readonly<Record<ArticulationClass, string>> = {
  shut: "m",
  "lip-teeth": "f",
  round: "o",
  teeth: "s",
  spread: "e",
  open: "a",
};

/** What a class looks like and which sounds it belongs to, in words. */
export function shapeName(kind: ArticulationClass): string {
  switch (kind) {
    case "shut":
      return t.aShut();
    case "lip-teeth":
      return t.aLipTeeth();
    case "round":
      return t.aRound();
    case "teeth":
      return t.aTeeth();
    case "spread":
      return t.aSpread();
    case "open":
      return t.aOpen();
  }
}

function barsOf(kind: ArticulationClass, from: number, to: number): string {
  const inset = (to - from) * (INSET[kind] ?? 0.06);
  const x = (from + inset).toFixed(1);
  const width = Math.max(0.6, to - from - 2 * inset).toFixed(1);
  return BARS[kind].map(([top, bottom]) => `M${x} ${top}h${width}V${bottom}h-${width}z`).join("");
}

/** Mouth shapes over time in a box of 1000 × 100: the data of an SVG path. */
export function shapesPath(spans: readonly ArticulationSpan[], { total, start }: Span): string {
  const x = (seconds: number) => ((seconds + start) / total) * WIDTH;
  return spans
    .map(({ kind, startSeconds, endSeconds }) => barsOf(kind, x(startSeconds), x(endSeconds)))
    .join("");
}

/** The index of the span at a time of the voice; −1 at rest and in between. */
export function spanAt(spans: readonly ArticulationSpan[], seconds: number): number {
  let from = 0;
  let to = spans.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (spans[middle]!.endSeconds <= seconds) from = middle + 1;
    else to = middle;
  }
  return spans[from] && spans[from]!.startSeconds <= seconds ? from : -1;
}

/** A letter under every span that has room for one on a lane of so many pixels. */
export function shapeLetters(
  spans: readonly ArticulationSpan[],
  { total, start }: Span,
  lanePx: number,
): readonly TemplateResult[] {
  const pixels = lanePx / total;
  return spans.flatMap(({ kind, startSeconds, endSeconds }, index) =>
    (endSeconds - startSeconds) * pixels < LETTER_ROOM_PX
      ? []
      : [
          html`<i
            data-span=${index}
            style="left:${(((startSeconds + start) / total) * 100).toFixed(3)}%;width:${(
              ((endSeconds - startSeconds) / total) *
              100
            ).toFixed(3)}%"
            >${LETTER[kind]}</i
          >`,
        ],
  );
}

/** What the shapes mean; behind a fold, whose head says the shape at the playhead. */
export function shapeLegend(playable: boolean): TemplateResult {
  return html`<details class="more shapes">
    <summary>
      ${icon("chevron")}${t.aTitle()}${playable ? html`<span class="muted" data-shape aria-hidden="true"></span>` : nothing}
    </summary>
    <ul>
      ${ARTICULATION_CLASSES.map(
        (kind) =>
          html`<li>
            <svg viewBox="0 0 100 100" aria-hidden="true">${svg`<path d=${barsOf(kind, 0, 100)} />`}</svg
            ><b aria-hidden="true">${LETTER[kind]}</b>${shapeName(kind)}
          </li>`,
      )}
    </ul>
    <p class="muted">${t.aNote()}</p>
  </details>`;
}
