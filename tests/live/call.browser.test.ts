import { afterAll, expect, test } from "vitest";
import portraitUrl from "../fixtures/portrait.jpg?url";
import voiceUrl from "../fixtures/voice.mp3?url";
import questionUrl from "../../src/studio/samples/question.mp3?url";
import { createLipSync } from "../../src/engine/lip-sync.ts";
import { loopback, PORTRAIT_MOUTH, watch } from "../../tools/bench/measured-call.ts";

const lipSync = createLipSync();
afterAll(() => lipSync.dispose());

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function decoded(url: string): Promise<AudioBuffer> {
  const context = new OfflineAudioContext(1, 1, 48_000);
  return context.decodeAudioData(await (await fetch(url)).arrayBuffer());
}

test("an agent's voice comes in by one call and its face goes out by another, both with the sound", async () => {
  const live = await lipSync.live(
    { image: portraitUrl, seed: 7, prompt: "still head" },
    { backend: "wasm", latency: "low" },
  );
  const context = new AudioContext();
  const clip = await decoded(voiceUrl);
  const agent = new MediaStreamAudioDestinationNode(context);
  const source = new AudioBufferSourceNode(context, { buffer: clip });
  source.connect(agent);
  const call = await loopback(agent.stream);
  const following = live.follow(call.received, { audible: false });
  await following.started;
  const back = await loopback(live.captureStream({ fps: 25 }));
  const ended = watch(back.received, PORTRAIT_MOUTH);
  // A call takes a while until its first picture.
  await wait(4000);
  source.start();
  await wait(1000 * Math.min(clip.duration, 11) + 1000);
  const received = await ended();
  live.stop();
  expect(await following).toMatchObject({ reason: "stopped" });
  // How well the lips are in time is the bench's to measure: a busy machine's are late.
  const loudest = received.samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(received.samples.length).toBeGreaterThan(received.sampleRate);
  expect(loudest).toBeGreaterThan(0.01);
  expect(received.mouths.length).toBeGreaterThan(5);
  live.dispose();
  call.close();
  back.close();
  await context.close();
});

test("an element that plays is followed, and heard again by itself afterwards", async () => {
  const live = await lipSync.live({ image: portraitUrl, seed: 7 }, { backend: "wasm", latency: "low" });
  document.body.append(live.canvas);
  const player = new Audio(questionUrl);
  player.loop = true;
  const following = live.follow(player);
  await player.play();
  await following.started;
  await wait(2000);
  following.stop();
  const end = await following;
  expect(end.reason).toBe("stopped");
  expect(end.framesShown).toBeGreaterThan(0);
  expect(player.paused).toBe(false);
  const again = live.follow(player);
  await again.started;
  again.stop();
  expect(await again).toMatchObject({ reason: "stopped" });
  player.pause();
  live.dispose();
});
