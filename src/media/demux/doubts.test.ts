import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { doubtsAbout } from "./doubts.ts";
import { recordingsIn } from "./joined-recordings.ts";

const bytesOf = async (name: string) =>
  new Uint8Array(await readFile(new URL(`../../../tests/fixtures/media/${name}`, import.meta.url)));

/** Its ADTS frames. */
function adtsFrames(bytes: Uint8Array<ArrayBuffer>, count: number): Uint8Array<ArrayBuffer>[] {
  const frames: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; frames.length < count;) {
    const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
    frames.push(bytes.slice(at, at + length));
    at += length;
  }
  return frames;
}

test("the recordings of a joined file are found, whether it is Ogg, WebM, MP4, FLAC or WAV, and no others", async () => {
  for (const name of ["late.webm", "late.mkv", "opus.mp4", "late.mp4", "rotated.mov", "short-block.flac"]) {
    const one = await bytesOf(name);
    const parts = await recordingsIn(new Blob([one, one]));
    expect(parts.map(({ size }) => size)).toEqual([one.length, one.length]);
    expect(await recordingsIn(new Blob([one]))).toHaveLength(1);
  }
  // 3 bytes of sound, and one that makes them even.
  const wav = new Uint8Array([
    ...[
      ...new TextEncoder().encode(
        "RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0",
      ),
    ],
    ...[...new TextEncoder().encode("data\x03\0\0\0\x01\x02\x03\0")],
  ]);
  expect((await recordingsIn(new Blob([wav, wav, wav]))).map(({ size }) => size)).toEqual([48, 48, 48]);
  expect(await recordingsIn(new Blob([wav, "RIFF"]))).toHaveLength(1);
  // A recorder that streams does not know how long its segment is.
  const live = await bytesOf("late.webm");
  const segment = live.findIndex((byte, i) => byte === 0x18 && live[i + 1] === 0x53 && live[i + 2] === 0x80);
  expect(live[segment + 4]).toBe(1);
  live.fill(0xff, segment + 5, segment + 12);
  const parts = await recordingsIn(new Blob([live, live, live]));
  expect(parts.map(({ size }) => size)).toEqual([live.length, live.length, live.length]);
  expect(await recordingsIn(new Blob([await bytesOf("chained.ogg")]))).toHaveLength(2);
  expect(await recordingsIn(new Blob([await bytesOf("tone.mp3")]))).toHaveLength(1);
});

test("a sound of which a browser's reader would leave something out is told from a whole one", async () => {
  const calm = { misread: false, more: false, damaged: false };
  for (const name of ["tone.mp3", "opus.mp4", "late.webm", "late.mkv", "late-clock.mpegts"])
    expect(await doubtsAbout(new Blob([await bytesOf(name)])), name).toEqual(calm);
  const flac = await bytesOf("short-block.flac");
  // Its header, as a recorder writes it before it knows the length.
  flac.fill(0, 22, 26);
  flac[21]! &= 0xf0;
  expect(await doubtsAbout(new Blob([flac]))).toEqual({ ...calm, more: true });
  const clock = await bytesOf("late-clock.mpegts");
  expect(await doubtsAbout(new Blob([clock, clock]))).toEqual({ ...calm, misread: true });
  expect(await doubtsAbout(new Blob([await bytesOf("mixed-rate.mp3")]))).toEqual({ ...calm, more: true });
  const mp3 = await bytesOf("tone.mp3");
  const noise = new Uint8Array(3000).fill(0x55);
  expect(await doubtsAbout(new Blob([mp3, noise]))).toMatchObject({ damaged: false });
  expect(await doubtsAbout(new Blob([mp3, noise, mp3]))).toEqual({ ...calm, more: true, damaged: true });
  const cut = (await bytesOf("late.mkv")).subarray(0, -2000);
  expect(await doubtsAbout(new Blob([cut]))).toEqual({ ...calm, more: true, damaged: true });
});

test("an Ogg that lacks pages in the middle is not left to a reader that would close the gap", async () => {
  const bytes = await bytesOf("spoken.ogg");
  const pages: number[] = [];
  for (let at = bytes.indexOf(0x4f); at >= 0; at = bytes.indexOf(0x4f, at + 1))
    if (String.fromCharCode(...bytes.subarray(at, at + 4)) === "OggS") pages.push(at);
  const page = (i: number) => bytes.slice(pages[i], pages[i + 1]);
  const all = pages.map((_, i) => page(i));
  expect(await doubtsAbout(new Blob(all))).toMatchObject({ misread: false });
  const middle = Math.floor((2 + pages.length) / 2);
  const holed = all.filter((_, i) => i !== middle);
  expect(await doubtsAbout(new Blob(holed))).toMatchObject({ misread: true });
});

test("a stream of AAC frames whose channels change is not left to a decoder that is set up once", async () => {
  const frames = adtsFrames(await bytesOf("damaged.aac"), 8);
  expect(await doubtsAbout(new Blob(frames))).toMatchObject({ misread: false });
  const channels = (frames[0]![2]! & 1) * 4 + (frames[0]![3]! >> 6);
  const others = frames.map((frame) => {
    const changed = frame.slice();
    changed[3] = (changed[3]! & 0x3f) | ((channels === 1 ? 2 : 1) << 6);
    return changed;
  });
  expect(await doubtsAbout(new Blob([...frames, ...others]))).toMatchObject({ misread: true });
});
