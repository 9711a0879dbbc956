import { LipSyncElement } from "./lip-sync.ts";

if (typeof customElements !== "undefined" && !customElements.get("lip-sync")) {
  customElements.define("lip-sync", LipSyncElement);
}

declare global {
  interface HTMLElementTagNameMap {
    "lip-sync": LipSyncElement;
  }
}

export { configureDudak, type DudakSettings } from "../engine/assets.ts";
export { LipSyncElement };
export type { SpeakOptions, UtteranceEnd, UtteranceStart } from "../engine/lip-sync.ts";
export type { ElementMedia } from "./element-request.ts";
export type { LipSyncEventMap, LipSyncResult, LipSyncState } from "./events.ts";
