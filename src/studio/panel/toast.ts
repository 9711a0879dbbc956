import { html, nothing, type TemplateResult } from "lit";
import type { Studio } from "../state/studio.ts";
import { t } from "../strings.ts";

/** The note of the moment, with Undo where something can be undone. */
export function toastNote(studio: Studio): TemplateResult {
  const { toast } = studio.state;
  return html`<div class="toastplace" role="status">
    ${
      toast
        ? html`<div class="toast">
            <span>${toast.text}</span>
            ${
              toast.undo
                ? html`<button
                    @click=${() => {
                      studio.dismissToast();
                      toast.undo?.();
                    }}
                  >
                    ${t.undo()}
                  </button>`
                : html`<button @click=${() => studio.dismissToast()}>${t.close()}</button>`
            }
          </div>`
        : nothing
    }
  </div>`;
}

/** Tells that a newer build waits; it is applied when no job runs. */
export function updateNote(studio: Studio): TemplateResult | typeof nothing {
  const { update, job } = studio.state;
  if (!update) return nothing;
  return html`<div class="updatenote" role="status">
    <span>${t.sUpdate()}</span>
    <button class="btn sm" aria-disabled=${job !== null} @click=${() => (job ? undefined : update.apply())}>
      ${t.updateNow()}
    </button>
  </div>`;
}
