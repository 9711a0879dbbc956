import { expect, test } from "vitest";
import { writeGifPreview } from "./gif-preview.ts";
import { openVideo } from "../demux/open-video.ts";
import { codeOf } from "../test-media.ts";

const TALK = "/tests/fixtures/video/talk.mp4";
const talk = async () => (await fetch(TALK)).blob();

interface Shown {
  readonly pixels: Uint8ClampedArray;
  readonly durationMs: number;
}

/** The frames of a GIF as the browser shows them, with what lies under transparent pixels. */
async function shownFrames(gif: Blob): Promise<{ width: number; height: number; frames: Shown[] }> {
  const decoder = new ImageDecoder({ data: await gif.arrayBuffer(), type: "image/gif" });
  await Promise.all([decoder.completed, decoder.tracks.ready]);
  const frames: Shown[] = [];
  let width = 0;
  let height = 0;
  for (let frameIndex = 0; frameIndex < decoder.tracks.selectedTrack!.frameCount; frameIndex++) {
    const { image } = await decoder.decode({ frameIndex });
    ({ displayWidth: width, displayHeight: height } = image);
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d")!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    frames.push({ pixels: data, durationMs: (image.duration ?? 0) / 1000 });
    image.close();
  }
  return { width, height, frames };
}

test("a video becomes a GIF of its size and length, with its colours", async () => {
  const output = await talk();
  const told: number[] = [];
  const gif = await writeGifPreview(output, { width: 160, onProgress: (done) => told.push(done) });
  expect(gif.type).toBe("image/gif");
  expect(told.at(-1)).toBe(1);
  expect(told).toEqual([...told].sort((a, b) => a - b));

  const { width, height, frames } = await shownFrames(gif);
  const video = await openVideo(output);
  expect([width, height]).toEqual([160, Math.round((video.height * 160) / video.width)]);
  expect(new Set(frames.map(({ durationMs }) => durationMs))).toEqual(new Set([80]));
  expect(frames.length).toBe(Math.ceil(video.durationSeconds / 0.08 - 1e-6));
  let index = 0;
  for await (const { image, timestampSeconds, durationSeconds } of video.frames({ width, height })) {
    if (index * 0.08 >= timestampSeconds + durationSeconds - 1e-4) continue;
    const { pixels } = frames[index]!;
    let error = 0;
    for (let i = 0; i < pixels.length; i++) if (i % 4 < 3) error += Math.abs(pixels[i]! - image.data[i]!);
    // 255 colours, dithered by at most 5 steps, kept while within 4: 4 steps on average is that and no more.
    expect(error / (width * height * 3), `frame ${index}`).toBeLessThan(4);
    index++;
  }
  video.dispose();
});

test("a limit on the bytes is kept by a coarser picture, and a cancelled one ends", async () => {
  const output = await talk();
  const fine = await writeGifPreview(output, { width: 160 });
  const coarse = await writeGifPreview(output, { width: 160, maxBytes: fine.size * 0.6 });
  expect(coarse.size).toBeLessThanOrEqual(fine.size * 0.6);
  const controller = new AbortController();
  const ended = writeGifPreview(output, { signal: controller.signal, onProgress: () => controller.abort() });
  expect(await codeOf(ended)).toBe("job/cancelled");
});
