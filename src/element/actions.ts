import type { ElementFormState, ElementMedia } from "./element-request.ts";
import type { VoiceProperty } from "./parts.ts";
import { isReady, type ViewActions } from "./view.ts";
import { chooseFile, openMicrophone, startRecording, type Recording } from "./voice-sources.ts";

/** What the element is told by its controls. */
export interface ActionListeners {
  readonly onRecording: (place: VoiceProperty | null) => void;
  readonly onMicrophone: () => void;
  readonly onFailed: (thrown: unknown) => void;
}

/** What the element's controls do, and what is to be done when it leaves the page. */
export interface ElementActions extends ViewActions {
  /** Whether the microphone is followed. */
  readonly microphone: "off" | "asking" | "on";
  /** Lets the microphone go; what was recorded is forgotten. */
  release(): void;
}

/** The element as its controls use it. */
export interface Controlled extends ElementFormState {
  readonly live: boolean;
  readonly result: unknown;
  audio: ElementMedia | null;
  leftAudio: ElementMedia | null;
  rightAudio: ElementMedia | null;
  generate(): Promise<unknown>;
  speak(voice: ElementMedia): Promise<unknown>;
  follow(sound: MediaStream): Promise<unknown>;
  play(): Promise<unknown>;
  stop(): void;
  cancel(): void;
  download(): unknown;
}

/** From the question for the microphone on. */
interface RecordingSession {
  readonly place: VoiceProperty;
  readonly recording: Promise<Recording>;
  /** While the question is open, and while the file is made. */
  busy: boolean;
}

function microphoneTrouble(thrown: unknown): string {
  const name = thrown instanceof Error ? thrown.name : "";
  if (!isSecureContext)
    return "The browser gives a microphone only to pages on https or localhost. Choose a file.";
  if (name === "NotAllowedError")
    return "The microphone is not allowed; allow it in the address bar, or choose a file.";
  if (name === "NotFoundError") return "There is no microphone. Connect one, or choose a file.";
  return `The microphone did not start (${String(thrown)}). Choose a file.`;
}

async function microphoneError(thrown: unknown): Promise<unknown> {
  const { EngineError } = await import("../job/errors.ts");
  return new EngineError("input/audio", microphoneTrouble(thrown), { cause: thrown });
}

/**
 * What the element's controls do. Failures of the element's own methods are shown and dispatched by these; there is
 * nobody else to catch them.
 */
export function createActions(element: Controlled, listeners: ActionListeners): ElementActions {
  let session: RecordingSession | null = null;
  let microphone: ElementActions["microphone"] = "off";
  /** Times that everything was let go. */
  let releases = 0;

  function setMicrophone(state: typeof microphone): void {
    microphone = state;
    listeners.onMicrophone();
  }

  /** Follows the microphone until the button is pressed again, or something else speaks. */
  async function talk(): Promise<void> {
    if (microphone === "on") element.stop();
    if (microphone !== "off") return;
    setMicrophone("asking");
    const before = releases;
    let stream: MediaStream | undefined;
    try {
      stream = await openMicrophone();
      if (releases !== before) return;
      setMicrophone("on");
      await element.follow(stream).catch(() => undefined);
    } catch (thrown) {
      listeners.onFailed(await microphoneError(thrown));
    } finally {
      stream?.getTracks().forEach((track) => track.stop());
      setMicrophone("off");
    }
  }

  async function play(): Promise<void> {
    if (element.live && element.audio !== null) {
      await element.speak(element.audio);
      return;
    }
    if (!element.result && isReady(element)) await element.generate();
    await element.play();
  }

  async function choose(place: VoiceProperty): Promise<void> {
    const file = await chooseFile("audio/*,video/*");
    if (file) element[place] = file;
  }

  async function record(place: VoiceProperty): Promise<void> {
    const open = session;
    if (open?.busy) return;
    try {
      if (open) {
        open.busy = true;
        const file = await (await open.recording).stop();
        if (session !== open) return;
        element[open.place] = file;
        session = null;
        listeners.onRecording(null);
      }
      if (open?.place === place) return;
      const mine: RecordingSession = { place, recording: startRecording(), busy: true };
      session = mine;
      await mine.recording;
      mine.busy = false;
      if (session === mine) listeners.onRecording(place);
    } catch (thrown) {
      session = null;
      listeners.onRecording(null);
      listeners.onFailed(await microphoneError(thrown));
    }
  }

  return {
    generate: () => {
      if (isReady(element)) element.generate().catch(() => undefined);
    },
    cancel: () => element.cancel(),
    play: () => void play().catch(() => undefined),
    stop: () => element.stop(),
    download: () => void element.download(),
    choose: (place) => void choose(place),
    record: (place) => void record(place),
    talk: () => void talk(),
    get microphone() {
      return microphone;
    },
    release() {
      releases++;
      void session?.recording.then((running) => running.stop()).catch(() => undefined);
      session = null;
      listeners.onRecording(null);
    },
  };
}
