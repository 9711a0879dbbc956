import { expect, test } from "vitest";
import { createImage, type RgbaImage } from "../core/image.ts";
import { createRandom } from "../core/random.ts";
import { createMovieWriter } from "../media/movie-writer.ts";
import { openVideo } from "../media/open-video.ts";
import { chooseBitrate, likenessDb, rateAfterTrial } from "./video-rate.ts";

const [WIDTH, HEIGHT, FPS, FRAMES] = [640, 480, 25, 20];
const PIXELS = WIDTH * HEIGHT * FPS;

/** Blobs of light that drift, with grain. */
function scene(index: number, grain: number): RgbaImage {
  const random = createRandom(index);
  const image = createImage(WIDTH, HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const light = 120 + 60 * Math.sin((x + 3 * index) / 30) * Math.cos((y - index) / 25);
      const value = light + grain * (random() - 0.5);
      image.data.set([value, value * 0.9, value * 0.8, 255], (y * WIDTH + x) * 4);
    }
  }
  return image;
}

/** @param told what the source is said to have, as if a better encoder had written it. */
async function choose(
  bitrate: number,
  grain: number,
  told?: number,
): Promise<{ source: number; chosen: number | undefined }> {
  const writer = await createMovieWriter({
    width: WIDTH,
    height: HEIGHT,
    fps: FPS,
    audio: null,
    durationSeconds: FRAMES / FPS,
    format: "mp4",
    bitrate,
  });
  for (let i = 0; i < FRAMES; i++) await writer.add(scene(i, grain));
  const video = await openVideo(await writer.finish());
  const starts = Float64Array.from({ length: FRAMES }, (_, i) => i / FPS);
  const facts = { width: WIDTH, height: HEIGHT, fps: FPS, starts, bitrate: told ?? video.bitrate };
  try {
    const { signal } = new AbortController();
    return {
      source: facts.bitrate,
      chosen: await chooseBitrate({ video, facts, format: "mp4", frames: FRAMES, signal }),
    };
  } finally {
    video.dispose();
  }
}

test("a source of few bits that is easy to keep gives a result of few bits", async () => {
  const { source, chosen } = await choose(500_000, 0);
  expect(chosen! / source).toBeGreaterThan(1.25);
  expect(chosen! / source).toBeLessThan(1.5);
});

test("a source of few bits that is hard to keep gives a result of more, within limits", async () => {
  const { source, chosen } = await choose(5_000_000, 40, 700_000);
  expect(chosen! / source).toBeGreaterThan(1.5);
  expect(chosen!).toBeLessThanOrEqual(0.184 * PIXELS);
});

test("a source with bits enough leaves the rate to the encoder's quality", async () => {
  expect((await choose(5_000_000, 60)).chosen).toBeUndefined();
});

test("a trial that was good enough is kept, one that was not asks for what is missing", () => {
  expect(rateAfterTrial(1e6, 47, 3e6)).toBe(1e6);
  expect(rateAfterTrial(1e6, 42.7, 3e6)).toBe(2e6);
  expect(rateAfterTrial(1e6, 30, 3e6)).toBe(3e6);
});

test("likeness is that of the luminance", () => {
  const [a, b] = [createImage(16, 16), createImage(16, 16)];
  a.data.fill(100);
  b.data.fill(102);
  // 20 · log10(255 / 2), whose root mean square is 2 everywhere.
  expect(likenessDb(a, b)).toBeCloseTo(42.11, 2);
  expect(likenessDb(a, a)).toBe(99);
});
