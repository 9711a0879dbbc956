import { afterAll, expect, test } from "vitest";
import portraitUrl from "../fixtures/portrait.jpg?url";
import voiceUrl from "../fixtures/voice.mp3?url";
import questionUrl from "../../src/studio/samples/question.mp3?url";
import { createLipSync } from "../../src/engine/lip-sync.ts";
import { controlCall } from "../../tools/bench/control-call.ts";
import { lipLag, loopback, PORTRAIT_MOUTH, startOf, watch } from "../../tools/bench/measured-call.ts";

const lipSync = createLipSync();
afterAll(() => lipSync.dispose());

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function decoded(url: string): Promise<AudioBuffer> {
  const context = new OfflineAudioContext(1, 1, 48_000);
  return context.decodeAudioData(await (await fetch(url)).arrayBuffer());
}

/**
 * The lips lie within a frame of their sound, in milliseconds, besides what a call moves any picture and its sound
 * apart by (some 40 ms, the picture first; more on a busy machine), which is measured beside, to half a frame.
 */
const IN_TIME_MS = 40 + 20;
/** Share of the frames below which a machine is too busy to be judged. */
const KEPT = 0.9;
/** By so many milliseconds the control's flashes and tones differ where a call itself holds sound back now and then. */
const UNSTEADY_MS = 100;

test("an agent's voice comes in by one call and its face goes out by another, lips and sound in time", async ({
  skip,
}) => {
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
  const control = await controlCall(context);
  // A call takes a while until its first picture.
  await wait(4000);
  source.start();
  await wait(1000 * Math.min(clip.duration, 11) + 1000);
  const received = await ended();
  const { medianMs, spreadMs } = await control();
  live.stop();
  const end = await following;
  expect(end).toMatchObject({ reason: "stopped" });
  const loudest = received.samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(received.samples.length).toBeGreaterThan(received.sampleRate);
  expect(loudest).toBeGreaterThan(0.01);
  expect(received.mouths.length).toBeGreaterThan(5);
  live.dispose();
  call.close();
  back.close();
  await context.close();
  const kept = end.framesShown / end.framesDue;
  skip(
    kept < KEPT,
    `the machine showed ${Math.round(100 * kept)} % of the frames: too busy to judge the lips`,
  );
  skip(spreadMs > UNSTEADY_MS, `a call held back its sound by ${Math.round(spreadMs)} ms now and then`);
  const { aperture } = await lipSync.analyseVoice(voiceUrl, { backend: "wasm" });
  const start = startOf(received, clip.getChannelData(0), clip.sampleRate);
  const { meanMs, r } = lipLag(received.mouths, aperture!.subarray(0, 1100), start);
  expect(r).toBeGreaterThan(0.7);
  expect(Math.abs(meanMs - medianMs)).toBeLessThanOrEqual(IN_TIME_MS);
}, 120_000);

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
