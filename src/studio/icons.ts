import { html, svg, type TemplateResult } from "lit";

const PATHS = {
  play: svg`<path d="M4.5 2.8v10.4L13 8z" fill="currentColor" />`,
  pause: svg`<path d="M5.5 3v10M10.5 3v10" stroke-width="2.2" />`,
  stop: svg`<path d="M4.5 4.5h7v7h-7z" fill="currentColor" />`,
  prev: svg`<path d="M10.5 4 6.5 8l4 4M4 4v8" />`,
  next: svg`<path d="m5.5 4 4 4-4 4M12 4v8" />`,
  loop: svg`<path d="M3 9V7.5A2.5 2.5 0 0 1 5.5 5H12M10 3l2.2 2L10 7M13 7v1.5a2.5 2.5 0 0 1-2.5 2.5H4M6 13l-2.2-2L6 9" />`,
  shield: svg`<path d="M8 1.8 13 3.6v4c0 3-2 5.2-5 6.6-3-1.4-5-3.6-5-6.6v-4zM5.8 8l1.6 1.6 2.9-3.1" />`,
  stack: svg`<path d="M2.5 3.5h11M2.5 8h11M2.5 12.5h7" />`,
  code: svg`<path d="M5.2 4.5 1.7 8l3.5 3.5M10.8 4.5 14.3 8l-3.5 3.5" />`,
  tune: svg`<path d="M2 4.5h6.5M12 4.5h2M2 11.5h2M7.5 11.5H14" /><circle cx="10.2" cy="4.5" r="1.7" /><circle cx="5.7" cy="11.5" r="1.7" />`,
  half: svg`<circle cx="8" cy="8" r="5.8" /><path d="M8 2.2v11.6a5.8 5.8 0 0 0 0-11.6z" fill="currentColor" />`,
  dots: svg`<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2.2" />`,
  mic: svg`<rect x="6" y="1.8" width="4" height="7.4" rx="2" /><path d="M3.5 7.5a4.5 4.5 0 0 0 9 0M8 12v2.2" />`,
  camera: svg`<path d="M2 5.5A1.5 1.5 0 0 1 3.5 4H5l1-1.5h4L11 4h1.5A1.5 1.5 0 0 1 14 5.5v6a1.5 1.5 0 0 1-1.5 1.500h-9A1.5 1.5 0 0 1 2 11.5z" /><circle cx="8" cy="8.4" r="2.4" />`,
  clip: svg`<path d="M5.5 3H4a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V4a1 1 0 0 0-1-1h-1.5" /><rect x="5.5" y="1.8" width="5" height="2.6" rx=".8" />`,
  folder: svg`<path d="M2 12.500v-9h4l1.5 2H14v7z" />`,
  brush: svg`<path d="m13.5 2.500-6 6.200M7.5 8.700c1.300.6 1.600 2 .8 3.100-1 1.400-3.300 1.700-5.800 1.200 1.200-.6 1.200-1.500 1.500-2.700.3-1.300 1.900-2.300 3.500-1.600z" />`,
  download: svg`<path d="M8 2.5V10M4.8 7 8 10.200 11.200 7M3 13.500h10" />`,
  close: svg`<path d="m4 4 8 8M12 4l-8 8" />`,
  check: svg`<path d="m3 8.500 3.300 3.300L13 4.800" />`,
  warn: svg`<path d="M8 2.200 14.500 13.500h-13zM8 6.500v3.200M8 11.700h.01" />`,
  info: svg`<circle cx="8" cy="8" r="6" /><path d="M8 7.500V11M8 5h.01" />`,
  chevron: svg`<path d="m6 4 4 4-4 4" />`,
  down: svg`<path d="m4 6 4 4 4-4" />`,
  leftright: svg`<path d="M5.500 5 2.500 8l3 3M10.500 5l3 3-3 3" />`,
  swap: svg`<path d="M3 5.500h9.500L10 3M13 10.500H3.500L6 13" />`,
  trash: svg`<path d="M2.500 4.500h11M6 4.500v-2h4v2M4 4.500l.6 9h6.800l.6-9" />`,
  redo: svg`<path d="M13 8a5 5 0 1 1-1.600-3.700M13 2v3h-3" />`,
  copy: svg`<rect x="5.500" y="5.500" width="8" height="8" rx="1.500" /><path d="M10.500 3.500v-.2a.8.8 0 0 0-.8-.8H3.300a.8.8 0 0 0-.8.8v6.400c0 .4.4.8.8.8h.2" />`,
  film: svg`<rect x="2" y="3" width="12" height="10" rx="1.5" /><path d="M5 3v10M11 3v10M2 8h12" />`,
  image: svg`<rect x="2" y="2.500" width="12" height="11" rx="1.500" /><path d="M2.500 11.500 6 8l3 3 2-1.800 2.500 2.300M10.500 6h.01" />`,
  two: svg`<circle cx="5" cy="6" r="2.300" /><circle cx="11" cy="6" r="2.300" /><path d="M1.500 13c.3-2.200 1.600-3.500 3.500-3.500 1.300 0 2.400.6 3 1.700.6-1.100 1.700-1.700 3-1.700 1.900 0 3.200 1.300 3.500 3.500" />`,
  json: svg`<path d="M5.500 2.500c-2 0-1 5.500-3 5.500 2 0 1 5.500 3 5.500M10.500 2.500c2 0 1 5.500 3 5.500-2 0-1 5.500-3 5.500" />`,
  sound: svg`<path d="M2.500 6v4H5l3.500 3V3L5 6zM11 6a3 3 0 0 1 0 4M12.800 4.200a5.500 5.500 0 0 1 0 7.600" />`,
  zoom: svg`<circle cx="7" cy="7" r="4.300" /><path d="m10.200 10.200 3.600 3.600M5.200 7h3.600M7 5.200v3.600" />`,
  pin: svg`<path d="M6 2.500h4M6.500 2.500v4L4 9.500h8L9.500 6.500v-4M8 9.500v4.500" />`,
  mute: svg`<path d="M2.500 6v4H5l3.500 3V3L5 6zM11 6.500l3 3M14 6.500l-3 3" />`,
} as const;

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** An icon of 16 px in the text's colour; the words stand beside it or in the control's label. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="i" viewBox="0 0 16 16" aria-hidden="true">${PATHS[name]}</svg>`;
}

/** The mark: a closed mouth. */
export const mark = html`<svg viewBox="0 0 28 28" aria-hidden="true">
  <path
    fill="currentColor"
    fill-rule="evenodd"
    d="M2 13.6C6.2 9.2 8.8 6.4 11.2 6.4c1.2 0 2 .5 2.8 1.1.8-.6 1.6-1.1 2.8-1.1 2.4 0 5 2.8 9.2 7.2-3.3 5-7.2 8-12 8s-8.7-3-12-8Zm3.2-.2c3.2 1.9 5.9 3.1 8.8 3.1s5.6-1.200 8.8-3.100c-3-.9-5.900-1.500-8.800-1.500s-5.800.6-8.800 1.500Z"
  />
</svg>`;

/** The mouth line of the empty stage, at rest. */
export const restingLips = html`<svg viewBox="0 0 132 52">
  <path
    d="M0 26C16 25 27 8 41 8c7 0 11 3.5 15 7 3 2.600 6.500 4 10 4s7-1.400 10-4c4-3.500 8-7 15-7 14 0 25 17 41 18M0 26c18 0 28 2 41 2 10 0 17-2 25-2s15 2 25 2c13 0 23-2 41-2M8 26c16 13 36 19 58 19s42-6 58-19"
  />
</svg>`;
