import type { LiveInstant } from "./live-api.ts";

/** Where a voice is, so that another thread knows it at any time. */
export interface SpeechClock {
  readonly utterance: number;
  /** Frames are drawn as late as can be. */
  readonly justInTime: boolean;
  /** Milliseconds since 1970, by the clock of `performance`, at which `position` held. */
  readonly epochMs: number;
  /** The second of the voice that is heard then; -Infinity before its start. */
  readonly position: number;
  /** Whether it goes on; it stands still while the sound device does. */
  readonly running: boolean;
  /** It goes no further than this until told otherwise. */
  readonly until: number;
}

/** What the page tells a view. */
export type ToView =
  | { readonly kind: "speech"; readonly clock: SpeechClock | null }
  | { readonly kind: "visible"; readonly visible: boolean }
  | { readonly kind: "alive"; readonly alive: boolean }
  | { readonly kind: "capture"; readonly frames: WritableStream<VideoFrame>; readonly fps: number }
  | { readonly kind: "renderer"; readonly renderer: MessagePort }
  | { readonly kind: "dispose" };

/** What a view tells the page. */
export type FromView =
  | { readonly kind: "frame"; readonly utterance: number; readonly frame: number; readonly heard: number }
  | { readonly kind: "failed" };

/** What a view asks the worker that draws, and the answer: no bitmap where it failed. */
export interface DrawRequest {
  readonly id: number;
  readonly instant: LiveInstant;
}
/** See {@link DrawRequest}. */
export interface DrawAnswer {
  readonly id: number;
  readonly bitmap: ImageBitmap | null;
}

/** What the worker does that shows live faces: nothing else runs in it, so that neither a busy page nor a job holds it up. */
export interface LiveViewApi {
  /**
   * Shows a face on a canvas.
   * @param canvas the control of the page's canvas; left out where the same one is shown anew.
   * @param id names the canvas for that.
   * @param control takes {@link ToView} and gives {@link FromView}.
   */
  openView(id: number, canvas: OffscreenCanvas | null, fps: number, control: MessagePort): Promise<void>;
}
