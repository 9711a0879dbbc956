/// <reference lib="esnext.disposable" preserve="true" />
import type { ImageFormState } from "../../job/job-spec.ts";
import type { Backend } from "../../job/job.ts";
import type { Latency } from "../../job/latency.ts";
import type { JobWarning } from "../../job/warnings.ts";
import type { PcmFormat } from "../../worker-rpc/live-api.ts";
import type { FollowedSound } from "./followed-sound.ts";
import type { LiveVoice } from "./voice-as-file.ts";
import type { StreamedVoice } from "./arriving-voice.ts";

export type { FollowedSound } from "./followed-sound.ts";
export type { PcmPiece, StreamedVoice, VoiceChunk } from "./arriving-voice.ts";
export type { Latency } from "../../job/latency.ts";
export type { PcmFormat } from "../../worker-rpc/live-api.ts";

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
  /** Longest accepted recording in seconds, 600 when absent; a voice that arrives may last for ever unless this is set. */
  readonly maxSeconds?: number;
  /**
   * How much of its future a voice that is still being spoken is heard with: `"quality"` (lips nearly those of a finished video; a
   * followed sound is delayed by 0.6 s) when absent, or `"low"` (0.2 s, for calls).
   */
  readonly latency?: Latency;
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
  /** Of samples without a header, for voices that arrive as bytes or as plain arrays. */
  readonly format?: PcmFormat;
  /** In place of the session's. */
  readonly latency?: Latency;
}

/** How {@link LiveSession.follow} follows. */
export interface FollowOptions {
  /** Aborting it ends the following, which then rejects with `job/cancelled`. */
  readonly signal?: AbortSignal;
  /** Whether the delayed sound is played; all but microphones are when absent. {@link LiveSession.captureStream} has it always. */
  readonly audible?: boolean;
  /** In place of the session's. */
  readonly latency?: Latency;
}

/** What {@link LiveSession.captureStream} gives. */
export interface CaptureOptions {
  /** Frames per second; the session's when absent. */
  readonly fps?: number;
  /** Whether the sound comes along, in time with the lips; true when absent. */
  readonly audio?: boolean;
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
  readonly warnings: readonly JobWarning[];
}

/**
 * A voice being spoken or followed. Await it for its end; it rejects with an `EngineError`: `input/audio…`, `input/fetch`,
 * `input/encrypted`, `codec/…`, `model/…`, `device/…`, and `job/cancelled` when its signal was aborted.
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
  readonly warnings: readonly JobWarning[];
  /** Whether an utterance is being heard. */
  readonly speaking: boolean;
  /**
   * Speaks a recording, or a voice that is still arriving: a response or stream of bytes (MP3, AAC in ADTS, Opus in Ogg or
   * WebM, WAV, FLAC, raw samples with their `format`), or an (async) iterable of decoded sound. Interrupts what is being
   * spoken, unless told to queue. A recording begins as soon as two seconds were listened to, a stream as soon as a
   * quarter of a second has come; where it comes too slowly, sound and lips wait together and go on.
   */
  speak(voice: LiveVoice | StreamedVoice, options?: SpeakOptions): Utterance;
  /**
   * Follows a sound until it ends or is stopped: a microphone, a call's remote voice, an element that plays, a node. It is
   * delayed (see {@link LiveOptions.latency}) and played with its lips; silence shows the shut, living face. Interrupts
   * what is being spoken.
   */
  follow(sound: FollowedSound, options?: FollowOptions): Utterance;
  /**
   * The face as a stream, for calls, recorders and video elements: picture, and the delayed sound in time with it. It goes
   * on in a page that nobody sees, as far as the browser lets it (docs/live.md), until its tracks are stopped or the
   * session is disposed of.
   */
  captureStream(options?: CaptureOptions): MediaStream;
  /** Silences what is being spoken and forgets what waits. */
  stop(): void;
  /** Ends the session; the canvas keeps its last frame. `using` calls it; `await using` also waits for what was spoken. */
  dispose(): void;
}
