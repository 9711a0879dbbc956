import { afterAll, expect, test } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import type { ErrorCode } from "../../src/job/errors.ts";
import { createImage, type RgbaImage } from "../../src/core/image.ts";
import { createRandom } from "../../src/core/random.ts";
import { createVideoWriter } from "../../src/media/encode/video-writer.ts";
import { fixtureFile } from "../../src/media/test-media.ts";
import { fixture, silence } from "../engine/media.ts";

const engine = createEngine();
afterAll(() => engine.dispose());

const [WIDTH, HEIGHT] = [240, 300];

/** The bundled portrait at the size of the test's videos. */
async function portrait(): Promise<RgbaImage> {
  const bitmap = await createImageBitmap(await fixture("portrait.jpg"));
  const context = new OffscreenCanvas(WIDTH, HEIGHT).getContext("2d")!;
  context.drawImage(bitmap, 0, 0, WIDTH, HEIGHT);
  bitmap.close();
  return { width: WIDTH, height: HEIGHT, data: context.getImageData(0, 0, WIDTH, HEIGHT).data };
}

function grey(): RgbaImage {
  const image = createImage(WIDTH, HEIGHT);
  image.data.fill(110);
  return image;
}

/** A video of these frames at 25 a second; its index comes first. */
async function encoded(frames: readonly RgbaImage[]): Promise<File> {
  const writer = await createVideoWriter({
    width: WIDTH,
    height: HEIGHT,
    fps: 25,
    sound: null,
    durationSeconds: frames.length / 25,
    format: "mp4",
  });
  for (const frame of frames) await writer.add(frame);
  return new File([await writer.finish()], "film.mp4", { type: "video/mp4" });
}

const still = async (count: number) => {
  const face = await portrait();
  return encoded(Array.from({ length: count }, () => face));
};

function run(video: File, seconds = 0.4) {
  return engine.run({
    model: "lipsync-video",
    formState: { video, audio: silence(seconds) },
    backend: "wasm",
  });
}

/** An MP4 with a track of pictures that holds none. */
async function withoutFrames(): Promise<File> {
  const bytes = new Uint8Array(await (await still(2)).arrayBuffer());
  const view = new DataView(bytes.buffer);
  const text = new TextDecoder("latin1").decode(bytes);
  // The number of entries of the tables of times, sizes, chunks and offsets.
  for (const [box, at] of [
    ["stts", 8],
    ["stsz", 12],
    ["stsc", 8],
    ["stco", 8],
    ["stss", 8],
  ] as const) {
    const found = text.indexOf(box);
    if (found >= 0) view.setUint32(found + at, 0);
  }
  return new File([bytes], "empty.mp4");
}

const cases: [string, ErrorCode, () => Promise<File>][] = [
  ["a protected video", "input/encrypted", () => fixtureFile("encrypted.mp4")],
  ["a video of 7680 × 4320 pixels", "input/video-too-large", () => fixtureFile("8k.webm")],
  [
    "a face in a single frame",
    "input/no-face",
    async () => {
      const [face, nothing] = [await portrait(), grey()];
      return encoded(Array.from({ length: 20 }, (_, i) => (i === 8 ? face : nothing)));
    },
  ],
  ["a video without frames", "input/video-empty", withoutFrames],
  [
    "a video that breaks off in its first frame",
    "input/video",
    async () => {
      const whole = await still(4);
      return new File([whole.slice(0, Math.round(0.6 * whole.size))], "cut.mp4");
    },
  ],
  [
    "a sound named .mp4",
    "input/video",
    async () => new File([await fixture("voice.mp3")], "a.mp4", { type: "video/mp4" }),
  ],
];

test.each(cases)("%s ends with %s and a sentence", async (...[, code, video]) => {
  const error = await run(await video()).then(
    () => {
      throw new Error("the job succeeded");
    },
    (failure: { code: ErrorCode; message: string }) => failure,
  );
  expect([error.code, error.message]).toEqual([code, expect.stringMatching(/^[“A-Z].{15,}[.)]$/s)]);
});

test("a video that breaks off is used as far as it can be read, and that is told", async () => {
  const [face, random] = [await portrait(), createRandom(5)];
  // Grain, so that every frame takes its share of the file.
  const grainy = () => ({ ...face, data: face.data.map((value) => value + 24 * (random() - 0.5)) });
  const whole = await encoded(Array.from({ length: 50 }, grainy));
  const cut = new File([whole.slice(0, Math.round(0.5 * whole.size))], "cut.mp4");
  const { report, warnings } = await run(cut, 2);
  expect(report.frames).toBe(50);
  expect(warnings.map(({ code }) => code)).toContain("video/cut-short");
});

test("a voice ten times as long as the video plays it back and forth", async () => {
  const { report } = await run(await still(10), 4);
  expect(report.frames).toBe(100);
});

test("a video of one frame gets a voice, too", async () => {
  expect((await run(await still(1))).report.frames).toBe(10);
});
