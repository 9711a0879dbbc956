import { createEngine } from "../../src/engine/engine.ts";
import type { LiveSession, UtteranceEnd } from "../../src/engine/live/live-types.ts";
import { createWorkers } from "../../src/engine/workers/workers.ts";
import type { Latency } from "../../src/job/latency.ts";
import { MouthBuffer } from "../../src/pipeline/live/mouth-buffer.ts";
import { lipLag, loopback, PORTRAIT_MOUTH, startOf, watch, type LipLag } from "./measured-call.ts";

/** How a dripped reply was heard, in milliseconds. */
export interface DrippedReply {
  /** From the arrival of its beginning to its first sound. */
  readonly firstSoundMs: number;
  /** All gaps in it. */
  readonly gapsMs: number;
}

/** What the bench of voices that are still being spoken asks of its page; media by address. */
export interface LiveStreamPage {
  open(image: string): Promise<void>;
  /** A reply whose first 300 ms come at once and the rest as it is spoken, in pieces of 200 ms. */
  reply(voice: string): Promise<DrippedReply>;
  /** Milliseconds that a sound takes into another audio context and out again, as a track each time. */
  passage(voice: string): Promise<number>;
  /** Plays a voice over and over to nobody. */
  play(voice: string, seconds: number): Promise<void>;
  /** Follows a voice over and over. `lagMs` is from the sound's arrival to its leaving as a track; after that nobody captures it. */
  follow(
    voice: string,
    latency: Latency,
    seconds: number,
  ): Promise<UtteranceEnd & { readonly lagMs: number; readonly deviceMs: number }>;
  /** Lips against the sound in the picture that arrives by a call. */
  call(voice: string, latency: Latency): Promise<LipLag>;
  /** Hears a voice over and over, as fast as can be, for so many seconds of it. */
  hear(voice: string, seconds: number): Promise<void>;
}

declare global {
  interface Window {
    liveStreamBench?: LiveStreamPage;
  }
}

const engine = createEngine();
const workers = createWorkers();
let session: LiveSession | undefined;

/** What a dripped reply lasts, and how often a piece of it comes. */
const REPLY_SECONDS = 4;
const PIECE_MS = 200;
/** How long what goes in and what comes out is listened to. */
const LISTENED_MS = 4000;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const bytesOf = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());

async function decoded(url: string, rate = 48_000): Promise<AudioBuffer> {
  return new OfflineAudioContext(1, 1, rate).decodeAudioData((await bytesOf(url)).buffer);
}

/** A voice in a context of its own, ready to be started. */
async function source(voice: string, loop: boolean) {
  const context = new AudioContext();
  const node = new AudioBufferSourceNode(context, { buffer: await decoded(voice), loop });
  const sink = new MediaStreamAudioDestinationNode(context);
  node.connect(sink);
  return { context, node, stream: sink.stream };
}

/**
 * Listens to what goes in and what is captured.
 * @returns what finds the seconds by which the second comes after the first, by where they fit best; this takes the
 * processor for seconds.
 */
async function listenTo(
  context: AudioContext,
  before: MediaStream,
  after: MediaStream,
): Promise<() => number> {
  const merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
  [before, after].forEach((stream, i) =>
    new MediaStreamAudioSourceNode(context, {
      mediaStream: new MediaStream(stream.getAudioTracks()),
    }).connect(merger, 0, i),
  );
  const size = 4096;
  const recorder = context.createScriptProcessor(size, 2, 1);
  const channels: [number[], number[]] = [[], []];
  recorder.onaudioprocess = ({ inputBuffer }) => {
    for (const i of [0, 1] as const) channels[i].push(...inputBuffer.getChannelData(i));
  };
  merger.connect(recorder).connect(context.destination);
  await wait(LISTENED_MS);
  recorder.disconnect();
  merger.disconnect();
  const [first, second] = channels.map((samples) => Float32Array.from(samples)) as [
    Float32Array,
    Float32Array,
  ];
  const { sampleRate } = context;
  return () => {
    // Every fourth sample tells as much of the fit; the result is exact to four samples, 0.1 ms.
    const step = 4;
    let [best, lag] = [-Infinity, 0];
    for (let by = 0; by < sampleRate; by += step) {
      let sum = 0;
      for (let i = sampleRate; i < 2 * sampleRate; i += step) sum += first[i]! * (second[i + by] ?? 0);
      if (sum > best) [best, lag] = [sum, by];
    }
    return lag / sampleRate;
  };
}

window.liveStreamBench = {
  async open(image) {
    await engine.warmUp("wasm");
    const picture = await (await fetch(image)).blob();
    session = await engine.openLive({ image: picture, seed: 7, prompt: "still head" }, { backend: "wasm" });
    document.body.append(session.canvas);
  },
  async reply(voice) {
    const bytes = await bytesOf(voice);
    const { duration } = await decoded(voice);
    const of = (seconds: number) => Math.ceil((bytes.length * seconds) / duration);
    let [at, pieces] = [0, 0];
    const end = of(REPLY_SECONDS);
    const next = (count: number) => bytes.slice(at, (at += count));
    const started = performance.now();
    const stream = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (at === 0) controller.enqueue(next(of(0.3)));
        else if (at >= end) controller.close();
        else {
          await wait(started + PIECE_MS * ++pieces - performance.now());
          controller.enqueue(next(of(PIECE_MS / 1000)));
        }
      },
    });
    const utterance = session!.speak(stream);
    const { firstSoundMs } = await utterance.started;
    const { durationSeconds } = await utterance;
    // It is over when its last sound was handed to the device, shortly before that is heard.
    const gapsMs = Math.max(0, performance.now() - started - firstSoundMs - 1000 * durationSeconds);
    return { firstSoundMs, gapsMs };
  },
  async passage(voice) {
    const { context, node, stream } = await source(voice, true);
    node.start();
    const other = new AudioContext();
    const end = new MediaStreamAudioDestinationNode(other);
    new MediaStreamAudioSourceNode(other, { mediaStream: stream }).connect(end);
    const lag = await listenTo(context, stream, end.stream);
    await Promise.all([context.close(), other.close()]);
    return 1000 * lag();
  },
  async play(voice, seconds) {
    const { context, node } = await source(voice, true);
    node.start();
    await wait(1000 * seconds);
    await context.close();
  },
  async follow(voice, latency, seconds) {
    const { context, node, stream } = await source(voice, true);
    const utterance = session!.follow(stream, { latency });
    await utterance.started;
    node.start();
    const captured = session!.captureStream();
    const lag = await listenTo(context, stream, captured);
    for (const track of captured.getVideoTracks()) track.stop();
    await wait(1000 * seconds - LISTENED_MS);
    utterance.stop();
    const end = await utterance;
    const deviceMs = 1000 * (context.outputLatency || context.baseLatency);
    await context.close();
    return { ...end, lagMs: 1000 * lag(), deviceMs };
  },
  async call(voice, latency) {
    const facts = await engine.analyseVoice(await (await fetch(voice)).blob(), { backend: "wasm" });
    const { context, node, stream } = await source(voice, false);
    const utterance = session!.follow(stream, { latency, audible: false });
    await utterance.started;
    const captured = session!.captureStream();
    const call = await loopback(captured);
    const end = watch(call.received, PORTRAIT_MOUTH);
    await wait(4000);
    node.start();
    await wait(13_000);
    const received = await end();
    utterance.stop();
    await utterance;
    call.close();
    for (const track of captured.getVideoTracks()) track.stop();
    const clip = node.buffer!;
    await context.close();
    return lipLag(
      received.mouths,
      facts.aperture!.subarray(0, 1100),
      startOf(received, clip.getChannelData(0), clip.sampleRate),
    );
  },
  async hear(voice, seconds) {
    const clip = (await decoded(voice, 16_000)).getChannelData(0);
    await workers.startInference("wasm");
    const hearing = await workers.inference("wasm").openAnalysis("quality");
    const mouth = new MouthBuffer();
    for (let heard = 0; heard < seconds * 16_000; heard += 32_000) {
      const speech = Float32Array.from({ length: 32_000 }, (_, i) => clip[(heard + i) % clip.length]!);
      const piece = await workers.inference("wasm").analyseMore(hearing, speech);
      if (!piece) continue;
      mouth.add(piece);
      mouth.poseAt(1, 25, piece.start / 4);
    }
    await workers.inference("wasm").closeAnalysis(hearing);
  },
};
