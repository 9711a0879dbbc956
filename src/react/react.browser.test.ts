import { createElement, StrictMode, useLayoutEffect, useRef, useState } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, expect, test } from "vitest";
import portrait from "../../tests/fixtures/portrait.jpg?url";
import { shortVoice } from "../../tests/engine/media.ts";
import type { LipSyncElement } from "../element/define.ts";
import { LipSync } from "./react.ts";

let root: Root | undefined;
let voice: File | undefined;
afterEach(() => {
  root?.unmount();
  root = undefined;
  document.body.replaceChildren();
});

const find = () => document.querySelector("lip-sync");

/** An app as users write it: state, handlers, a ref. */
function App({ voice, onEvent }: { voice: Blob; onEvent: (name: string) => void }) {
  const face = useRef<LipSyncElement>(null);
  const [prompt, setPrompt] = useState("calm");
  const [state, setState] = useState("idle");
  const say = () => void face.current!.speak(voice).then((end) => onEvent(`spoke: ${end?.reason}`));
  const make = () => void face.current!.generate().then(({ output }) => onEvent(`made: ${output.type}`));
  return createElement(
    "main",
    null,
    createElement(
      LipSync,
      {
        ref: face,
        image: portrait,
        audio: voice,
        prompt,
        seed: 3,
        backend: "wasm",
        className: "face",
        style: { width: 300 },
        onSpeakStart: ({ detail }) => onEvent(`start: ${detail.firstSoundMs > 0}`),
        onSpeakEnd: ({ detail }) => onEvent(`end: ${detail.reason}`),
        onResult: ({ detail }) => onEvent(`result: ${detail.seed}`),
        onError: ({ detail }) => onEvent(`error: ${detail.code}`),
        onStateChange: ({ detail }) => {
          setState(detail.state);
          onEvent(`state: ${detail.state}`);
        },
      },
      createElement("p", null, "No picture yet"),
    ),
    createElement("output", null, state),
    createElement("button", { id: "style", onClick: () => setPrompt("energetic") }, "Livelier"),
    createElement("button", { id: "say", onClick: say }, "Say it"),
    createElement("button", { id: "make", onClick: make }, "Make it"),
  );
}

async function start(onEvent: (name: string) => void): Promise<LipSyncElement> {
  voice ??= await shortVoice(1.5);
  const place = document.createElement("div");
  document.body.append(place);
  root = createRoot(place);
  root.render(createElement(StrictMode, null, createElement(App, { voice, onEvent })));
  await expect.poll(find).not.toBeNull();
  return find()!;
}
const press = (id: string) => document.querySelector<HTMLButtonElement>(`#${id}`)!.click();

test("in a React app, props are properties, also when they change, and children are slotted", async () => {
  const element = await start(() => undefined);
  const { image, audio, prompt, seed, backend, className } = element;
  expect({ image, audio, prompt, seed, backend, className }).toEqual({
    image: portrait,
    audio: voice,
    prompt: "calm",
    seed: 3,
    backend: "wasm",
    className: "face",
  });
  expect(element.textContent).toBe("No picture yet");
  press("style");
  await expect.poll(() => element.prompt).toBe("energetic");
  expect(find()).toBe(element);
});

test("in a React app, the element has its properties before it is painted", async () => {
  const seen: unknown[] = [];
  function Early() {
    const face = useRef<LipSyncElement>(null);
    useLayoutEffect(() => void seen.push(face.current!.image), []);
    return createElement(LipSync, { ref: face, image: portrait });
  }
  const place = document.createElement("div");
  document.body.append(place);
  root = createRoot(place);
  root.render(createElement(Early));
  await expect.poll(() => seen).toEqual([portrait]);
});

test("in a React app, the ref speaks and generates, each event arrives once, state follows", async () => {
  const events: string[] = [];
  await start((name) => events.push(name));
  press("say");
  await expect.poll(() => events.at(-1), { timeout: 60_000 }).toBe("spoke: ended");
  const spoken = ["state: preparing", "state: speaking", "start: true", "state: idle", "end: ended"];
  expect(events).toEqual([...spoken, "spoke: ended"]);
  await expect.poll(() => document.querySelector("output")!.textContent).toBe("idle");
  events.length = 0;
  press("make");
  await expect.poll(() => events.at(-1), { timeout: 60_000 }).toBe("made: video/mp4");
  expect(events).toEqual(["state: rendering", "state: done", "result: 3", "made: video/mp4"]);
  await expect.poll(() => document.querySelector("output")!.textContent).toBe("done");
});

test("unmounting in mid-speech ends it", async () => {
  const events: string[] = [];
  const element = await start((name) => events.push(name));
  press("say");
  await expect.poll(() => element.speaking, { timeout: 60_000 }).toBe(true);
  root!.unmount();
  root = undefined;
  await expect.poll(() => events).toContain("spoke: stopped");
});
