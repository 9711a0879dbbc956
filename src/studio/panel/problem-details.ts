import { updateWhenLocaleChanges } from "@lit/localize";
import { html, LitElement, nothing } from "lit";
import { VERSION } from "../../core/version.ts";
import { icon } from "../icons.ts";
import type { Problem } from "../state/studio-state.ts";
import { t } from "../strings.ts";

/** The engine's own words about a failure, which are English in every language, and a way to hand them on. */
export class StudioProblemDetails extends LitElement {
  static override properties = { problem: { attribute: false }, copied: { state: true } };
  declare problem: Problem;
  /** Whether the words lie in the clipboard; undefined before anybody tried. */
  declare copied: boolean | undefined;

  constructor() {
    super();
    updateWhenLocaleChanges(this);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("problem")) this.copied = undefined;
  }

  async #copy(): Promise<void> {
    const { code, message } = this.problem;
    const text = `${code}: ${message}\nDudak ${VERSION}, ${navigator.userAgent}`;
    try {
      await navigator.clipboard.writeText(text);
      this.copied = true;
    } catch {
      this.copied = false;
    }
  }

  protected override render() {
    const { copied } = this;
    const outcome = copied === undefined ? nothing : copied ? t.detailsCopied() : t.detailsRefused();
    return html`<details class="more">
      <summary>${icon("chevron")}${t.details()}</summary>
      <div class="details">
        <p class="muted">${t.detailsNote()}</p>
        <p lang="en">${this.problem.message}</p>
        <p><span class="muted">${t.detailsCode()}</span> <span class="mono">${this.problem.code}</span></p>
        <div class="row wrap">
          <button class="btn sm" @click=${() => this.#copy()}>${icon("copy")}${t.detailsCopy()}</button>
          <span role="status">${outcome}</span>
        </div>
      </div>
    </details>`;
  }
}
customElements.define("studio-problem-details", StudioProblemDetails);
