import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { readAdtsHeader } from "./adts-frames.ts";
import { beginsWithFrame, FrameSplitter, type ReadHeader } from "./frame-splitter.ts";
import { readMp3Header } from "./mp3-frames.ts";

const looksLikeMp3 = (bytes: Uint8Array) => beginsWithFrame(bytes, readMp3Header);
const voice = async () =>
  new Uint8Array(await readFile(new URL("../../studio/samples/question.mp3", import.meta.url)));

/** Lengths of all frames of some bytes that come in pieces. */
function split(bytes: Uint8Array, piece: number, readHeader: ReadHeader = readMp3Header) {
  const splitter = new FrameSplitter(readHeader);
  const frames = [];
  for (let at = 0; at < bytes.length; at += piece)
    frames.push(...splitter.push(bytes.subarray(at, at + piece)));
  return { frames, skipped: splitter.skipped };
}

test("a file gives the same frames in whatever pieces it comes, and no byte of sound is lost", async () => {
  const bytes = await voice();
  expect(looksLikeMp3(bytes)).toBe(true);
  const whole = split(bytes, bytes.length);
  expect(whole.frames.length).toBeGreaterThan(50);
  expect(split(bytes, 7).frames).toEqual(whole.frames);
  const seconds = whole.frames.reduce((sum, { samples, sampleRateHz }) => sum + samples / sampleRateHz, 0);
  // ffmpeg: 3.13 s and the encoder's delay.
  expect(seconds).toBeGreaterThan(3.1);
  expect(seconds).toBeLessThan(3.3);
});

test("a tag before it is passed over, also when it comes in pieces", async () => {
  const bytes = await voice();
  const tag = new Uint8Array(300);
  tag.set([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 2, 34]);
  const tagged = new Uint8Array([...tag, ...bytes]);
  expect(looksLikeMp3(tagged.subarray(0, 100))).toBeUndefined();
  expect(split(tagged, 64).frames).toEqual(split(bytes, bytes.length).frames);
});

test("garbage between frames is passed over and counted until the next one", async () => {
  const bytes = await voice();
  const garbage = Uint8Array.from({ length: 5000 }, (_, i) => (i * 37) % 251);
  const { frames } = split(bytes, bytes.length);
  const half = frames.slice(0, 40).reduce((sum, frame) => sum + frame.bytes.length, 0);
  const broken = split(new Uint8Array([...bytes.subarray(0, half), ...garbage]), 1000);
  expect(broken.frames.length).toBeGreaterThan(30);
  expect(broken.skipped).toBeGreaterThan(4000);
});

test("what is no MP3 is not taken for one", () => {
  expect(looksLikeMp3(new TextEncoder().encode("RIFF....WAVEfmt "))).toBe(false);
  expect(looksLikeMp3(Uint8Array.of(0xff, 0xf1, 0x50, 0x80, 0x2e, 0x7f, 0xfc))).toBe(false);
  expect(looksLikeMp3(Uint8Array.of(0xff))).toBeUndefined();
});

test("AAC in ADTS gives its frames in whatever pieces it comes, and is not taken for MP3", async () => {
  const bytes = new Uint8Array(
    await readFile(new URL("../../../tests/fixtures/media/spoken.aac", import.meta.url)),
  );
  expect(looksLikeMp3(bytes)).toBe(false);
  expect(beginsWithFrame(bytes, readAdtsHeader)).toBe(true);
  const { frames, skipped } = split(bytes, 7, readAdtsHeader);
  expect(skipped).toBe(0);
  expect(frames).toEqual(split(bytes, bytes.length, readAdtsHeader).frames);
  expect(frames.reduce((sum, frame) => sum + frame.bytes.length, 0)).toBe(bytes.length);
  expect(frames[0]).toMatchObject({ codec: "mp4a.40.2", samples: 1024, sampleRateHz: 24_000, channels: 1 });
});
