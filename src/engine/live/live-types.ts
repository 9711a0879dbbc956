/// <reference lib="esnext.disposable" preserve="true" />
import type { ImageFormState } from "../../job/job-spec.ts";
import type { Backend } from "../../job/job.ts";
import type { LiveVoice } from "./live-voice.ts";

/** What a live portrait is made of: a picture and the parameters of a job; the seed gives the head's motion. */
export type LiveFormState<Media> = Omit<ImageFormState<Media>, "audio">;

/** How a live portrait is shown and heard. */
export interface LiveOptions {
  /** The canvas to draw on, without a context of its own; a new one when absent. */
  readonly canvas?: HTMLCanvasElement;
  /**
   * An audio node to play into, of a running AudioContext of the caller's; the loudspeakers when absent. While that
   * context is suspended the utterance waits; one that is closed, or suspended for a minute, ends it with `input/field`.
   */
  readonly destination?: AudioNode;
  readonly backend?: Backend;
  /** Frames per second of speech; 25 when absent. */
  readonly fps?: number;
  /** Longest accepted voice in seconds; 600 when absent. */
  readonly maxSeconds?: number;
  /** Whether the face blinks and moves between utterances, as long as it can be seen; true when absent. */
  readonly idle?: boolean;
  /** Ends the opening; {@link LiveSession.dispose} ends a session that is open. */
  readonly signal?: AbortSignal;
  /**
   * The browser holds the sound back until the page is clicked or a key is pressed (`true`); say so to the user.
   * The utterance begins by itself then (`false`).
   */
  readonly onBlocked?: (blocked: boolean) => void;
}

/** How {@link LiveSession.speak} speaks. */
export interface SpeakOptions {
  /** Aborting it silences the utterance, which then rejects with `job/cancelled`. */
  readonly signal?: AbortSignal;
  /** Speaks after what is being spoken or waiting, instead of interrupting it; prepared meanwhile. */
  readonly queue?: boolean;
}

/** The beginning of an utterance. */
export interface UtteranceStart {
  /** Milliseconds from `speak()` to the first sound as it leaves the loudspeaker. */
  readonly firstSoundMs: number;
}

/** The end of an utterance. */
export interface UtteranceEnd {
  /** Spoken to its end, cut short by another utterance, or by `stop()` or `dispose()`. */
  readonly reason: "ended" | "interrupted" | "stopped";
  readonly durationSeconds: number;
  /** Milliseconds from `speak()`; null when it did not come to that, or nobody could see the canvas. */
  readonly firstSoundMs: number | null;
  readonly firstFrameMs: number | null;
  /** Frames that were shown, and all from the first to the last of these. */
  readonly framesShown: number;
  readonly framesDue: number;
  /** Seconds by which the sound was ahead of the frame when this was shown, on average; half a frame is perfect. */
  readonly meanLagSeconds: number;
  /** The largest of these. */
  readonly worstLagSeconds: number;
  readonly warnings: readonly string[];
}

/**
 * A voice being spoken. Await it for its end; it rejects with an `EngineError`: `input/audio…`, `input/fetch`,
 * `codec/…`, `model/…`, `device/…`, and `job/cancelled` when its signal was aborted.
 */
export interface Utterance extends PromiseLike<UtteranceEnd> {
  /** As a promise has it. */
  readonly catch: Promise<UtteranceEnd>["catch"];
  /** As a promise has it. */
  readonly finally: Promise<UtteranceEnd>["finally"];
  /** Fulfilled when its sound begins; rejects, as the utterance does, when it never comes to that. */
  readonly started: Promise<UtteranceStart>;
  /** Silences it. */
  stop(): void;
}

/** A portrait that is ready to speak at once, again and again. */
export interface LiveSession extends Disposable, AsyncDisposable {
  /** The face; its size in pixels is {@link width} × {@link height}, its look on the page is yours to style. */
  readonly canvas: HTMLCanvasElement;
  readonly width: number;
  readonly height: number;
  /** The seed in use. */
  readonly seed: number;
  readonly warnings: readonly string[];
  /** Whether an utterance is being heard. */
  readonly speaking: boolean;
  /** Interrupts what is being spoken, unless told to queue. Begins as soon as two seconds were listened to. */
  speak(voice: LiveVoice, options?: SpeakOptions): Utterance;
  /** Silences what is being spoken and forgets what waits. */
  stop(): void;
  /** Ends the session; the canvas keeps its last frame. `using` calls it; `await using` also waits for what was spoken. */
  dispose(): void;
}
