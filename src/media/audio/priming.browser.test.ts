import { AudioSampleSink } from "mediabunny";
import { expect, test } from "vitest";
import { openWithFfmpeg } from "../ffmpeg/audio-ffmpeg.ts";
import { fixtureFile, peakSeconds } from "../test-media.ts";
import { audioSourceFrom } from "./audio-source.ts";
import { openAudio } from "./open-audio.ts";

/** Half a millisecond: the length of the click, and what encoders make of its beginning. */
const CLICK_SECONDS = 1e-3;

test("what an Opus encoder put first is cut once, by both decoders", async () => {
  const file = await fixtureFile("opus.mp4");
  const native = await openAudio(file);
  expect(native.decoder).toBe("webcodecs");
  const other = audioSourceFrom((await openWithFfmpeg(file, { maxSeconds: 10 }))!);
  for (const sound of [native, other]) {
    expect(Math.abs((await peakSeconds(sound)) - 0.03)).toBeLessThan(CLICK_SECONDS);
    sound.dispose();
  }
});

test("a pre-skip of 80 ms that a recorder made up costs nothing of the voice", async () => {
  const sound = await openAudio(await fixtureFile("opus-preskip.mp4"));
  expect(sound.decoder).toBe("webcodecs");
  // Without an edit list the encoder's look-ahead of 6.5 ms is part of the container's time.
  expect(Math.abs((await peakSeconds(sound)) - 0.0365)).toBeLessThan(CLICK_SECONDS);
  sound.dispose();
});

test("the short last block of a FLAC is heard", async () => {
  const sound = await openAudio(await fixtureFile("short-block.flac"));
  expect(sound.durationSeconds).toBeCloseTo(0.5, 3);
  expect(Math.abs((await peakSeconds(sound)) - 0.48)).toBeLessThan(CLICK_SECONDS);
  expect(sound.warnings).toEqual([]);
  sound.dispose();
});

test("a stream of AAC frames is read beyond damage that hides the next one, and the damage is told", async () => {
  const sound = await openAudio(await fixtureFile("damaged.aac"));
  const mono = await sound.mono16k();
  // 1.2 s; the frames that were damaged are missing.
  expect(mono.length / 16_000).toBeGreaterThan(1.05);
  const last = mono.subarray(mono.length - 4000, mono.length - 1600);
  expect(Math.max(...last.map(Math.abs))).toBeGreaterThan(0.1);
  expect(sound.warnings).toHaveLength(1);
  sound.dispose();
});

test("a decoder that ends early without a word is found out: ffmpeg gives the rest", async () => {
  const file = await fixtureFile("tone.mp3");
  const whole = await (await openAudio(file)).mono16k();
  const { samples } = AudioSampleSink.prototype;
  AudioSampleSink.prototype.samples = async function* (this: AudioSampleSink, ...range) {
    let count = 0;
    for await (const sample of samples.apply(this, range)) {
      if (++count > 8) return sample.close();
      yield sample;
    }
  };
  try {
    const sound = await openAudio(file);
    expect(sound.decoder).toBe("webcodecs");
    const mono = await sound.mono16k();
    expect(Math.abs(mono.length - whole.length)).toBeLessThan(0.03 * 16_000);
    const [first, last] = [mono.subarray(1600, 3200), mono.subarray(mono.length - 3200, mono.length - 1600)];
    const peak = (part: Float32Array) => Math.max(...part.map(Math.abs));
    expect(peak(last)).toBeGreaterThan(0.7 * peak(first));
    expect(sound.warnings).toEqual([]);
    sound.dispose();
  } finally {
    AudioSampleSink.prototype.samples = samples;
  }
});
