import { createEngine } from "../../src/engine/engine.ts";
import type { LiveSession, UtteranceEnd } from "../../src/engine/live/live-types.ts";

/** What the bench asks of its page; media by address. */
export interface LivePage {
  /** Opens a live portrait; milliseconds until it was ready. */
  open(image: string): Promise<number>;
  /** Speaks a voice, cut short after `seconds`. */
  speak(voice: string, seconds: number): Promise<UtteranceEnd>;
  /** Shows or hides the face. */
  show(visible: boolean): void;
}

declare global {
  interface Window {
    liveBench?: LivePage;
  }
}

const engine = createEngine();
let session: LiveSession | undefined;

const fetchBlob = async (url: string) => (await fetch(url)).blob();
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

window.liveBench = {
  async open(image) {
    const picture = await fetchBlob(image);
    await engine.warmUp("wasm");
    const started = performance.now();
    session = await engine.openLive({ image: picture, seed: 1 }, { backend: "wasm" });
    document.body.append(session.canvas);
    return performance.now() - started;
  },
  async speak(voice, seconds) {
    const file = await fetchBlob(voice);
    const utterance = session!.speak(file);
    await utterance.started;
    void wait(seconds * 1000).then(() => utterance.stop());
    return utterance;
  },
  show: (visible) => void (session!.canvas.hidden = !visible),
};
