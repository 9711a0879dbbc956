import { html, nothing, type TemplateResult } from "lit";
import { icon, type IconName } from "../icons.ts";

/** A titled section of a panel; `aside` stands at the title's end. */
export function section(title: string, body: unknown, aside: unknown = nothing): TemplateResult {
  return html`<section class="sec">
    <h2>${title}${aside === nothing ? nothing : html`<span class="muted">${aside}</span>`}</h2>
    ${body}
  </section>`;
}

/** A button with an icon alone; the label is read and shown as a tooltip. */
export function iconButton(name: IconName, label: string, press: () => void): TemplateResult {
  return html`<button class="btn ghost icon" aria-label=${label} title=${label} @click=${press}>
    ${icon(name)}
  </button>`;
}

/** One choice of several, as radio buttons in a row. */
export function segments<Value extends string>(
  name: string,
  label: string,
  choices: readonly { readonly value: Value; readonly label: string; readonly icon?: IconName }[],
  chosen: Value,
  choose: (value: Value) => void,
  style = "",
): TemplateResult {
  return html`<div class="seg ${style}" role="radiogroup" aria-label=${label}>
    ${choices.map(
      (choice) =>
        html`<label
          >${choice.icon ? icon(choice.icon) : nothing}<input
            type="radio"
            name=${name}
            value=${choice.value}
            .checked=${choice.value === chosen}
            @change=${() => choose(choice.value)}
          /><span>${choice.label}</span></label
        >`,
    )}
  </div>`;
}

/** A bar that fills; its percentage is read out. */
export function progressBar(fraction: number, label: string): TemplateResult {
  const percent = Math.floor(fraction * 100);
  return html`<div
    class="bar2"
    role="progressbar"
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${percent}
    aria-label=${label}
  >
    <i style="width:${(fraction * 100).toFixed(1)}%"></i>
  </div>`;
}
