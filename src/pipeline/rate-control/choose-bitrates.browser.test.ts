import { expect, test } from "vitest";
import { createImage, type RgbaImage } from "../../core/image.ts";
import type { OutputFormat } from "../../job/job.ts";
import { createRandom } from "../../core/random.ts";
import type { Bitrates } from "../../media/encode/bitrate-steps.ts";
import { createVideoWriter } from "../../media/encode/video-writer.ts";
import { openVideo } from "../../media/demux/open-video.ts";
import type { VideoPacket } from "../../media/demux/video-source.ts";
import { chooseBitrates, factorAfterTrial, likenessDb, worstSecond } from "./choose-bitrates.ts";
import { planTimeline } from "../plan/video-timeline.ts";

const [WIDTH, HEIGHT, FPS] = [640, 480, 25];
const PIXELS = WIDTH * HEIGHT * FPS;
const { signal } = new AbortController();

/** Blobs of light, with grain. @param moved by how many pixels. */
function scene(moved: number, grain: number): RgbaImage {
  const random = createRandom(Math.round(moved));
  const image = createImage(WIDTH, HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const light = 120 + 60 * Math.sin((x + 3 * moved) / 30) * Math.cos((y - moved) / 25);
      const value = light + grain * (random() - 0.5);
      image.data.set([value, value * 0.9, value * 0.8, 255], (y * WIDTH + x) * 4);
    }
  }
  return image;
}

/** Waves that run against each other, which no encoder foresees. */
function waves(moved: number): RgbaImage {
  const image = createImage(WIDTH, HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const along = Math.sin((x + y / 3 + 3 * moved) / 11) + Math.sin((x - y + 4 * moved) / 13);
      const value = 120 + 15 * (along + Math.sin((x + y - 5 * moved) / 9));
      image.data.set([value, value, value, 255], (y * WIDTH + x) * 4);
    }
  }
  return image;
}

async function encoded(
  images: readonly RgbaImage[],
  bitrates: Bitrates,
  format: OutputFormat = "mp4",
): Promise<Blob> {
  const writer = await createVideoWriter({
    width: WIDTH,
    height: HEIGHT,
    fps: FPS,
    sound: null,
    durationSeconds: images.length / FPS,
    format,
    bitrates,
  });
  for (const image of images) await writer.add(image);
  return writer.finish();
}

/** @param told what the source is said to have, as if a better encoder had written it. */
async function choose(
  file: Blob,
  frames: number,
  told?: number,
  format: OutputFormat = "mp4",
  { width, height } = { width: WIDTH, height: HEIGHT },
) {
  const video = await openVideo(file);
  const starts = Float64Array.from({ length: frames }, (_, i) => i / FPS);
  const endSeconds = frames / FPS;
  const size = { width, height, fps: FPS, sourceFps: FPS };
  const facts = { ...size, starts, endSeconds, bitrate: told ?? video.bitrate };
  const source = told
    ? { ...video, packets: async () => (await video.packets(signal)).map((packet) => lighter(packet)) }
    : video;
  const lighter = (packet: VideoPacket) => ({ ...packet, bytes: (packet.bytes * told!) / video.bitrate });
  const timeline = planTimeline(starts, endSeconds, endSeconds, FPS);
  try {
    const chosen = await chooseBitrates({ video: source, facts, timeline, format, signal });
    return { source: facts.bitrate, chosen };
  } finally {
    video.dispose();
  }
}

/** A source in which the blobs drift evenly. */
async function chooseForDrift(bitrate: number, grain: number, told?: number) {
  const images = Array.from({ length: 20 }, (_, i) => scene(i, grain));
  return choose(await encoded(images, Uint32Array.of(bitrate)), images.length, told);
}

test("a source of few bits that is easy to keep gives a result of few bits", async () => {
  const { source, chosen } = await chooseForDrift(500_000, 0);
  expect(Math.min(...chosen!) / source).toBeGreaterThan(1.25);
  expect(Math.max(...chosen!) / source).toBeLessThan(1.6);
});

test("a source of few bits that is hard to keep gives a result of more, within limits", async () => {
  const { source, chosen } = await chooseForDrift(5_000_000, 40, 700_000);
  expect(Math.min(...chosen!) / source).toBeGreaterThan(1.5);
  expect(Math.max(...chosen!)).toBeLessThanOrEqual(0.184 * PIXELS);
});

test("a source with bits enough leaves the rate to the encoder's quality", async () => {
  expect((await chooseForDrift(5_000_000, 60)).chosen).toBeUndefined();
});

test("a small picture gets more bits a pixel, as many as its source has and a larger picture needs", async () => {
  const images = Array.from({ length: 20 }, (_, i) => scene(i, 40));
  const file = await encoded(images, Uint32Array.of(5_000_000));
  const small = { width: WIDTH / 4, height: HEIGHT / 4 };
  const chosenFor = async (told: number) => (await choose(file, images.length, told, "mp4", small)).chosen!;
  expect(Math.min(...(await chosenFor(8_000_000)))).toBeGreaterThanOrEqual(8_000_000 / 16);
  expect([...new Set(await chosenFor(40_000_000))]).toEqual([1_400_000]);
});

test("a video that is calm and then moves fast keeps its likeness in every second", async () => {
  // Three seconds at rest, then one in which two waves cross: what the mean allows starves the last one.
  const images = Array.from({ length: 4 * FPS }, (_, i) => waves(Math.max(0, i - 3 * FPS)));
  const source = await encoded(
    images,
    Uint32Array.of(...[1, 1, 1, 1, 1, 1].map(() => 300_000), 900_000),
    "webm",
  );
  const { chosen, source: mean } = await choose(source, images.length, undefined, "webm");
  const [calm, fast] = [chosen![0]!, Math.max(...chosen!)];
  const likenessOf = async (bitrates: Bitrates) => {
    const [before, after] = [
      await openVideo(source),
      await openVideo(await encoded(images, bitrates, "webm")),
    ];
    try {
      const likeness: number[] = [];
      const shown = before.frames()[Symbol.asyncIterator]();
      for await (const { image } of after.frames()) {
        likeness.push(likenessDb(image, (await shown.next()).value!.image));
      }
      return worstSecond(likeness, FPS);
    } finally {
      before.dispose();
      after.dispose();
    }
  };
  const worst = await likenessOf(chosen!);
  const flat = await likenessOf(Uint32Array.of(Math.round(1.3 * mean)));
  const ample = await likenessOf(Uint32Array.of(0.184 * PIXELS));
  expect(fast).toBeGreaterThan(1.5 * calm);
  expect(worst).toBeGreaterThan(45);
  expect(worst).toBeGreaterThan(ample - 0.5);
  expect(flat).toBeLessThan(worst - 0.5);
});

test("a trial that was good enough is kept, one that was not asks for what is missing", () => {
  expect(factorAfterTrial(47)).toBe(1);
  expect(factorAfterTrial(42.7)).toBeCloseTo(2, 6);
});

test("the worst second counts, by its squared differences", () => {
  expect(worstSecond([50, 50, 40, 40, 50, 50], 2)).toBeCloseTo(40, 6);
  expect(worstSecond([50, 40], 25)).toBeCloseTo(-10 * Math.log10((1e-5 + 1e-4) / 2), 6);
  expect(worstSecond([], 25)).toBe(99);
});

test("likeness is that of the luminance", () => {
  const [a, b] = [createImage(16, 16), createImage(16, 16)];
  a.data.fill(100);
  b.data.fill(102);
  // 20 · log10(255 / 2), whose root mean square is 2 everywhere.
  expect(likenessDb(a, b)).toBeCloseTo(42.11, 2);
  expect(likenessDb(a, a)).toBe(99);
});
