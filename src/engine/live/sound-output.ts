import { EngineError } from "../../job/errors.ts";
import { createCaptureSound, type CaptureSound } from "./capture-sound.ts";
import { heardTime, VoicePlayback } from "./voice-playback.ts";

/** Where a session's voices are played. */
export interface LiveOutput {
  readonly context: AudioContext;
  /**
   * Fulfilled when sound can be heard. Browsers allow sound only after the page was clicked or a key was pressed:
   * until then `onBlocked(true)` is called once, and `onBlocked(false)` when the sound begins.
   */
  running(signal: AbortSignal, onBlocked: (blocked: boolean) => void): Promise<void>;
  /**
   * Until the signal, tells when the sound cannot come to its end: its context was closed, or stands still although
   * nobody waits for a click. `input/field` for a context of the caller's, else `device/unsupported`.
   */
  watch(signal: AbortSignal, fail: (error: EngineError) => void): void;
  /** Starts an empty playback. */
  play(): VoicePlayback;
  /** The time on the context's clock that is heard now, in seconds. */
  heard(): number;
  /** Where sound goes in: to the loudspeakers and what is captured, or to that alone. */
  entry(audible: boolean): AudioNode;
  /** The same sound as a track, in time with what is shown; every call with the same one. */
  track(): MediaStreamTrack;
  /** Lets the device rest until the next {@link LiveOutput.running}. */
  rest(): void;
  close(): void;
}

/** A context that may start does so within this time. */
const ALLOWED_WITHIN_MS = 300;
/** A context that stands still for longer, in a page that is seen, will not go on. */
const PATIENCE_MS = 60_000;
const GESTURES = ["pointerdown", "pointerup", "keydown", "touchend"] as const;

/**
 * Opens the way to the loudspeakers.
 * @param destination an own node to play into, its context then stays the caller's.
 */
export function openOutput(destination?: AudioNode, patienceMs = PATIENCE_MS): LiveOutput {
  const own = !destination;
  const context = (destination?.context as AudioContext | undefined) ?? new AudioContext();
  const speaker = new GainNode(context);
  speaker.connect(destination ?? context.destination);
  const silent = new GainNode(context);
  let captured: CaptureSound | null = null;
  const isRunning = () => context.state === "running";
  const resume = () => void context.resume().catch(() => undefined);
  return {
    context,
    async running(signal, onBlocked) {
      if (isRunning()) return;
      const waiting = new AbortController();
      const listen = { signal: waiting.signal };
      for (const gesture of GESTURES) {
        document.addEventListener(gesture, resume, { ...listen, capture: true, passive: true });
      }
      let blocked = false;
      const timer = setTimeout(() => {
        blocked = true;
        onBlocked(true);
      }, ALLOWED_WITHIN_MS);
      await new Promise<void>((resolve) => {
        context.addEventListener("statechange", () => isRunning() && resolve(), listen);
        signal.addEventListener("abort", () => resolve(), listen);
        if (signal.aborted) resolve();
        resume();
      });
      clearTimeout(timer);
      waiting.abort();
      if (blocked) onBlocked(false);
    },
    watch(signal, fail) {
      let ran = false;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const silent = (why: string) =>
        fail(
          own
            ? new EngineError(
                "device/unsupported",
                `The browser plays no sound: ${why}. Check the sound device and reload the page.`,
              )
            : new EngineError(
                "input/field",
                `destination cannot be heard: ${why}. Give a node of an AudioContext that runs.`,
              ),
        );
      const look = () => {
        clearTimeout(timer);
        ran ||= isRunning();
        if (signal.aborted || isRunning()) return;
        if (context.state === "closed") silent("its AudioContext was closed");
        else timer = setTimeout(standsStill, patienceMs);
      };
      const standsStill = () => {
        const asksForClick = !ran && !navigator.userActivation?.hasBeenActive;
        if (asksForClick || document.visibilityState !== "visible") look();
        else silent(`its AudioContext has been ${context.state} for ${patienceMs / 1000} s`);
      };
      context.addEventListener("statechange", look, { signal });
      document.addEventListener("visibilitychange", look, { signal });
      signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
      look();
    },
    play: () => new VoicePlayback(context, speaker, () => heardTime(context)),
    heard: () => heardTime(context),
    entry: (audible) => (audible ? speaker : silent),
    track() {
      captured ??= createCaptureSound(context, [speaker, silent]);
      return captured.track;
    },
    rest() {
      // A track that stands still would hold up the picture beside it.
      if (own && !captured && isRunning()) void context.suspend().catch(() => undefined);
    },
    close() {
      captured?.close();
      speaker.disconnect();
      if (own) void context.close().catch(() => undefined);
    },
  };
}
