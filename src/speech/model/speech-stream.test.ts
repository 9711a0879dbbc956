import { expect, test } from "vitest";
import { MEL_BANDS, melFrames, SPEECH_RATE_HZ } from "../features/log-mel.ts";
import type { VoiceAnalysis, RunNetwork } from "./voice-analysis.ts";
import { LATENCIES } from "../../job/latency.ts";
import { createSpeechStream, STREAM_TIMING, type StreamTiming } from "./speech-stream.ts";

const { future: STREAM_FUTURE, hop: STREAM_HOP } = STREAM_TIMING;

/** A network that says of each frame what a band of it and of one 150 ms later hold. */
const network: RunNetwork = ({ mel }) => {
  const frames = mel!.dims[1]!;
  const value = (i: number) => mel!.data[Math.min(frames - 1, i) * MEL_BANDS + 20]!;
  const repeat = (width: number) => ({
    data: Float32Array.from({ length: frames * width }, (_, k) => {
      const i = Math.floor(k / width);
      return value(i) + 0.5 * value(i + STREAM_FUTURE - 1);
    }),
    dims: [1, frames, width],
  });
  return Promise.resolve({ controls: repeat(7), phones: repeat(26), voice: repeat(1), lips: repeat(3) });
};

const sound = (seconds: number) =>
  Float32Array.from(
    { length: seconds * SPEECH_RATE_HZ },
    (_, i) => Math.sin(i * 0.3) * Math.sin(i * 0.0007) ** 2 * 0.5,
  );

/** Everything that a stream analyses, and how many frames were known after each push. */
async function stream(pcm: Float32Array, piece: number): Promise<{ voice: number[]; known: number[] }> {
  const stream = createSpeechStream(network);
  const parts: VoiceAnalysis[] = [];
  const known: number[] = [];
  for (let at = 0; at < pcm.length; at += piece) {
    parts.push(await stream.push(pcm.subarray(at, at + piece)));
    known.push(parts.reduce((sum, part) => sum + part.frames, 0));
  }
  parts.push(await stream.end());
  for (const part of parts) {
    expect(part.controls).toHaveLength(part.frames * 7);
    expect(part.lips).toHaveLength(part.frames * 3);
    expect(part.level).toHaveLength(part.frames);
  }
  return { voice: parts.flatMap((part) => [...part.voice]), known };
}

test("a stream analyses each frame once, whatever pieces the sound comes in", async () => {
  const pcm = sound(4);
  const [small, large] = [await stream(pcm, 160), await stream(pcm, 3000)];
  expect(small.voice).toHaveLength(melFrames(pcm.length));
  expect(large.voice).toHaveLength(melFrames(pcm.length));
  // Only the constant offset is that of what was kept.
  const worst = small.voice.reduce((most, x, i) => Math.max(most, Math.abs(x - large.voice[i]!)), 0);
  expect(worst).toBeLessThan(0.05);
});

test("a frame is known 160 ms and a hop after its sound, and never depends on what comes later", async () => {
  const pcm = sound(3);
  const { voice, known } = await stream(pcm, 160);
  known.forEach((frames, push) => {
    const given = (push + 1) / 1;
    expect(given - frames).toBeLessThanOrEqual(STREAM_FUTURE + STREAM_HOP + 2);
  });
  const changed = pcm.slice();
  changed.fill(0.4, 2 * SPEECH_RATE_HZ);
  const other = await stream(changed, 160);
  const first = voice.findIndex((x, i) => x !== other.voice[i]);
  expect(first).toBeGreaterThanOrEqual(200 - STREAM_FUTURE - STREAM_HOP - 2);
  expect(first).toBeLessThan(205);
});

/** Frames that are known in one way or the other after each multiple of 10 ms of sound that comes in blocks. */
async function knownAfter(timing: StreamTiming, first: number, block: number): Promise<number[]> {
  // What a resampler to 16 kHz holds back.
  const held = 24;
  const pcm = sound(2).subarray(held);
  const stream = createSpeechStream(network, timing);
  const known: number[] = [];
  let [at, analysed, all] = [0, 0, 0];
  for (let given = first; given <= 2 * SPEECH_RATE_HZ; given += block) {
    const piece = await stream.push(pcm.subarray(at, given - held));
    at = given - held;
    analysed += piece.frames;
    all = Math.max(all, analysed + piece.provisional.frames);
    while (known.length < given / 160) known.push(known.length < given / 160 - 1 ? (known.at(-1) ?? 0) : all);
  }
  return known;
}

test("blocks of 20 ms after one of 10 ms are analysed as soon as blocks of 10 ms", async () => {
  for (const latency of ["low", "quality"] as const) {
    const [small, large] = [
      await knownAfter(LATENCIES[latency], 160, 160),
      await knownAfter(LATENCIES[latency], 160, 320),
    ];
    expect(large).toEqual(small.slice(0, large.length));
    expect(large.at(-1)).toBeGreaterThan(180);
  }
});

test("what has come is analysed at once where that is asked for, however little it is", async () => {
  const pcm = sound(2);
  const stream = createSpeechStream(network, { hop: 12, future: 40, past: 64 });
  const known = async (samples: number, soon: boolean) => {
    const piece = await stream.push(pcm.subarray(0, samples), soon);
    return piece.frames + piece.provisional.frames;
  };
  expect(await known(1600, false)).toBe(0);
  // Frames last 160 samples and reach 200 to either side; an even number of them.
  expect(await known(0, true)).toBe(8);
  expect(await known(400, false)).toBe(8);
  expect(await known(0, true)).toBe(12);
});

test("memory does not grow: after a minute a stream still sees the last seconds", async () => {
  const { voice } = await stream(sound(60), 16_000);
  expect(voice).toHaveLength(melFrames(60 * SPEECH_RATE_HZ));
  expect(Math.max(...voice.slice(-300)) - Math.min(...voice.slice(-300))).toBeGreaterThan(0.5);
});

test("frames that are not final yet are analysed with what there is, and said better later", async () => {
  const pcm = sound(2);
  const stream = createSpeechStream(network, { hop: 4, future: 40, past: 60 });
  let analysedTo = 0;
  let most = 0;
  for (let at = 0; at < pcm.length; at += 640) {
    const piece = await stream.push(pcm.subarray(at, at + 640));
    analysedTo += piece.frames;
    most = Math.max(most, piece.provisional.frames);
    // All that was given is known one way or the other, but for the reach of a mel frame.
    expect(analysedTo + piece.provisional.frames).toBeGreaterThan((at + 640) / 160 - STREAM_HOP);
  }
  expect(most).toBeLessThanOrEqual(44);
  expect((await stream.end()).provisional.frames).toBe(0);
});

test("an empty stream has no frames", async () => {
  expect((await createSpeechStream(network).end()).frames).toBe(0);
});
