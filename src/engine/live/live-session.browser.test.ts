import { afterAll, afterEach, expect, test } from "vitest";
import portraitUrl from "../../../tests/fixtures/portrait.jpg?url";
import questionUrl from "../../studio/samples/question.mp3?url";
import { createFrameHash } from "../../pipeline/compose/sinks/frame-hash.ts";
import { shortVoice } from "../../../tests/engine/media.ts";
import { EngineError } from "../../job/errors.ts";
import type { LiveMouth } from "../../worker-rpc/live-api.ts";
import { proxy, transfer } from "../../worker-rpc/rpc.ts";
import { createEngine } from "../engine.ts";
import { openLiveSession } from "./live-session.ts";
import { openPortrait } from "./open-portrait.ts";
import type { LiveOptions, LiveSession } from "./live-types.ts";
import { createWorkers } from "../workers/workers.ts";

const engine = createEngine();
afterAll(() => engine.dispose());

const fetchBlob = async (url: string) => (await fetch(url)).blob();
const SEED = 7;
const FPS = 25;
const sessions: LiveSession[] = [];

async function open(options: LiveOptions = {}): Promise<LiveSession> {
  const image = await fetchBlob(portraitUrl);
  const live = await engine.openLive({ image, seed: SEED }, { backend: "wasm", ...options });
  document.body.append(live.canvas);
  sessions.push(live);
  return live;
}

afterEach(() => {
  for (const session of sessions.splice(0)) session.dispose();
  document.body.replaceChildren();
});

/** The canvas as a caller sees it. */
function pixels(canvas: HTMLCanvasElement): Uint8ClampedArray {
  const context = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d")!;
  context.drawImage(canvas, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height).data;
}

test("frames are those of the film of the same voice, and are again after a first, rough hearing", async () => {
  const [image, audio] = await Promise.all([fetchBlob(portraitUrl), shortVoice(1.6)]);
  const film = await engine.run({
    model: "lipsync-image",
    formState: { image, audio, seed: SEED },
    backend: "wasm",
    hashFrames: true,
  });

  const workers = createWorkers();
  try {
    const { portrait } = await openPortrait(workers, { image }, SEED, { backend: "wasm" });
    const voice = await workers.media().openVoice(audio, 60, new AbortController().signal);
    const { planes } = await workers.media().readSpeech(voice.voice, 60);
    const mouth = async (seconds: number): Promise<LiveMouth> => {
      const pcm = planes[0]!.slice(0, Math.round(seconds * 16_000));
      const ignore = proxy(() => undefined);
      const signal = new AbortController().signal;
      return {
        track: await workers.inference("wasm").mouthOf(transfer(pcm, [pcm.buffer]), signal, ignore),
        seconds,
      };
    };
    const draw = async (utterance: number, frame: number) => {
      const speech = { utterance, frame };
      const bitmap = await workers.render().drawLive(portrait, { clockSeconds: frame / FPS, speech });
      const { width, height } = bitmap;
      const context = new OffscreenCanvas(width, height).getContext("2d")!;
      context.drawImage(bitmap, 0, 0);
      bitmap.close();
      return { width, height, data: context.getImageData(0, 0, width, height).data };
    };

    await workers.render().setLiveMouth(portrait, 1, await mouth(voice.durationSeconds));
    const hash = createFrameHash();
    const whole: Uint8ClampedArray[] = [];
    for (let frame = 0; frame < film.report.frames; frame++) {
      const image = await draw(1, frame);
      whole.push(image.data);
      await hash.add(image);
    }
    expect(hash.hex()).toBe(film.report.framesSha256);

    // One second first, the whole a little later: what differs fades within 0.6 s.
    await workers.render().setLiveMouth(portrait, 2, await mouth(1));
    for (let frame = 0; frame < 10; frame++) await draw(2, frame);
    await workers.render().setLiveMouth(portrait, 2, await mouth(voice.durationSeconds));
    await draw(2, 10);
    for (const frame of [26, film.report.frames - 1]) {
      const { data } = await draw(2, frame);
      expect(data.every((value, i) => value === whole[frame]![i])).toBe(true);
    }
  } finally {
    workers.dispose();
  }
});

test("it speaks twice, each frame in time with the sound, and moves between", async () => {
  const live = await open();
  // One that is listened to as a whole, and one in parts.
  for (const [voice, seconds] of [
    [await fetchBlob(questionUrl), 3.13],
    [await shortVoice(5), 5],
  ] as const) {
    const utterance = live.speak(voice);
    const { firstSoundMs } = await utterance.started;
    expect(live.speaking).toBe(true);
    const end = await utterance;
    expect(end.reason).toBe("ended");
    expect(Math.abs(end.durationSeconds - seconds)).toBeLessThan(0.2);
    expect(end.firstSoundMs).toBe(firstSoundMs);
    expect(end.firstFrameMs).toBeGreaterThan(0);
    expect(end.framesShown).toBeGreaterThan(0);
    expect(end.framesShown).toBeLessThanOrEqual(end.framesDue);
    // A frame is shown when its time has come, never before, and never a tenth of a second after it.
    expect(end.meanLagSeconds).toBeGreaterThanOrEqual(0);
    expect(end.worstLagSeconds).toBeLessThan(0.11);
    expect(live.speaking).toBe(false);
  }
  const before = pixels(live.canvas);
  await expect.poll(() => pixels(live.canvas).some((value, i) => value !== before[i])).toBe(true);
});

test("a voice interrupts another, a queued one waits, stop silences all", async () => {
  const live = await open();
  const voice = await shortVoice(1.2);
  const first = live.speak(voice);
  await first.started;
  const second = live.speak(voice);
  expect(await first).toMatchObject({ reason: "interrupted" });
  await second.started;
  const third = live.speak(voice, { queue: true });
  const fourth = live.speak(voice, { queue: true });
  expect(await second).toMatchObject({ reason: "ended" });
  await third.started;
  live.stop();
  expect(await third).toMatchObject({ reason: "stopped" });
  expect(await fourth).toMatchObject({ reason: "stopped", firstSoundMs: null, framesShown: 0 });
  expect(live.speaking).toBe(false);
});

test("bad audio and an abort end one utterance with its code; the session goes on", async () => {
  const live = await open();
  await expect(live.speak(new Blob(["not a sound at all"]))).rejects.toMatchObject({ code: "input/audio" });
  const missing = live.speak("http://127.0.0.1:1/voice.mp3");
  await expect(missing.started).rejects.toMatchObject({ code: "input/fetch" });
  const controller = new AbortController();
  const aborted = live.speak(await fetchBlob(questionUrl), { signal: controller.signal });
  await aborted.started;
  controller.abort();
  await expect(aborted).rejects.toMatchObject({ code: "job/cancelled" });
  const decoded = new AudioBuffer({ length: 22_050, sampleRate: 44_100, numberOfChannels: 2 });
  expect(await live.speak(decoded)).toMatchObject({ reason: "ended", durationSeconds: 0.5 });
});

test("where nobody sees it, the voice is heard and nothing is drawn", async () => {
  const live = await open();
  const voice = await shortVoice(0.8);
  live.canvas.hidden = true;
  // The browser tells what is seen when it has drawn the page.
  for (let i = 0; i < 2; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
  await new Promise((resolve) => setTimeout(resolve));
  const offScreen = await live.speak(voice);
  live.canvas.hidden = false;
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  try {
    document.dispatchEvent(new Event("visibilitychange"));
    const hiddenPage = await live.speak(voice);
    for (const end of [offScreen, hiddenPage])
      expect(end).toMatchObject({ reason: "ended", framesShown: 0, firstFrameMs: null });
  } finally {
    Reflect.deleteProperty(document, "visibilityState");
    document.dispatchEvent(new Event("visibilitychange"));
  }
  expect(await live.speak(voice)).toHaveProperty("framesDue");
});

test("for people who want less motion the face is still between utterances, and speaks", async () => {
  const { matchMedia } = window;
  window.matchMedia = (query) =>
    Object.defineProperty(matchMedia.call(window, query), "matches", {
      value: query.includes("reduced-motion"),
    });
  try {
    const live = await open();
    const end = await live.speak(await shortVoice(0.8));
    expect(end.framesShown).toBeGreaterThan(0);
    // It comes to rest within a second; a machine that is busy draws the last of it later.
    const rests = async () => {
      const before = pixels(live.canvas);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return pixels(live.canvas).every((value, i) => value === before[i]);
    };
    await expect.poll(rests).toBe(true);
  } finally {
    window.matchMedia = matchMedia;
  }
});

test("when its worker dies, the next utterance brings the face back, whatever became of the opening's signal", async () => {
  const workers = createWorkers();
  const opening = new AbortController();
  const { signal } = opening;
  try {
    const image = await fetchBlob(portraitUrl);
    const live = await openLiveSession(workers, { image }, { backend: "wasm", signal });
    opening.abort();
    sessions.push(live);
    document.body.append(live.canvas);
    workers.recover(new EngineError("internal/bug", "The worker died."));
    // Long enough for a busy machine to show some of it with workers that have just started.
    const end = await live.speak(await shortVoice(6));
    expect(end.reason).toBe("ended");
    expect(end.framesShown).toBeGreaterThan(0);
  } finally {
    workers.dispose();
  }
});

test("a session that is disposed of while its face is brought back leaves no portrait behind", async () => {
  const workers = createWorkers();
  const [opened, closed]: [number[], number[]] = [[], []];
  let openings = 0;
  let live: LiveSession | undefined;
  const render = () => {
    const api = workers.render();
    return Object.assign(Object.create(null) as object, {
      openLive: async (...given: Parameters<typeof api.openLive>) => {
        if (++openings === 2) live!.dispose();
        const facts = await api.openLive(...given);
        opened.push(facts.portrait);
        return facts;
      },
      closeLive: async (portrait: number) => {
        await api.closeLive(portrait);
        closed.push(portrait);
      },
      drawLive: (...given: Parameters<typeof api.drawLive>) => api.drawLive(...given),
      setLiveMouth: (...given: Parameters<typeof api.setLiveMouth>) => api.setLiveMouth(...given),
      connectLiveView: (...given: Parameters<typeof api.connectLiveView>) => api.connectLiveView(...given),
    }) as unknown as typeof api;
  };
  try {
    const image = await fetchBlob(portraitUrl);
    live = await openLiveSession({ ...workers, render }, { image }, { backend: "wasm" });
    document.body.append(live.canvas);
    workers.recover(new EngineError("internal/bug", "The worker died."));
    expect(await live.speak(await shortVoice(1.2))).toMatchObject({ reason: "stopped" });
    await expect.poll(() => opened.length).toBe(2);
    await expect.poll(() => closed).toContain(opened[1]);
  } finally {
    workers.dispose();
  }
});

test("disposing in mid-speech silences it and leaves the engine usable", async () => {
  const live = await open();
  const utterance = live.speak(await shortVoice(1.2));
  await utterance.started;
  live.dispose();
  expect(await utterance).toMatchObject({ reason: "stopped" });
  expect(() => live.speak("voice.mp3")).toThrow(/another one/);
  await expect(open()).resolves.toHaveProperty("speaking", false);
});

test("a voice whose AudioContext is closed, before or while it speaks, ends with a code", async () => {
  const context = new AudioContext();
  const live = await open({ destination: context.destination });
  const voice = await shortVoice(4);
  const utterance = live.speak(voice);
  await utterance.started;
  await context.close();
  await expect(utterance).rejects.toMatchObject({ code: "input/field" });
  await expect(live.speak(voice)).rejects.toMatchObject({ code: "input/field" });
  expect(live.speaking).toBe(false);
  const { destination } = new OfflineAudioContext(1, 44_100, 44_100);
  await expect(open({ destination })).rejects.toMatchObject({ code: "input/field" });
});

test("sound that the browser holds back is announced and begins with the permission", async () => {
  const context = new AudioContext();
  await context.suspend();
  // The browser of the tests lets every page sound; this context waits as in a page that nobody has clicked.
  context.resume = () => new Promise(() => undefined);
  const seen: boolean[] = [];
  const live = await open({ destination: context.destination, onBlocked: (blocked) => seen.push(blocked) });
  const utterance = live.speak(await fetchBlob(questionUrl));
  await expect.poll(() => seen).toEqual([true]);
  await AudioContext.prototype.resume.call(context);
  await utterance.started;
  expect(seen).toEqual([true, false]);
  live.stop();
  await context.close();
});
