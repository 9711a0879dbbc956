import type { UtteranceEnd, UtteranceStart } from "../engine/lip-sync.ts";
import type { EngineError } from "../job/errors.ts";
import type { JobProgress, JobResult } from "../job/job.ts";

/** What the element is doing. */
export type LipSyncState = "idle" | "preparing" | "rendering" | "done" | "speaking" | "error";

/** The end of a job of the element. */
export interface LipSyncResult extends JobResult {
  /** An object URL of the output; the element releases it with its next result. */
  readonly url: string;
}

/** The element's events by name; none bubbles out of a shadow root unless it is composed, and all are. */
export interface LipSyncEventMap {
  "lip-sync-progress": CustomEvent<JobProgress>;
  /** A frame was drawn on the stage: its canvas. */
  "lip-sync-preview": CustomEvent<{ readonly canvas: HTMLCanvasElement }>;
  "lip-sync-result": CustomEvent<LipSyncResult>;
  "lip-sync-error": CustomEvent<EngineError>;
  /** An utterance of `speak()` begins to be heard. */
  "lip-sync-speakstart": CustomEvent<UtteranceStart>;
  /** It is over; `detail.reason` says how. */
  "lip-sync-speakend": CustomEvent<UtteranceEnd>;
  /** The browser holds the sound back until the page is clicked (`true`), and lets it go (`false`). */
  "lip-sync-blocked": CustomEvent<{ readonly blocked: boolean }>;
  "lip-sync-statechange": CustomEvent<{ readonly state: LipSyncState }>;
}

/** Dispatches an event of the element. */
export function tell<Name extends keyof LipSyncEventMap>(
  element: EventTarget,
  name: Name,
  detail: LipSyncEventMap[Name]["detail"],
): void {
  element.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}

/** Makes a state one of the element's custom states, in the place of `before`. Chrome before 125 knows none by plain names. */
export function showState(
  internals: ElementInternals | null,
  state: LipSyncState,
  before?: LipSyncState,
): void {
  try {
    if (before) internals?.states.delete(before);
    internals?.states.add(state);
  } catch {
    // `lip-sync-statechange` and the property tell it as well.
  }
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- augments the DOM's own map
  interface HTMLElementEventMap extends LipSyncEventMap {}
}
