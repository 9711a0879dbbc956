import { afterAll, afterEach, expect, test } from "vitest";
import portraitUrl from "../../../tests/fixtures/portrait.jpg?url";
import questionUrl from "../../studio/samples/question.mp3?url";
import { createEngine } from "../engine.ts";
import type { LiveOptions, LiveSession, VoiceChunk } from "./live-types.ts";

const engine = createEngine();
afterAll(() => engine.dispose());

const sessions: LiveSession[] = [];
async function open(options: LiveOptions = {}): Promise<LiveSession> {
  const image = await (await fetch(portraitUrl)).blob();
  const live = await engine.openLive({ image, seed: 7 }, { backend: "wasm", ...options });
  document.body.append(live.canvas);
  sessions.push(live);
  return live;
}
afterEach(() => {
  for (const session of sessions.splice(0)) session.dispose();
  document.body.replaceChildren();
});

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const bytesOf = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());

/** Bytes that come in pieces, `ms` apart. */
function drip(bytes: Uint8Array, pieces: number, ms: number): ReadableStream<Uint8Array> {
  const step = Math.ceil(bytes.length / pieces);
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      if (at > 0) await wait(ms);
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, (at += step)));
    },
  });
}

async function decode(url: string): Promise<AudioBuffer> {
  const context = new OfflineAudioContext(1, 1, 48_000);
  return context.decodeAudioData(await (await fetch(url)).arrayBuffer());
}

test("a dripped MP3 begins long before its end, is spoken whole, and its lips are in time", async () => {
  const live = await open();
  const bytes = await bytesOf(questionUrl);
  const { duration } = await decode(questionUrl);
  // In pieces of 200 ms, as fast as they are spoken.
  const utterance = live.speak(drip(bytes, Math.ceil(duration / 0.2), 200));
  const { firstSoundMs } = await utterance.started;
  expect(firstSoundMs).toBeLessThan(duration * 1000);
  const end = await utterance;
  expect(end.reason).toBe("ended");
  expect(Math.abs(end.durationSeconds - duration)).toBeLessThan(0.1);
  expect(end.framesShown).toBeGreaterThan(0);
  expect(end.worstLagSeconds).toBeLessThan(0.11);
});

test("pieces of decoded sound, at another rate, are spoken; a gap in them pauses and goes on", async () => {
  const live = await open();
  const sound = await decode(questionUrl);
  async function* pieces(): AsyncGenerator<VoiceChunk> {
    const samples = sound.getChannelData(0);
    for (let at = 0; at < 48_000; at += 4800) {
      yield { planes: [samples.slice(at, at + 4800)], sampleRate: 48_000 };
      await wait(at === 24_000 ? 700 : 50);
    }
  }
  const end = await live.speak(pieces());
  expect(end).toMatchObject({ reason: "ended" });
  expect(end.durationSeconds).toBeCloseTo(1, 2);
});

test("a sound is followed until it is stopped, and one without a track says so", async () => {
  const live = await open({ latency: "low" });
  const context = new AudioContext();
  const source = new AudioBufferSourceNode(context, { buffer: await decode(questionUrl), loop: true });
  const sink = new MediaStreamAudioDestinationNode(context);
  source.connect(sink);
  source.start();
  await expect(live.follow(new MediaStream())).rejects.toMatchObject({ code: "input/audio" });
  const following = live.follow(sink.stream);
  await following.started;
  expect(live.speaking).toBe(true);
  // Long enough for a busy machine to show some of it.
  await wait(6000);
  live.stop();
  const end = await following;
  expect(end).toMatchObject({ reason: "stopped" });
  expect(end.durationSeconds).toBeGreaterThan(1);
  expect(end.framesShown).toBeGreaterThan(0);
  expect(end.worstLagSeconds).toBeLessThan(0.11);
  await context.close();
});
