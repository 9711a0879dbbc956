import { html, type TemplateResult } from "lit";
import { iconButton } from "../panel/parts.ts";
import type { Studio } from "../state/studio.ts";
import { t } from "../strings.ts";

/** A sheet in the panel's place, with a way to close it. */
export function sheet(studio: Studio, title: string, body: unknown): TemplateResult {
  return html`<aside class="panel" aria-label=${title}>
    <div class="phead">
      <h2>${title}</h2>
      ${iconButton("close", t.close(), () => studio.store.update({ sheet: null }))}
    </div>
    <div class="pscroll" tabindex="-1">${body}</div>
  </aside>`;
}
