import { css } from "lit";

/** Looks of the element; only the `--lip-sync-*` properties cross its border. */
export const styles = css`
  :host {
    display: block;
    container-type: inline-size;
    --_accent: var(--lip-sync-accent, light-dark(#9a2a62, #f08db8));
    --_on: var(--lip-sync-on-accent, light-dark(#fff, #2d0a1c));
    --_soft: var(--lip-sync-accent-soft, light-dark(#f8e7ef, #43202f));
    --_surface: var(--lip-sync-surface, light-dark(#fff, #1f1d20));
    --_text: var(--lip-sync-text, light-dark(#1c191b, #f2eff1));
    --_text2: var(--lip-sync-text-2, light-dark(#5c565b, #b5aeb3));
    --_line: var(--lip-sync-line, light-dark(#dcd8db, #353236));
    --_edge: light-dark(#7f797e, #827b81);
    --_bad: light-dark(#a5330c, #ff9677);
    --_r: var(--lip-sync-radius, 12px);
    --_stage: light-dark(#e5e5e5, #0f0f0f);
    color: var(--_text);
    font-size: 13px;
    line-height: 1.45;
    font-family: var(
      --lip-sync-font,
      "Segoe UI",
      Roboto,
      "Noto Sans",
      "Liberation Sans",
      Arial,
      system-ui,
      sans-serif
    );
  }
  :host([hidden]) {
    display: none;
  }
  * {
    box-sizing: border-box;
  }
  .box {
    display: grid;
    overflow: hidden;
    border: 1px solid var(--_line);
    border-radius: var(--_r);
    background: var(--_surface);
  }
  .stage {
    position: relative;
    overflow: hidden;
    aspect-ratio: var(--_ratio);
    background: var(--_stage);
  }
  .stage > img,
  .stage > video,
  .stage > canvas {
    position: absolute;
    inset: 0;
    display: block;
    width: 100%;
    height: 100%;
    object-fit: cover;
  }
  .stage > canvas:not(.on) {
    visibility: hidden;
  }
  .hint,
  .hint:hover {
    position: absolute;
    inset: 0;
    width: 100%;
    border: 0;
    border-radius: 0;
    background: rgb(0 0 0 / 45%);
    color: #fff;
  }
  .hint:focus-visible {
    outline-offset: -4px;
    outline-color: #fff;
  }
  .bar {
    position: absolute;
    inset: auto 8px 8px;
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 8px;
  }
  .bar button {
    min-width: 36px;
    padding: 0;
    border-color: transparent;
    background: rgb(0 0 0 / 60%);
    color: #fff;
  }
  .bar button:focus-visible {
    outline-color: #fff;
    box-shadow: 0 0 0 4px #000;
  }
  .bar .bad {
    padding: 6px 10px;
    border-radius: calc(var(--_r) * 0.66);
    background: var(--_surface);
  }
  :host([live]) .box {
    grid-template-columns: none;
  }
  .empty {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    padding: 16px;
    text-align: center;
    color: var(--_text2);
  }
  .line {
    display: block;
    width: 100%;
    height: 34px;
    overflow: visible;
  }
  .line .todo {
    fill: none;
    stroke: var(--_edge);
    vector-effect: non-scaling-stroke;
  }
  .line .on {
    fill: var(--_accent);
  }
  .line.second .on {
    fill: var(--_text);
  }
  .line g {
    clip-path: inset(-50% calc(100% - var(--_done, 0%)) -50% 0);
  }
  :host(:dir(rtl)) .line {
    transform: scaleX(-1);
  }
  svg.i {
    flex: none;
    width: 16px;
    height: 16px;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.5;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-height: 36px;
    padding: 0 12px;
    border: 1px solid var(--_line);
    border-radius: calc(var(--_r) * 0.66);
    background: none;
    color: inherit;
    font: inherit;
    font-weight: 600;
    cursor: pointer;
  }
  button:hover {
    background: var(--_soft);
  }
  button:focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  button[aria-disabled="true"] {
    background: none;
    border-color: var(--_line);
    color: var(--_text2);
    cursor: not-allowed;
  }
  @media (pointer: coarse) {
    button {
      min-width: 44px;
      min-height: 44px;
    }
  }
  .go {
    border-color: var(--_accent);
    background: var(--_accent);
    color: var(--_on);
  }
  .go:hover {
    background: var(--_accent);
    filter: brightness(1.08);
  }
  .bare {
    padding: 0 8px;
    border-color: transparent;
  }
  .side {
    display: grid;
    gap: 10px;
    align-content: start;
    min-width: 0;
    padding: 10px 12px 12px;
  }
  .file {
    display: flex;
    align-items: center;
    gap: 6px;
    min-width: 0;
  }
  .file span {
    display: grid;
    flex: 1;
    min-width: 0;
  }
  .file b {
    overflow: hidden;
    font-weight: 600;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  small,
  .status,
  .stays {
    color: var(--_text2);
    font-size: 12px;
  }
  .stays {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .foot {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .status {
    flex: 1;
  }
  .status.bad {
    color: var(--_bad);
  }
  .mini {
    display: none;
    align-items: center;
    gap: 6px;
    padding: 6px 8px;
  }
  .mini .line {
    flex: 1;
    min-width: 0;
  }
  .mini button {
    width: 36px;
    padding: 0;
  }
  .mini .status,
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  @container (max-width: 319px) {
    .side {
      display: none;
    }
    .mini {
      display: flex;
    }
  }
  @container (min-width: 680px) {
    .box {
      grid-template-columns: minmax(0, 1fr) 270px;
    }
    .side {
      padding: 16px;
      grid-template-rows: auto auto auto 1fr;
    }
    .foot {
      flex-wrap: wrap;
      align-self: end;
    }
    .foot .status {
      flex-basis: 100%;
    }
    .foot .go {
      flex: 1;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      transition: none;
      animation: none;
    }
  }
  @media (forced-colors: active) {
    .line .on {
      fill: Highlight;
      forced-color-adjust: none;
    }
  }
`;
