import {
  ALL_FORMATS,
  BlobSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  Input,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
  type OutputFormat,
} from "mediabunny";
import { expect, test } from "vitest";
import { fixtureFile, peakSeconds, tone, wav } from "../test-media.ts";
import { openAudio } from "./open-audio.ts";

async function hear(file: Blob) {
  const audio = await openAudio(file);
  const mono = await audio.mono16k();
  audio.dispose();
  return { mono, seconds: mono.length / 16_000, audio };
}

/** Root mean square of a stretch, in seconds. */
function level(mono: Float32Array, from: number, to: number): number {
  const part = mono.subarray(from * 16_000, to * 16_000);
  return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length);
}

/** Pitch of a stretch by its zero crossings, in Hz. */
function pitch(mono: Float32Array, from: number, to: number): number {
  let crossings = 0;
  for (let i = from * 16_000 + 1; i < to * 16_000; i++) if (mono[i - 1]! < 0 && mono[i]! >= 0) crossings++;
  return crossings / (to - from);
}

test("a sound whose rate and channels change in the middle is read to its end", async () => {
  const { mono, seconds } = await hear(await fixtureFile("mixed-rate.mp3"));
  // 0.8 s of each, and what the encoder adds.
  expect(seconds).toBeGreaterThan(1.55);
  expect(seconds).toBeLessThan(1.85);
  expect(Math.abs(pitch(mono, 0.2, 0.7) - 440)).toBeLessThan(10);
  expect(Math.abs(pitch(mono, 1.1, 1.6) - 880)).toBeLessThan(20);
});

test("several recordings in one Ogg file are all read", async () => {
  const { mono, seconds } = await hear(await fixtureFile("chained.ogg"));
  expect(seconds).toBeGreaterThan(1.55);
  expect(seconds).toBeLessThan(1.7);
  expect(Math.abs(pitch(mono, 0.2, 0.7) - 440)).toBeLessThan(10);
  expect(Math.abs(pitch(mono, 1, 1.5) - 880)).toBeLessThan(20);
});

test("a recording that follows another one under the same number is read, too", async () => {
  const chained = new Uint8Array(await (await fixtureFile("chained.ogg")).arrayBuffer());
  // The second recording of the file begins with the last page that begins a stream.
  let second = 0;
  for (let at = 4; at + 5 < chained.length; at++) {
    const page = [0x4f, 0x67, 0x67, 0x53, 0].every((byte, i) => chained[at + i] === byte);
    if (page && chained[at + 5]! & 2) second = at;
  }
  const first = chained.slice(0, second);
  const { mono, seconds } = await hear(new Blob([first, first]));
  expect(seconds).toBeGreaterThan(1.55);
  expect(Math.abs(pitch(mono, 1, 1.5) - 440)).toBeLessThan(10);
});

test("a transport stream whose clock and channels begin anew is read in order, without the time before once more", async () => {
  const { mono, seconds } = await hear(await fixtureFile("stereo-then-mono.mpegts"));
  // Half a second of each, and what the encoder adds.
  expect(seconds).toBeGreaterThan(1);
  expect(seconds).toBeLessThan(1.2);
  expect(Math.abs(pitch(mono, 0.1, 0.45) - 440)).toBeLessThan(15);
  expect(Math.abs(pitch(mono, 0.7, 1) - 880)).toBeLessThan(25);
  // One channel that is stored 3 dB louder than the two before stays so; ffmpeg's own two channels of it do not.
  expect(level(mono, 0.7, 0.95) / level(mono, 0.1, 0.35)).toBeCloseTo(Math.SQRT2, 1);
});

test("recordings that follow one another in an MP4 are heard one after another, each to its end", async () => {
  const one = await fixtureFile("opus.mp4");
  const first = await hear(one);
  const { mono, seconds } = await hear(new Blob([one, one]));
  expect(seconds).toBeCloseTo(2 * first.seconds, 2);
  const loudest = (part: Float32Array) => part.indexOf(Math.max(...part)) / 16_000;
  const second = first.mono.length;
  expect(loudest(mono.subarray(0, second))).toBeCloseTo(0.03, 2);
  expect(loudest(mono.subarray(second))).toBeCloseTo(0.03, 2);
});

test("WAVs that follow one another are heard one after another, each by its own settings, the last to the end of the file", async () => {
  const second = new Uint8Array(
    await wav({ sampleRateHz: 8000, channels: 2, signal: tone(880), seconds: 0.5 }).arrayBuffer(),
  );
  // As a recorder leaves it that dies.
  second.fill(0, 4, 8);
  second.fill(0, 40, 44);
  const { mono, seconds } = await hear(
    new Blob([wav({ sampleRateHz: 16_000, signal: tone(440), seconds: 0.5 }), second]),
  );
  expect(seconds).toBeCloseTo(1, 2);
  expect(Math.abs(pitch(mono, 0.1, 0.4) - 440)).toBeLessThan(10);
  expect(Math.abs(pitch(mono, 0.6, 0.9) - 880)).toBeLessThan(20);
});

test("FLACs of two rates that follow one another are heard one after another, each at its own", async () => {
  const one = await fixtureFile("short-block.flac");
  const other = await fixtureFile("other-rate.flac");
  const { mono, seconds } = await hear(new Blob([one, other]));
  expect(seconds).toBeCloseTo((await hear(one)).seconds + 0.5, 2);
  expect(Math.abs(pitch(mono, seconds - 0.4, seconds - 0.1) - 880)).toBeLessThan(20);
});

test("a FLAC that was written while it was recorded is read to its end", async () => {
  const bytes = new Uint8Array(await (await fixtureFile("short-block.flac")).arrayBuffer());
  bytes.fill(0, 22, 26);
  bytes[21]! &= 0xf0;
  expect((await hear(new Blob([bytes]))).seconds).toBeCloseTo(0.5, 2);
});

test("what is damaged in the middle is read on, and told", async () => {
  const { mono, seconds, audio } = await hear(await fixtureFile("damaged.m4a"));
  expect(seconds).toBeGreaterThan(1.1);
  expect(level(mono, 0.1, 0.4)).toBeGreaterThan(0.05);
  expect(level(mono, 0.9, 1.1)).toBeGreaterThan(0.05);
  expect(audio.warnings).toHaveLength(1);
});

test("time counts from where the file's clock begins", async () => {
  const { mono, seconds } = await hear(await fixtureFile("late-clock.mpegts"));
  expect(seconds).toBeLessThan(1.1);
  const first = mono.findIndex((value) => Math.abs(value) > 0.1) / 16_000;
  // A click at 0.5 s; AAC's priming lies before it in a transport stream, which has no place to say so.
  expect(first).toBeGreaterThan(0.49);
  expect(first).toBeLessThan(0.53);
});

/** A file's sound without the packets of a stretch, in seconds from its beginning, as where a recorder lost them. */
async function withGap(file: Blob, format: OutputFormat, from: number, to: number): Promise<Blob> {
  using input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
  const track = (await input.getPrimaryAudioTrack())!;
  const target = new BufferTarget();
  const output = new Output({ format, target });
  const source = new EncodedAudioPacketSource((await track.getCodec())!);
  output.addAudioTrack(source);
  await output.start();
  const meta = { decoderConfig: (await track.getDecoderConfig())! };
  const beginning = await track.getFirstTimestamp();
  for await (const packet of new EncodedPacketSink(track).packets()) {
    const at = packet.timestamp - beginning;
    if (at < from || at >= to) await source.add(packet.clone({ timestamp: Math.max(0, at) }), meta);
  }
  await output.finalize();
  return new Blob([target.buffer!]);
}

test.each([
  ["late.webm", new WebMOutputFormat()],
  ["late.mp4", new Mp4OutputFormat()],
])("what follows a gap in the sound of %s is heard at its own time", async (name, format) => {
  const [whole, gap] = await Promise.all(
    [[0, 0] as const, [0.15, 0.4] as const].map(async ([from, to]) => {
      const sound = await openAudio(await withGap(await fixtureFile(name), format, from, to));
      const click = await peakSeconds(sound);
      sound.dispose();
      return { click, seconds: sound.durationSeconds, decoder: sound.decoder };
    }),
  );
  expect(whole!.decoder).toBe("webcodecs");
  // A click of its own after 0.6 s; ffmpeg counts Opus's priming as a part of the first packet.
  expect(Math.abs(gap!.click - whole!.click)).toBeLessThan(0.008);
  expect(Math.abs(gap!.seconds - whole!.seconds)).toBeLessThan(0.03);
});

test("a WAV whose header says that it is empty is read to the end of the file", async () => {
  const whole = wav({ sampleRateHz: 16_000, signal: tone(440), seconds: 0.5 });
  const bytes = new Uint8Array(await whole.arrayBuffer());
  bytes.fill(0, 4, 8);
  bytes.fill(0, 40, 44);
  const { mono, seconds } = await hear(new Blob([bytes]));
  expect(seconds).toBeCloseTo(0.5, 2);
  expect(level(mono, 0.1, 0.4)).toBeGreaterThan(0.05);
});

test("two channels that cancel each other are heard; one silent channel halves the other as ever", async () => {
  const sound = (signal: (seconds: number, channel: number) => number, channels: number) =>
    hear(wav({ sampleRateHz: 16_000, channels, signal, seconds: 0.5 }));
  const plain = level((await sound(tone(300), 1)).mono, 0.1, 0.4);
  const opposed = await sound((t, channel) => (channel === 0 ? 1 : -1) * tone(300)(t), 2);
  expect(level(opposed.mono, 0.1, 0.4) / plain).toBeCloseTo(1, 2);
  const single = await sound((t, channel) => (channel === 0 ? tone(300)(t) : 0), 2);
  expect(level(single.mono, 0.1, 0.4) / plain).toBeCloseTo(0.5, 2);
});

test("speech in the centre of 5.1 and 7.1 is as loud as ITU-R BS.775 mixes it", async () => {
  const plain = level(
    (await hear(wav({ sampleRateHz: 16_000, signal: tone(300), seconds: 0.5 }))).mono,
    0.1,
    0.4,
  );
  for (const [channels, others] of [
    [6, 2],
    [8, 3],
  ] as const) {
    const signal = (t: number, channel: number) => (channel === 2 ? tone(300)(t) : 0);
    const { mono } = await hear(wav({ sampleRateHz: 16_000, channels, signal, seconds: 0.5 }));
    expect(level(mono, 0.1, 0.4) / plain).toBeCloseTo(Math.SQRT1_2 / (1 + others * Math.SQRT1_2), 2);
  }
});

test("a header whose rate or channels are out of all proportion costs neither memory nor time", async () => {
  const bytes = new Uint8Array(
    await wav({ sampleRateHz: 16_000, signal: tone(440), seconds: 0.5 }).arrayBuffer(),
  );
  for (const [at, value, size] of [
    [24, 4_000_000_000, 4],
    [24, 1, 4],
    [22, 65_535, 2],
  ] as const) {
    const hostile = bytes.slice();
    const view = new DataView(hostile.buffer);
    if (size === 4) view.setUint32(at, value, true);
    else view.setUint16(at, value, true);
    const outcome = await openAudio(new Blob([hostile])).then(
      async (audio) => ({ samples: (await audio.mono16k()).length }),
      (error: unknown) => ({ code: (error as { code: string }).code }),
    );
    // Refused with its reason, or read as a sound no longer than the limit.
    if ("code" in outcome) expect(outcome.code).toMatch(/^(input\/audio|codec\/failed)/);
    else expect(outcome.samples).toBeLessThanOrEqual(601 * 16_000);
  }
});
