import { expect, test } from "vitest";
import { rgbaOf } from "../planes/picture.ts";
import { fixtureFile } from "../test-media.ts";
import { openVideo, type VideoSource } from "./open-video.ts";

/** Instants of all frames, and a pixel of each. */
async function seen(video: VideoSource, fromSeconds = 0, [x, y]: readonly [number, number] = [48, 32]) {
  const times: number[] = [];
  const colours: number[][] = [];
  for await (const { picture, timestampSeconds } of video.pictures({ fromSeconds })) {
    const { data, width } = rgbaOf(picture);
    times.push(timestampSeconds);
    colours.push([...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)]);
  }
  return { times, colours };
}

test.each([
  ["plain.mp4", "webcodecs"],
  ["late.webm", "webcodecs"],
  ["alpha-prores.mov", "ffmpeg"],
] as const)("all recordings of joined %s are shown, one after another", async (name, decoder) => {
  const part = await fixtureFile(name);
  const alone = await openVideo(part);
  const one = await seen(alone, 0, [10, 10]);
  const video = await openVideo(new Blob([part, part, part]));
  expect(video.decoder).toBe(decoder);
  expect(video.durationSeconds).toBeCloseTo(3 * alone.durationSeconds, 6);
  expect(video.colour).toEqual(alone.colour);
  const all = await seen(video, 0, [10, 10]);
  const wanted = [0, 1, 2].flatMap((i) => one.times.map((time) => time + i * alone.durationSeconds));
  expect(all.times).toHaveLength(wanted.length);
  all.times.forEach((time, i) => expect(time).toBeCloseTo(wanted[i]!, 6));
  expect(all.colours).toEqual([...one.colours, ...one.colours, ...one.colours]);
  // From a frame of the second one on.
  const from = one.times.length + 1;
  const later = await seen(video, all.times[from], [10, 10]);
  expect(later.times).toEqual(all.times.slice(from));
  const packets = await video.packets(new AbortController().signal);
  expect(packets.map(({ timestampSeconds }) => timestampSeconds).sort((a, b) => a - b)).toHaveLength(
    all.times.length,
  );
  alone.dispose();
  video.dispose();
});

test("a recording of another shape stands between black bars, and is told", async () => {
  const video = await openVideo(new Blob([await fixtureFile("plain.mp4"), await fixtureFile("rotated.mov")]));
  expect([video.width, video.height]).toEqual([96, 64]);
  const { times, colours } = await seen(video, 0, [4, 32]);
  expect(times).toHaveLength(40);
  expect(colours[39]).toEqual([0, 0, 0]);
  expect(Math.max(...(await seen(video)).colours[39]!)).toBeGreaterThan(20);
  expect(video.warnings.map(({ code }) => code)).toEqual(["video/reshaped"]);
  video.dispose();
});

test("what cannot be read behind a whole recording is told", async () => {
  const part = await fixtureFile("plain.mp4");
  const video = await openVideo(new Blob([part, part.slice(0, 200)]));
  expect((await seen(video)).times).toHaveLength(20);
  expect(video.warnings.map(({ code }) => code)).toEqual(["video/damaged"]);
  video.dispose();
});
