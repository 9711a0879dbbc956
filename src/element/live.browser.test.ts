import axe from "axe-core";
import { afterEach, expect, test } from "vitest";
import portrait from "../../tests/fixtures/portrait.jpg?url";
import { shortVoice } from "../../tests/engine/media.ts";
import voice from "../studio/samples/question.mp3?url";
import { lipLag, PORTRAIT_MOUTH, startOf, watch } from "../../tools/bench/measured-call.ts";
import { createLipSync } from "../engine/lip-sync.ts";
import "./define.ts";
import type { LipSyncElement } from "./lip-sync.ts";

afterEach(() => document.body.replaceChildren());

function place(attributes: string): LipSyncElement {
  document.body.innerHTML = `<main><h1>A page</h1><lip-sync style="width:400px" image="${portrait}" seed="7" backend="wasm" ${attributes}></lip-sync></main>`;
  return document.querySelector("lip-sync")!;
}

const liveCanvas = (element: LipSyncElement) =>
  element.shadowRoot!.querySelector<HTMLCanvasElement>('canvas[part~="canvas"]');
const buttons = (element: LipSyncElement) => [...element.shadowRoot!.querySelectorAll("button")];

/** Pixels of a canvas and a picture of the same size that differ. */
async function share(canvas: HTMLCanvasElement, other: CanvasImageSource): Promise<number> {
  const [a, b] = [canvas, other].map((source) => {
    const context = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d")!;
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    return context.getImageData(0, 0, canvas.width, canvas.height).data;
  });
  let changed = 0;
  for (let i = 0; i < a!.length; i += 4) if (Math.abs(a![i]! - b![i]!) > 24) changed++;
  return changed / (a!.length / 4);
}

test("speak plays at once with its events, keeps no file, and speaks again", async () => {
  const element = place("");
  const events: string[] = [];
  for (const name of [
    "lip-sync-speakstart",
    "lip-sync-speakend",
    "lip-sync-error",
    "lip-sync-result",
  ] as const)
    element.addEventListener(name, () => events.push(name));
  const states: string[] = [];
  element.addEventListener("lip-sync-statechange", ({ detail }) => states.push(detail.state));
  const started = new Promise((resolve) =>
    element.addEventListener("lip-sync-speakstart", resolve, { once: true }),
  );
  const first = element.speak(voice);
  await Promise.race([started, first]);
  expect(element.speaking).toBe(true);
  expect(element.state).toBe("speaking");
  expect(element.matches(":state(speaking)")).toBe(true);
  await element.updateComplete;
  expect(buttons(element).some((button) => button.textContent.includes("Stop"))).toBe(true);
  expect(await first).toMatchObject({ reason: "ended" });
  expect(element.speaking).toBe(false);
  expect(states).toEqual(["preparing", "speaking", "idle"]);
  const second = await element.speak(await shortVoice(1.2));
  expect(second).toMatchObject({ reason: "ended" });
  expect(second!.framesShown).toBeGreaterThan(0);
  expect(events).toEqual(Array(2).fill(["lip-sync-speakstart", "lip-sync-speakend"]).flat());
  expect(element.result).toBeNull();
});

test("a live player prepares its face by itself; it moves, stops by its button and passes axe", async () => {
  const element = place(`live label="A woman" audio="${voice}"`);
  await expect.poll(() => liveCanvas(element)?.width).toBeGreaterThan(1);
  const picture = element.shadowRoot!.querySelector("img")!;
  const canvas = liveCanvas(element)!;
  await expect
    .poll(() => canvas.height / canvas.width)
    .toBeCloseTo(picture.naturalHeight / picture.naturalWidth, 2);
  const still = await createImageBitmap(canvas);
  await expect.poll(() => share(canvas, still)).toBeGreaterThan(0.0005);

  const [play] = buttons(element);
  expect(play!.getAttribute("aria-label")).toBe("Play");
  const ended = new Promise<CustomEvent>((resolve) =>
    element.addEventListener("lip-sync-speakend", resolve, { once: true }),
  );
  play!.click();
  await expect.poll(() => element.speaking).toBe(true);
  await element.updateComplete;
  const { violations } = await axe.run(document.querySelector("main")!, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  });
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.failureSummary}`)).toEqual([]);
  const [stop] = buttons(element);
  expect(stop!.getAttribute("aria-label")).toBe("Stop");
  stop!.click();
  expect((await ended).detail).toMatchObject({ reason: "stopped" });
  expect(element.speaking).toBe(false);
});

test("a voice that is none fails with its code, as a rejection, an event and a sentence", async () => {
  const element = place("");
  const heard = new Promise((resolve) =>
    element.addEventListener("lip-sync-error", ({ detail }) => resolve(detail.code)),
  );
  await expect(element.speak(new Blob(["no sound"]))).rejects.toMatchObject({ code: "input/audio" });
  expect(await heard).toBe("input/audio");
  await element.updateComplete;
  expect(element.state).toBe("error");
  expect(element.shadowRoot!.querySelector('[part="status"]')!.textContent).toMatch(/not a sound/);
  expect(await element.speak(await shortVoice(0.8))).toMatchObject({ reason: "ended" });
  expect(element.state).toBe("idle");
});

test("taking the element away in mid-speech ends the speech; another picture gives another face", async () => {
  const element = place("");
  const started = () =>
    new Promise((resolve) => element.addEventListener("lip-sync-speakstart", resolve, { once: true }));
  const waiting = started();
  const gone = element.speak(voice);
  await Promise.race([waiting, gone]);
  const parent = element.parentElement!;
  element.remove();
  expect(await gone).toMatchObject({ reason: "stopped" });
  parent.append(element);
  const again = started();
  const turned = element.speak(voice);
  await Promise.race([again, turned]);
  const before = liveCanvas(element);
  element.seed = 8;
  expect(await turned).toMatchObject({ reason: "stopped" });
  expect(await element.speak(await shortVoice(0.8))).toMatchObject({ reason: "ended" });
  expect(liveCanvas(element)).not.toBe(before);
});

test("it speaks a reply that streams in, follows a sound, and gives its face as a stream", async () => {
  const element = place('live latency="low"');
  const bytes = new Uint8Array(await (await fetch(voice)).arrayBuffer());
  const half = bytes.length / 2;
  async function* reply() {
    yield bytes.slice(0, half);
    yield await Promise.resolve(bytes.slice(half));
  }
  expect(await element.speak(reply())).toMatchObject({ reason: "ended" });
  const context = new AudioContext();
  const sound = new MediaStreamAudioDestinationNode(context);
  new ConstantSourceNode(context, { offset: 0 }).connect(sound);
  const following = element.follow(sound.stream);
  await expect.poll(() => element.speaking).toBe(true);
  expect((await element.captureStream()).getTracks()).toHaveLength(2);
  element.stop();
  expect(await following).toMatchObject({ reason: "stopped" });
  await context.close();
});

test("its lips are in time with its sound in the stream that it gives", async ({ skip }) => {
  const element = place('live prompt="still head"');
  const received = watch(await element.captureStream(), PORTRAIT_MOUTH);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const end = (await element.speak((await fetch(voice)).body!))!;
  const seen = await received();
  const kept = end.framesShown / end.framesDue;
  skip(
    kept < 0.9,
    `the machine showed ${Math.round(100 * kept)} % of the frames: too busy to judge the lips`,
  );
  const lipSync = createLipSync();
  const { aperture } = await lipSync.analyseVoice(voice, { backend: "wasm" });
  lipSync.dispose();
  const clip = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(
    await (await fetch(voice)).arrayBuffer(),
  );
  const { meanMs, r } = lipLag(seen.mouths, aperture!, startOf(seen, clip.getChannelData(0), 48_000));
  expect(r).toBeGreaterThan(0.7);
  // A frame, and a tick of the screen.
  expect(Math.abs(meanMs)).toBeLessThanOrEqual(40 + 17);
});

test("the microphone is asked for by its button alone; a refusal is told, and the next press asks again", async () => {
  const element = place("live microphone");
  await element.updateComplete;
  const asked: unknown[] = [];
  const devices = navigator.mediaDevices;
  const own = devices.getUserMedia.bind(devices);
  const context = new AudioContext();
  const microphone = new MediaStreamAudioDestinationNode(context);
  try {
    devices.getUserMedia = (wanted) => {
      asked.push(wanted);
      return asked.length === 1
        ? Promise.reject(new DOMException("no", "NotAllowedError"))
        : Promise.resolve(microphone.stream);
    };
    const button = () => buttons(element).find((each) => /Talk|Stop talking/.test(each.ariaLabel ?? ""))!;
    expect(button().ariaLabel).toBe("Talk through the microphone");
    expect(asked).toEqual([]);
    button().click();
    const status = () => element.shadowRoot!.querySelector('[part="status"]')!.textContent;
    await expect.poll(status).toMatch(/microphone is not allowed/);
    button().click();
    await expect.poll(() => element.speaking).toBe(true);
    await element.updateComplete;
    expect(button().ariaLabel).toBe("Stop talking");
    button().click();
    await expect.poll(() => element.speaking).toBe(false);
    expect(microphone.stream.getTracks()[0]!.readyState).toBe("ended");
  } finally {
    devices.getUserMedia = own;
    await context.close();
  }
});

test("generate still makes the file, after live speech too", async () => {
  const element = place("");
  const short = await shortVoice(0.8);
  await element.speak(short);
  element.audio = short;
  const result = await element.generate();
  expect(result.output.type).toBe("video/mp4");
  await element.updateComplete;
  expect(element.shadowRoot!.querySelector("video[data-result]")).not.toBeNull();
  expect(liveCanvas(element)).toBeNull();
});
