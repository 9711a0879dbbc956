import { expect, test } from "vitest";
import { fixtureFile, tone, wav } from "../../media/test-media.ts";
import type { PcmFormat } from "../../worker-rpc/live-api.ts";
import { createLiveStreams } from "./serve-arriving-sounds.ts";

const RATE_HZ = 48_000;
const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());

interface HeardStream {
  /** Seconds for the ear and for the model. */
  readonly played: number;
  readonly heard: number;
  readonly channels: number;
  /** Share of the bytes that had been given when the first sound came. */
  readonly firstAt: number;
  readonly sound: Float32Array;
  /** What ended it. */
  readonly code: string | null;
}

/** Gives bytes in pieces, each once the last one's sound was read, as far as it comes without the next. */
async function drip(
  bytes: Uint8Array,
  pieces: number,
  format: PcmFormat | null = null,
): Promise<HeardStream> {
  const streams = createLiveStreams();
  const stream = await streams.openStream(format, RATE_HZ);
  const parts: Float32Array[] = [];
  let [channels, model, given, firstAt] = [0, 0, 0, Number.NaN];
  let code: string | null = null;
  let arrived: number;
  const reading = (async () => {
    for (let ended = false; !ended;) {
      const piece = await streams.readStream(stream);
      arrived = performance.now();
      ended = piece.ended;
      model += piece.speech.length;
      if (!piece.planes[0]?.length) continue;
      if (parts.length === 0) firstAt = given / bytes.length;
      channels = piece.planes.length;
      parts.push(piece.planes[0]);
    }
  })().catch((error: { code: string }) => (code = error.code));
  const step = Math.ceil(bytes.length / pieces);
  for (let at = 0; at < bytes.length; at += step) {
    given = Math.min(bytes.length, at + step);
    await streams.feedStream(stream, bytes.slice(at, at + step));
    arrived = performance.now();
    // What can be decoded of it has come when nothing follows for a while.
    while (performance.now() - arrived < 60) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await streams.feedStream(stream, null);
  await reading;
  await streams.closeStream(stream);
  const sound = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    sound.set(part, at);
    at += part.length;
  }
  return { played: sound.length / RATE_HZ, heard: model / 16_000, channels, firstAt, sound, code };
}

/** Pitch of a tone by its zero crossings between two shares of it, in Hz. */
function pitch(sound: Float32Array): number {
  const [from, to] = [Math.floor(sound.length * 0.2), Math.floor(sound.length * 0.8)];
  let crossings = 0;
  for (let i = from + 1; i < to; i++) if (sound[i - 1]! < 0 && sound[i]! >= 0) crossings++;
  return (crossings * RATE_HZ) / (to - from);
}

const loudest = (sound: Float32Array) => sound.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

// Of 2.4 s, by share of its bytes. A page of Ogg is heard when the next begins, a cluster of WebM as it ends.
test.each([
  ["spoken.mp3", 0.25],
  ["spoken.aac", 0.25],
  ["spoken.ogg", 0.5],
  ["spoken.webm", 0.5],
])("%s is decoded while it arrives, whole", async (name, firstAt) => {
  const stream = await drip(await bytesOf(await fixtureFile(name)), 12);
  expect(stream.code).toBeNull();
  expect(stream.firstAt).toBeLessThanOrEqual(firstAt);
  // Encoders put up to a frame or two of their own before and after.
  expect(Math.abs(stream.played - 2.4)).toBeLessThan(0.12);
  expect(Math.abs(stream.heard - stream.played)).toBeLessThan(0.002);
  expect(loudest(stream.sound)).toBeGreaterThan(0.1);
});

test.each([8000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000])(
  "raw samples and WAV of %i Hz, in one channel and in two, keep their length and their pitch",
  async (sampleRate) => {
    for (const channels of [1, 2]) {
      const file = wav({ sampleRateHz: sampleRate, channels, signal: tone(440), seconds: 1 });
      const bytes = await bytesOf(file);
      const raw = await drip(bytes.slice(44), 5, { encoding: "s16", sampleRate, channels });
      const packed = await drip(bytes, 5);
      for (const stream of [raw, packed]) {
        expect(stream.code).toBeNull();
        expect(stream.channels).toBe(channels);
        expect(stream.played).toBeCloseTo(1, 3);
        expect(stream.heard).toBeCloseTo(1, 3);
        expect(Math.abs(pitch(stream.sound) - 440)).toBeLessThan(3);
      }
      expect(raw.firstAt).toBeLessThanOrEqual(0.2);
    }
  },
);

test("an MP3 whose rate and channels change in mid-stream is decoded to its end", async () => {
  const { played, code } = await drip(await bytesOf(await fixtureFile("mixed-rate.mp3")), 8);
  expect(code).toBeNull();
  expect(played).toBeGreaterThan(1.5);
});

test("a fragmented MP4 is decoded while it arrives; one that claims more samples than it holds says so by its code", async () => {
  const bytes = await bytesOf(await fixtureFile("late.mp4"));
  const { played, code } = await drip(bytes, 6);
  expect(code).toBeNull();
  expect(played).toBeGreaterThan(0.1);
  const place = new TextDecoder("latin1").decode(bytes).indexOf("trun");
  new DataView(bytes.buffer).setUint32(place + 8, 0xf0000000);
  expect(await drip(bytes, 6)).toMatchObject({ code: "codec/failed", played: 0 });
});

test("what is no sound says so by its code, after what was", async () => {
  const noise = Uint8Array.from({ length: 80_000 }, (_, i) => (i * 7919 + (i >> 3) * 104_729) & 0x7f);
  const [mp3, aac] = await Promise.all(
    ["spoken.mp3", "spoken.aac"].map(async (name) => bytesOf(await fixtureFile(name))),
  );
  const codes = {
    empty: await drip(new Uint8Array(0), 1),
    text: await drip(new TextEncoder().encode("no sound at all, only words. ".repeat(200)), 4),
    picture: await drip(await bytesOf(await fixtureFile("wide.webm")), 4),
    encrypted: await drip(await bytesOf(await fixtureFile("spoken-encrypted.mp4")), 4),
    mp3: await drip(new Uint8Array([...mp3!, ...noise]), 16),
    aac: await drip(new Uint8Array([...aac!, ...noise]), 16),
  };
  expect(Object.fromEntries(Object.entries(codes).map(([name, { code }]) => [name, code]))).toEqual({
    empty: "input/audio-empty",
    text: "input/audio",
    picture: "input/audio",
    encrypted: "input/encrypted",
    mp3: "codec/failed",
    aac: "codec/failed",
  });
  expect(codes.mp3.played).toBeGreaterThan(2.2);
  expect(codes.aac.played).toBeGreaterThan(2.2);
});
