import type { LipSyncElement } from "./lip-sync.ts";
import type { VoiceProperty } from "./parts.ts";
import { isReady, type ViewActions } from "./view.ts";
import { chooseFile, startRecording, type Recording } from "./voice-sources.ts";

/** What the element is told by its controls. */
export interface ActionListeners {
  readonly onRecording: (recording: boolean) => void;
  readonly onFailed: (thrown: unknown) => void;
}

/** What the element's controls do, and what is to be done when it leaves the page. */
export interface ElementActions extends ViewActions {
  /** Lets the microphone go; what was recorded is forgotten. */
  release(): void;
}

/**
 * What the element's controls do. Failures of the element's own methods are shown and dispatched by these; there is
 * nobody else to catch them.
 */
export function createActions(element: LipSyncElement, listeners: ActionListeners): ElementActions {
  /** From the question for the microphone on. */
  let recording: Promise<Recording> | null = null;

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
    try {
      if (recording) {
        element[place] = await (await recording).stop();
        recording = null;
      } else await (recording = startRecording());
      listeners.onRecording(recording !== null);
    } catch (thrown) {
      recording = null;
      const { EngineError } = await import("../core/errors.ts");
      listeners.onFailed(new EngineError("input/audio", `The microphone did not start: ${String(thrown)}`));
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
    release() {
      void recording?.then((running) => running.stop()).catch(() => undefined);
      recording = null;
      listeners.onRecording(false);
    },
  };
}
