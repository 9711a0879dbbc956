import type { LipSyncElement } from "dudak/element";
import "dudak/element";
import { recordVoice, type Recording } from "./record-voice.ts";
import { reply } from "./reply.ts";

const face = document.querySelector<LipSyncElement>("#face")!;
const greet = document.querySelector<HTMLButtonElement>("#greet")!;
const talk = document.querySelector<HTMLButtonElement>("#talk")!;
const news = document.querySelector<HTMLParagraphElement>("#news")!;
let recording: Recording | undefined;

/** Says what goes wrong: an `EngineError` has a sentence that says what to do. */
async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    news.textContent = error instanceof Error ? error.message : String(error);
  }
}

greet.addEventListener("click", () => {
  void attempt(async () => {
    const end = await face.speak("/hello.mp3");
    news.textContent = `Said hello (${end?.reason ?? "as a film"}).`;
  });
});

// Talk: a click begins, the next one ends. Who talks interrupts the agent.
talk.addEventListener("click", () => {
  void attempt(async () => {
    if (!recording) {
      face.stop();
      recording = await recordVoice();
      talk.textContent = "Done";
      talk.ariaPressed = "true";
      news.textContent = "Listening …";
      return;
    }
    const said = await recording.end();
    recording = undefined;
    talk.textContent = "Talk";
    talk.ariaPressed = "false";
    news.textContent = "Thinking …";
    const answer = await reply(said);
    news.textContent = "";
    await face.speak(answer);
  });
});
