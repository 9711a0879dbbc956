import { expect, test } from "vitest";
import { openWithFfmpeg } from "../ffmpeg/video-ffmpeg.ts";
import { isPlanar, rgbaOf } from "../planes/picture.ts";
import { fixtureFile } from "../test-media.ts";
import { openVideo } from "./open-video.ts";
import type { VideoSource } from "./video-source.ts";

type Rgb = readonly [number, number, number];

function near(seen: Rgb, wanted: Rgb, tolerance: number): void {
  seen.forEach((value, k) => expect(Math.abs(value - wanted[k]!)).toBeLessThanOrEqual(tolerance));
}

/** The pixels at some places of every frame. */
async function pixels(video: VideoSource, places: readonly (readonly [x: number, y: number])[]) {
  const frames: Rgb[][] = [];
  const planar: boolean[] = [];
  for await (const { picture } of video.pictures()) {
    planar.push(isPlanar(picture));
    const { data, width } = rgbaOf(picture);
    frames.push(
      places.map(([x, y]) => {
        const at = (y * width + x) * 4;
        return [data[at]!, data[at + 1]!, data[at + 2]!] as const;
      }),
    );
  }
  video.dispose();
  return { frames, planar };
}

/** A file as it is opened, which must be by that decoder, and by ffmpeg. */
async function onEachRoute(name: string, decoder: VideoSource["decoder"]): Promise<VideoSource[]> {
  const file = await fixtureFile(name);
  const opened = await openVideo(file);
  expect(opened.decoder).toBe(decoder);
  return decoder === "webcodecs" ? [opened, (await openWithFfmpeg(file, undefined))!] : [opened];
}

/** A blue half that covers; right of it hidden red, wholly transparent above and half below. */
const [COVERED, HIDDEN, HALF] = [
  [20, 20],
  [80, 10],
  [80, 55],
] as const;

test.each([
  ["alpha-vp8.webm", "webcodecs"],
  ["alpha-vp9.webm", "webcodecs"],
  ["alpha-prores.mov", "ffmpeg"],
  ["alpha-qtrle.mov", "ffmpeg"],
] as const)("what is cut out of %s stays hidden behind light grey, and is told", async (name, decoder) => {
  for (const video of await onEachRoute(name, decoder)) {
    const { frames } = await pixels(video, [COVERED, HIDDEN, HALF]);
    expect(frames.length).toBeGreaterThan(0);
    for (const [covered, hidden, half] of frames) {
      // Lossy codecs keep flat colours to about 6 of 255.
      near(covered!, [48, 96, 160], 8);
      near(hidden!, [232, 232, 232], 6);
      near(half!, [243, 116, 116], 10);
    }
    expect(video.warnings.filter(({ code }) => code === "video/transparent")).toHaveLength(1);
  }
});

test.each([
  ["reshaped-vp8.webm", "webcodecs"],
  ["reshaped-vp9.webm", "webcodecs"],
  ["reshaped-h264.mpegts", "webcodecs"],
  ["reshaped-mpeg2.mpegts", "ffmpeg"],
] as const)(
  "frames of another shape in %s stand whole between black bars, and are told",
  async (name, decoder) => {
    for (const video of await onEachRoute(name, decoder)) {
      expect([video.width, video.height]).toEqual([96, 64]);
      const { frames, planar } = await pixels(video, [
        [48, 32],
        [10, 32],
        [48, 4],
      ]);
      expect(frames.length).toBeGreaterThanOrEqual(8);
      expect(planar.every(Boolean)).toBe(true);
      // 96 × 64 in one colour; then 64 × 96 in another, which fit as 42 × 64.
      for (const place of frames[0]!) near(place, [192, 128, 64], 10);
      const [middle, left, top] = frames.at(-1)!;
      near(middle!, [64, 160, 192], 10);
      near(left!, [0, 0, 0], 4);
      near(top!, [64, 160, 192], 10);
      expect(video.warnings.filter(({ code }) => code === "video/reshaped")).toHaveLength(1);
    }
  },
);

test.each([
  ["pixel-aspect-h264.mpegts", "webcodecs"],
  ["pixel-aspect-mpeg2.mpegts", "ffmpeg"],
] as const)(
  "frames of the same size in %s whose pixels become wider, as broadcasts do, are not squeezed, and are told",
  async (name, decoder) => {
    for (const video of await onEachRoute(name, decoder)) {
      expect([video.width, video.height]).toEqual([96, 72]);
      const { frames } = await pixels(video, [
        [48, 36],
        [4, 36],
        [48, 4],
        [48, 67],
      ]);
      // 96 × 72 for 4:3; then for 16:9, which fits as 96 × 54.
      for (const place of frames[0]!) near(place, [192, 128, 64], 10);
      const [middle, left, top, bottom] = frames.at(-1)!;
      near(middle!, [64, 160, 192], 10);
      near(left!, [64, 160, 192], 10);
      near(top!, [0, 0, 0], 4);
      near(bottom!, [0, 0, 0], 4);
      expect(video.warnings.filter(({ code }) => code === "video/reshaped")).toHaveLength(1);
    }
  },
);

test.each(["plain.mp4", "hlg.mp4", "asp.avi"])(
  "what ffmpeg tells of the packets of %s are the instants at which their frames are shown, also where they come in another order",
  async (name) => {
    const video = (await openWithFfmpeg(await fixtureFile(name), undefined))!;
    const shown: number[] = [];
    for await (const { timestampSeconds } of video.frames()) shown.push(timestampSeconds);
    const packets = await video.packets(new AbortController().signal);
    const told = packets.map(({ timestampSeconds }) => timestampSeconds).sort((a, b) => a - b);
    expect(told).toHaveLength(shown.length);
    told.forEach((seconds, i) => expect(Math.abs(seconds - shown[i]!)).toBeLessThan(0.001));
    video.dispose();
  },
);

test("planes of red, green and blue, as screen recorders store them, are no luma and chroma", async () => {
  const video = await openVideo(await fixtureFile("rgb.webm"));
  expect(video.decoder).toBe("webcodecs");
  const { frames } = await pixels(video, [[20, 20]]);
  for (const [pixel] of frames) near(pixel!, [200, 60, 60], 4);
});

test("planes of odd sides pass ffmpeg whole", async () => {
  const video = (await openWithFfmpeg(await fixtureFile("odd.mp4"), undefined))!;
  expect([video.width, video.height]).toEqual([63, 47]);
  const { frames } = await pixels(video, [[20, 20]]);
  expect(frames).toHaveLength(5);
  for (const [pixel] of frames) near(pixel!, [200, 60, 60], 6);
});

test("a video whose end is missing is read as far as it goes where the browser's reader finds nothing", async () => {
  const whole = await fixtureFile("alpha-vp8.webm");
  const video = await openVideo(whole.slice(0, Math.floor(whole.size * 0.8)));
  expect(video.decoder).toBe("ffmpeg");
  const { frames } = await pixels(video, [COVERED]);
  expect(frames.length).toBeGreaterThanOrEqual(1);
  for (const [pixel] of frames) near(pixel!, [48, 96, 160], 8);
});

test("an index that contradicts itself is not believed: ffmpeg reads the frames that are there", async () => {
  const plain = new Uint8Array(await (await fixtureFile("plain.mp4")).arrayBuffer());
  const whole = await openVideo(new File([plain], "plain.mp4"));
  const { frameCount, durationSeconds } = whole;
  expect(whole.decoder).toBe("webcodecs");
  whole.dispose();
  // The first entry of the table of times claims 5,000 samples.
  const place = new TextDecoder("latin1").decode(plain).indexOf("stts");
  new DataView(plain.buffer).setUint32(place + 12, 5000);
  const video = await openVideo(new File([plain], "claims.mp4"));
  expect(video.decoder).toBe("ffmpeg");
  let frames = 0;
  for await (const { timestampSeconds } of video.pictures()) {
    expect(timestampSeconds).toBeLessThan(durationSeconds);
    frames++;
  }
  video.dispose();
  expect(frames).toBe(frameCount ?? frames);
  expect(frames).toBeGreaterThan(1);
});
