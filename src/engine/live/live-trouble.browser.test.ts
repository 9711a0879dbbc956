import { afterAll, afterEach, expect, test } from "vitest";
import portraitUrl from "../../../tests/fixtures/portrait.jpg?url";
import voiceUrl from "../../../tests/fixtures/voice.mp3?url";
import { EngineError } from "../../job/errors.ts";
import { createWorkers } from "../workers/workers.ts";
import { openLiveSession } from "./live-session.ts";
import type { LiveOptions, LiveSession, VoiceChunk } from "./live-types.ts";

const workers = createWorkers();
const contexts: AudioContext[] = [];
const sessions: LiveSession[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) session.dispose();
  for (const context of contexts.splice(0)) await context.close();
  document.body.replaceChildren();
});
afterAll(() => workers.dispose());

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const bytesOf = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());

/** A face whose head is still and whose voices go into a context of ours. */
async function open(options: LiveOptions = {}) {
  const context = new AudioContext();
  contexts.push(context);
  const image = await (await fetch(portraitUrl)).blob();
  const live = await openLiveSession(
    workers,
    { image, seed: 7, prompt: "still head" },
    { backend: "wasm", latency: "low", idle: false, destination: context.destination, ...options },
  );
  document.body.append(live.canvas);
  sessions.push(live);
  return { live, context };
}

async function decode(context: BaseAudioContext): Promise<AudioBuffer> {
  return context.decodeAudioData((await bytesOf(voiceUrl)).buffer);
}

/** The mouth as a caller sees it: green of the pixels around it. */
function mouthOf(canvas: HTMLCanvasElement): Float32Array {
  const [width, height] = [48, 32];
  const context = new OffscreenCanvas(width, height).getContext("2d")!;
  const { width: w, height: h } = canvas;
  context.drawImage(canvas, 0.41 * w, 0.55 * h, 0.17 * w, 0.11 * h, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  return Float32Array.from({ length: width * height }, (_, i) => data[4 * i + 1]!);
}

const difference = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
/** Mean difference in levels of a mouth that is at rest: a head that is still moves by fractions of a pixel. */
const AT_REST = 2;

async function restOf(live: LiveSession): Promise<Float32Array> {
  await expect.poll(() => mouthOf(live.canvas).some((value) => value > 0)).toBe(true);
  return mouthOf(live.canvas);
}

const comesToRest = (live: LiveSession, rest: Float32Array) =>
  expect.poll(() => difference(mouthOf(live.canvas), rest), { interval: 100 }).toBeLessThan(AT_REST);

/** A busy machine shows its first frames late; the sound goes on until it has. */
const moves = (live: LiveSession, rest: Float32Array) =>
  expect.poll(() => difference(mouthOf(live.canvas), rest), { interval: 20 }).toBeGreaterThan(AT_REST);

/** A face that is seen to follow a voice without an end. */
async function followed() {
  const { live, context } = await open();
  const rest = await restOf(live);
  const source = new AudioBufferSourceNode(context, { buffer: await decode(context), loop: true });
  const following = live.follow(source);
  source.start();
  await following.started;
  await moves(live, rest);
  return { live, context, following };
}

test("a stream that fails in mid-sentence is spoken so far, says why, and leaves a resting face that speaks again", async () => {
  const { live, context } = await open();
  const rest = await restOf(live);
  const clip = await decode(context);
  const samples = clip.getChannelData(0).slice(24_000, 72_000);
  const encoded = (await bytesOf(voiceUrl)).slice(0, 9000);
  const noise = new Uint8Array(80_000).fill(0x55);
  let asked = 0;
  async function* otherRate(): AsyncGenerator<VoiceChunk> {
    yield { planes: [samples], sampleRate: 48_000 };
    yield { planes: [samples], sampleRate: 44_100 };
  }
  const breaks = new ReadableStream<VoiceChunk>(
    {
      pull(controller) {
        if (asked++ === 0) controller.enqueue(encoded);
        else controller.error(new TypeError("network"));
      },
    },
    { highWaterMark: 0 },
  );
  for (const [voice, code] of [
    [otherRate(), "input/audio"],
    [[encoded, noise], "codec/failed"],
    [breaks, "input/fetch"],
  ] as const) {
    const utterance = live.speak(voice);
    await utterance.started;
    await expect(utterance).rejects.toMatchObject({ code });
    expect(live.speaking).toBe(false);
    await comesToRest(live, rest);
  }
  const end = await live.speak([{ planes: [samples], sampleRate: 48_000 }]);
  expect(end).toMatchObject({ reason: "ended" });
  expect(end.durationSeconds).toBeCloseTo(1, 1);
});

test("streams that hold no voice are refused by their code before a sound is heard", async () => {
  const { live } = await open();
  const rest = await restOf(live);
  const nothing = new ReadableStream<VoiceChunk>({ start: (controller) => controller.close() });
  for (const [voice, code] of [
    [nothing, "input/audio-empty"],
    [new Response("not found", { status: 404 }), "input/fetch"],
    [[new TextEncoder().encode("words, not a sound. ".repeat(100))], "input/audio"],
  ] as const) {
    const utterance = live.speak(voice);
    await expect(utterance.started).rejects.toMatchObject({ code });
    await expect(utterance).rejects.toMatchObject({ code });
  }
  await comesToRest(live, rest);
});

test("a context that is suspended in mid-speech holds voice and lips; both go on to the end", async () => {
  const { live, context } = await open();
  const clip = await decode(context);
  const utterance = live.speak([
    { planes: [clip.getChannelData(0).slice(0, 96_000)], sampleRate: clip.sampleRate },
  ]);
  await utterance.started;
  await wait(600);
  await context.suspend();
  await wait(1500);
  await context.resume();
  const end = await utterance;
  expect(end.reason).toBe("ended");
  expect(end.durationSeconds).toBeCloseTo(96_000 / clip.sampleRate, 1);
  // Frames that were due while nothing was heard would be more than the voice has.
  expect(end.framesDue).toBeLessThanOrEqual(Math.ceil(end.durationSeconds * 25) + 1);
});

test("a sound is followed on when its loudspeaker is exchanged for another", async () => {
  const { live, context, following } = await followed();
  const to = context as AudioContext & { setSinkId(id: string | { type: "none" }): Promise<void> };
  for (const device of [{ type: "none" }, ""] as const) {
    await to.setSinkId(device);
    const now = mouthOf(live.canvas);
    await moves(live, now);
  }
  following.stop();
  const end = await following;
  expect(end.reason).toBe("stopped");
  expect(end.worstLagSeconds).toBeLessThan(0.11);
}, 200_000);

test("what is followed is seen again by itself when the workers die that analyse and draw", async () => {
  const { live, following } = await followed();
  workers.recover(new EngineError("internal/bug", "The worker died."));
  // What was asked for before is still shown.
  await wait(500);
  await moves(live, mouthOf(live.canvas));
  following.stop();
  expect(await following).toMatchObject({ reason: "stopped" });
}, 200_000);
