import { expect, test, vi } from "vitest";
import { createImage, type RgbaImage } from "../../core/image.ts";
import { FfmpegCore, inputPath } from "../ffmpeg/ffmpeg.ts";
import { createVideoWriter } from "../encode/video-writer.ts";
import { openVideo, type VideoFrameData, type VideoFramesOptions, type VideoSource } from "./open-video.ts";
import { isPlanar, rgbaOf, type Picture } from "../planes/picture.ts";
import { codeOf, fixtureFile, tone, wav } from "../test-media.ts";

async function all(video: VideoSource, options?: VideoFramesOptions): Promise<VideoFrameData[]> {
  const frames: VideoFrameData[] = [];
  for await (const frame of video.frames(options)) frames.push(frame);
  return frames;
}

/** Places of frames in a video of 25 frames a second. */
const placesOf = (frames: readonly VideoFrameData[]) =>
  frames.map(({ timestampSeconds }) => Math.round(25 * timestampSeconds));

/** Every pixel differs from its neighbours in brightness; colours change slowly, as chroma is stored at half size. */
function pattern(width: number, height: number, index: number): RgbaImage {
  const image = createImage(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const light = 100 + 40 * Math.sin((x + index) / 6) + 30 * Math.cos(y / 5);
      image.data.set(
        [light + 40 * Math.sin(y / 20), light, light + 50 * Math.cos(x / 25), 255],
        (y * width + x) * 4,
      );
    }
  }
  return image;
}

async function encoded(timestamps: readonly number[], width = 160, height = 96): Promise<Blob> {
  const writer = await createVideoWriter({
    width,
    height,
    fps: { timestamps },
    sound: null,
    durationSeconds: timestamps.at(-1)! + 0.04,
    format: "mp4",
    quality: 1,
  });
  for (let i = 0; i < timestamps.length; i++) await writer.add(pattern(width, height, i));
  return writer.finish();
}

function psnr(a: RgbaImage, b: RgbaImage): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += (a.data[i]! - b.data[i]!) ** 2;
  return 10 * Math.log10((255 * 255 * a.data.length) / sum);
}

const even = Array.from({ length: 40 }, (_, i) => i / 25);

test("frames come in order with their colours, twice over", async () => {
  const video = await openVideo(await encoded(even));
  expect(video).toMatchObject({
    width: 160,
    height: 96,
    frameCount: 40,
    hasAudio: false,
    codec: "avc",
    decoder: "webcodecs",
  });
  expect(video.fps).toBeCloseTo(25, 6);
  expect(video.durationSeconds).toBeCloseTo(1.6, 3);
  for (let round = 0; round < 2; round++) {
    const frames = await all(video);
    expect(placesOf(frames)).toEqual(even.map((_, i) => i));
    frames.forEach((frame, i) => expect(frame.timestampSeconds).toBeCloseTo(i / 25, 4));
    // H.264 at its best quality keeps this pattern at about 42 dB; a wrong matrix or range gives less than 35.
    for (const i of [0, 20, 39]) expect(psnr(frames[i]!.image, pattern(160, 96, i))).toBeGreaterThan(39);
  }
  video.dispose();
});

test("a part begins with the frame shown at its start and ends before its end", async () => {
  const video = await openVideo(await encoded(even));
  const part = await all(video, { fromSeconds: 0.41, toSeconds: 0.8 });
  expect(placesOf(part)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  const whole = await all(video);
  expect(part[3]!.image.data).toEqual(whole[13]!.image.data);
  video.dispose();
});

test("frames are scaled on request without a shift or a change of colour", async () => {
  const video = await openVideo(await encoded(even.slice(0, 2), 320, 192));
  const [small] = await all(video, { width: 160, height: 96 });
  const [large] = await all(video);
  const expected = createImage(160, 96);
  for (let y = 0; y < 96; y++) {
    for (let x = 0; x < 160; x++) {
      for (let c = 0; c < 4; c++) {
        const at = (2 * y * 320 + 2 * x) * 4 + c;
        const { data } = large!.image;
        expected.data[(y * 160 + x) * 4 + c] =
          (data[at]! + data[at + 4]! + data[at + 1280]! + data[at + 1284]!) / 4;
      }
    }
  }
  // A box and a Lanczos filter agree on a smooth picture; half a pixel of shift would give 25 dB.
  expect(psnr(small!.image, expected)).toBeGreaterThan(36);
  video.dispose();
});

test("a video whose planes the browser hands to no script is read by ffmpeg, as 4:4:4 in WebKit", async () => {
  const refusing = vi
    .spyOn(VideoFrame.prototype, "copyTo")
    .mockRejectedValue(new TypeError("Unable to copy data"));
  try {
    const video = await openVideo(await encoded(even.slice(0, 3)));
    expect(video.decoder).toBe("ffmpeg");
    expect(await all(video)).toHaveLength(3);
    expect(refusing).toHaveBeenCalledOnce();
    video.dispose();
  } finally {
    refusing.mockRestore();
  }
});

test("frames of different lengths keep their instants; the usual length makes the rate", async () => {
  const timestamps = [0, 0.04, 0.08, 0.2, 0.24, 0.4, 0.44, 0.5, 0.6, 0.64];
  const video = await openVideo(await encoded(timestamps));
  expect(video.fps).toBe(25);
  const frames = await all(video);
  frames.forEach((frame, i) => expect(frame.timestampSeconds).toBeCloseTo(timestamps[i]!, 3));
  video.dispose();
});

test("a rotated video stands upright", async () => {
  const [upright, rotated] = await Promise.all([
    openVideo(await fixtureFile("plain.mp4")),
    openVideo(await fixtureFile("rotated.mov")),
  ]);
  expect([upright.width, upright.height, rotated.width, rotated.height]).toEqual([96, 64, 64, 96]);
  const [a] = await all(upright);
  const [b] = await all(rotated);
  // The file says: turn by 90 degrees against the clock to show.
  for (const [x, y] of [
    [3, 5],
    [90, 60],
    [40, 20],
  ] as const) {
    const from = (y * 96 + x) * 4;
    const to = ((95 - x) * 64 + y) * 4;
    expect([...b!.image.data.subarray(to, to + 3)]).toEqual([...a!.image.data.subarray(from, from + 3)]);
  }
  upright.dispose();
  rotated.dispose();
});

test("an AVI is read by ffmpeg, also in part and scaled", async () => {
  const video = await openVideo(await fixtureFile("asp.avi"));
  expect(video).toMatchObject({
    width: 96,
    height: 64,
    fps: 25,
    hasAudio: true,
    codec: "mpeg4",
    decoder: "ffmpeg",
  });
  const frames = await all(video);
  expect(frames).toHaveLength(15);
  frames.forEach((frame, i) => expect(frame.timestampSeconds).toBeCloseTo(i / 25, 3));
  const part = await all(video, { fromSeconds: 0.21, toSeconds: 0.4, width: 48, height: 32 });
  expect(placesOf(part)).toEqual([5, 6, 7, 8, 9]);
  expect([part[0]!.image.width, part[0]!.image.height]).toEqual([48, 32]);
});

test("ffmpeg's planes are passed on as they are, and what is made of them has the pixels of its own conversion", async () => {
  const file = await fixtureFile("asp.avi");
  const video = await openVideo(file);
  expect(video.colour).toEqual({
    primaries: "bt709",
    transfer: "bt709",
    matrix: "smpte170m",
    fullRange: false,
  });
  const [frame] = await all(video);
  const pictures: Picture[] = [];
  for await (const { picture } of video.pictures()) pictures.push(picture);
  expect(pictures).toHaveLength(15);
  expect(pictures.every(isPlanar)).toBe(true);
  expect(rgbaOf(pictures[0]!).data).toEqual(frame!.image.data);
  const odd: Picture[] = [];
  for await (const { picture } of video.pictures({ width: 47, height: 31 })) odd.push(picture);
  expect(odd.map((picture) => [picture.width, picture.height, isPlanar(picture)])[14]).toEqual([
    47,
    31,
    false,
  ]);

  const core = await FfmpegCore.start();
  const input = { name: "video", data: file };
  const args = ["-i", inputPath(input), "-frames:v", "1", "-pix_fmt", "rgba", "-f", "rawvideo", "/frame"];
  const { files } = await core.run({ args, inputs: [input], outputs: ["/frame"] });
  core.terminate();
  const own = createImage(96, 64);
  own.data.set(files["/frame"]!);
  expect(psnr(frame!.image, own)).toBeGreaterThan(38);
});

test("the weights of the encoded frames are told, by the browser's demuxer and by ffmpeg's", async () => {
  const { signal } = new AbortController();
  const written = await encoded(even);
  for (const [file, decoder] of [
    [written, "webcodecs"],
    [await fixtureFile("asp.avi"), "ffmpeg"],
  ] as const) {
    const video = await openVideo(file);
    expect(video.decoder).toBe(decoder);
    const packets = await video.packets(signal);
    const frames = await all(video);
    video.dispose();
    expect(packets.length).toBe(frames.length);
    expect(packets[0]).toMatchObject({ key: true });
    expect(packets.filter((packet) => !packet.key).length).toBeGreaterThan(0);
    const bytes = packets.reduce((sum, packet) => sum + packet.bytes, 0);
    expect(bytes).toBeLessThan(file.size);
    expect(bytes).toBeGreaterThan(0.3 * file.size);
    for (const [i, { timestampSeconds }] of frames.entries()) {
      expect(packets[i]!.timestampSeconds).toBeCloseTo(timestampSeconds, 1);
    }
  }
});

test("an animated GIF is a video", async () => {
  const video = await openVideo(await fixtureFile("animated.gif"));
  const frames = await all(video);
  expect(frames).toHaveLength(2);
  expect([...frames[0]!.image.data.subarray(0, 3)]).toEqual([255, 0, 0]);
  expect([...frames[1]!.image.data.subarray(0, 3)]).toEqual([0, 0, 255]);
});

test("what is not a video ends with its own code", async () => {
  const plain = await fixtureFile("plain.mp4");
  expect(await codeOf(openVideo(new Blob([])))).toBe("input/video-empty");
  expect(await codeOf(openVideo(new Blob(["Dear reader"])))).toBe("input/video");
  expect(await codeOf(openVideo(new File([await fixtureFile("cmyk.jpg")], "film.mp4")))).toBe("input/video");
  expect(await codeOf(openVideo(wav({ sampleRateHz: 8000, signal: tone(300), seconds: 1 })))).toBe(
    "input/video",
  );
  expect(await codeOf(openVideo(plain, { maxPixels: 96 * 63 }))).toBe("input/video-too-large");
  expect(await codeOf(openVideo(await fixtureFile("encrypted.mp4")))).toBe("input/encrypted");
  // The index of this file lies at its end.
  expect(await codeOf(openVideo(plain.slice(0, 3000)))).toBe("input/video");
});

test("leaving the loop early or cancelling frees the decoder", async () => {
  for (const name of ["plain.mp4", "asp.avi"]) {
    const video = await openVideo(await fixtureFile(name));
    for await (const frame of video.frames()) {
      expect(placesOf([frame])).toEqual([0]);
      break;
    }
    const stop = new AbortController();
    const work = (async () => {
      for await (const frame of video.frames({ signal: stop.signal }))
        if (placesOf([frame])[0] === 2) stop.abort();
    })();
    expect(await codeOf(work)).toBe("job/cancelled");
    expect((await all(video)).length).toBeGreaterThan(10);
    video.dispose();
  }
});
