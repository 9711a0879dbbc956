import { expect, test } from "vitest";
import { openAudio, openNativeAudio } from "./open-audio.ts";
import { codeOf, fixtureFile, tone, wav } from "../test-media.ts";

function worstDifference(actual: Float32Array, signal: (seconds: number) => number): number {
  let worst = 0;
  // The first and last 5 ms see the silence around the sound.
  for (let i = 80; i < actual.length - 80; i++)
    worst = Math.max(worst, Math.abs(actual[i]! - signal(i / 16_000)));
  return worst;
}

test.each([
  { sampleRateHz: 8000, bits: 8, tolerance: 0.02 },
  { sampleRateHz: 8000, bits: 16, tolerance: 2e-4 },
  { sampleRateHz: 16_000, bits: 24, channels: 2, tolerance: 1e-5 },
  { sampleRateHz: 44_100, bits: 16, channels: 2, tolerance: 2e-4 },
  { sampleRateHz: 48_000, bits: 32, float: true, channels: 6, tolerance: 1e-4 },
  { sampleRateHz: 192_000, bits: 32, channels: 8, tolerance: 1e-4 },
] as const)(
  "WAV of $sampleRateHz Hz, $bits bits gives the same tone at 16 kHz",
  async ({ tolerance, ...options }) => {
    const audio = await openAudio(wav({ ...options, signal: tone(440), seconds: 0.7 }));
    expect(audio.sampleRateHz).toBe(options.sampleRateHz);
    expect(audio.durationSeconds).toBeCloseTo(0.7, 4);
    const mono = await audio.mono16k();
    expect(mono.length).toBe(11_200);
    expect(worstDifference(mono, tone(440))).toBeLessThan(tolerance);
    audio.dispose();
  },
);

test("channels are averaged and not-a-number becomes silence", async () => {
  const signal = (_seconds: number, channel: number) => (channel === 0 ? 0.8 : Number.NaN);
  const audio = await openAudio(
    wav({ sampleRateHz: 16_000, channels: 2, bits: 32, float: true, signal, seconds: 0.2 }),
  );
  const mono = await audio.mono16k();
  expect(mono.every((value) => Math.abs(value - 0.4) < 1e-6)).toBe(true);
  audio.dispose();
});

test("chunks come without gaps, within full scale, twice over", async () => {
  const loud = wav({
    sampleRateHz: 44_100,
    bits: 32,
    float: true,
    signal: (t) => 4 * tone(200)(t),
    seconds: 1,
  });
  const audio = await openAudio(loud);
  for (let round = 0; round < 2; round++) {
    let next = 0;
    for await (const { planes, startFrame, sampleRateHz } of audio.chunks({ channels: 2 })) {
      expect(sampleRateHz).toBe(48_000);
      expect(startFrame).toBe(next);
      expect(planes).toHaveLength(2);
      expect(planes[0]!.every((value) => Math.abs(value) <= 1)).toBe(true);
      next += planes[0]!.length;
    }
    expect(next).toBe(48_000);
  }
  audio.dispose();
});

test("MP3 is decoded by the browser, WMA and the sound of an AVI by ffmpeg", async () => {
  for (const [name, decoder, seconds] of [
    ["tone.mp3", "webcodecs", 0.6],
    ["tone.wma", "ffmpeg", 0.5],
    ["asp.avi", "ffmpeg", 0.6],
  ] as const) {
    const audio = await openAudio(await fixtureFile(name));
    const mono = await audio.mono16k();
    const level = Math.sqrt(mono.reduce((sum, value) => sum + value * value, 0) / mono.length);
    expect([name, audio.decoder]).toEqual([name, decoder]);
    // Encoders pad by some frames.
    expect(Math.abs(mono.length / 16_000 - seconds)).toBeLessThan(0.12);
    expect(level).toBeGreaterThan(0.05);
    audio.dispose();
  }
});

test("the beginning of a sound is that of the whole; a sound that only ffmpeg reads, and none, are not opened natively", async () => {
  const file = await fixtureFile("spoken.webm");
  const [whole, native] = [await openAudio(file), (await openNativeAudio(file))!];
  const [all, beginning] = [await whole.mono16k(), await native.mono16k({ untilSeconds: 0.75 })];
  expect(all.length).toBeGreaterThan(20_000);
  expect(beginning).toEqual(all.slice(0, 12_000));
  whole.dispose();
  native.dispose();
  expect(await openNativeAudio(await fixtureFile("asp.avi"))).toBeUndefined();
  expect(await openNativeAudio(await fixtureFile("rgb.webm"))).toBeUndefined();
});

test("what an MP3 encoder put before and behind the sound is cut", async () => {
  const audio = await openAudio(await fixtureFile("tone.mp3"));
  expect(audio.durationSeconds).toBeCloseTo(0.6, 4);
  const mono = await audio.mono16k();
  // The tone starts at once: the first 10 ms are already at a good part of its level.
  const level = (from: number, to: number) => Math.max(...mono.subarray(from, to).map(Math.abs));
  expect(level(0, 160)).toBeGreaterThan(level(4000, 5000) / 2);
  audio.dispose();
});

test("a truncated MP3 gives what is there", async () => {
  const whole = await fixtureFile("tone.mp3");
  const audio = await openAudio(whole.slice(0, Math.floor(whole.size * 0.6)));
  const mono = await audio.mono16k();
  expect(mono.length).toBeGreaterThan(0.2 * 16_000);
  expect(mono.length).toBeLessThan(0.5 * 16_000);
  audio.dispose();
});

test("silence is no error", async () => {
  const audio = await openAudio(wav({ sampleRateHz: 22_050, signal: () => 0, seconds: 0.5 }));
  expect((await audio.mono16k()).every((value) => value === 0)).toBe(true);
  audio.dispose();
});

test("what is not a sound ends with its own code", async () => {
  const short = { sampleRateHz: 8000, signal: tone(300) };
  expect(await codeOf(openAudio(new Blob([])))).toBe("input/audio-empty");
  expect(await codeOf(openAudio(wav({ ...short, seconds: 0 })))).toBe("input/audio-empty");
  expect(await codeOf(openAudio(wav({ ...short, seconds: 3 }), { maxSeconds: 2 }))).toBe(
    "input/audio-too-long",
  );
  expect(await codeOf(openAudio(new Blob(["Dear reader"])))).toBe("input/audio");
  expect(await codeOf(openAudio(await fixtureFile("plain.mp4")))).toBe("input/audio");
  expect(await codeOf(openAudio(new Blob([new Uint8Array(4000).fill(7)])))).toBe("input/audio");
});

test("cancelling ends the work", async () => {
  const stop = new AbortController();
  const audio = await openAudio(wav({ sampleRateHz: 48_000, signal: tone(300), seconds: 5 }));
  stop.abort();
  expect(await codeOf(audio.mono16k({ signal: stop.signal }))).toBe("job/cancelled");
  audio.dispose();
  expect(await codeOf(openAudio(await fixtureFile("tone.wma"), { signal: stop.signal }))).toBe(
    "job/cancelled",
  );
});
