import { afterAll, expect, test } from "vitest";
import { paintNet } from "../../models/lip-models/test-nets.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { createLipSync } from "../../src/engine/lip-sync.ts";
import type { RgbaImage } from "../../src/core/image.ts";
import { openVideo } from "../../src/media/demux/open-video.ts";
import { fixture, silence, wavOf } from "../engine/media.ts";

const engine = createEngine();
const lipSync = createLipSync(engine);
afterAll(() => engine.dispose());

const net = () => new File([paintNet({ size: 96 })], "own.onnx");

/** Half a second of silence, half a second of noise, half a second of silence. */
function burst(): File {
  let state = 1;
  return wavOf(
    Float32Array.from({ length: 24_000 }, (_, i) => {
      state = (state * 48271) % 2147483647;
      return i >= 8000 && i < 16_000 ? (state / 2147483647 - 0.5) * 1.6 : 0;
    }),
  );
}

async function framesOf(movie: Blob): Promise<RgbaImage[]> {
  const video = await openVideo(movie);
  const frames: RgbaImage[] = [];
  try {
    for await (const { image } of video.frames()) frames.push({ ...image, data: image.data.slice() });
  } finally {
    video.dispose();
  }
  return frames;
}

test("a model whose licence was not accepted is refused with its text, and nothing is rendered", async () => {
  const job = lipSync.image(
    { image: await fixture("portrait.jpg"), audio: silence(0.3) },
    { lipModel: net() },
  );
  await expect(job).rejects.toMatchObject({
    code: "model/licence",
    message: expect.stringMatching(/no commercial use/) as string,
  });
});

test("a picture's mouth is painted by the model at the right instants and nothing else changes", async () => {
  const { output, report, warnings } = await lipSync.image(
    { image: await fixture("portrait.jpg"), audio: burst(), seed: 1 },
    { lipModel: { file: net(), acceptLicence: true }, backend: "wasm" },
  );
  expect(report.frames).toBe(38);
  expect(warnings.map(({ code }) => code)).toContain("model/licence");
  const frames = await framesOf(output);
  const { x, y, width, height } = report.faces[0]!;
  const mean = (image: RgbaImage, channel: number, inside: (px: number, py: number) => boolean) => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < image.width * image.height; i++) {
      if (!inside(i % image.width, Math.floor(i / image.width))) continue;
      sum += image.data[i * 4 + channel]!;
      count++;
    }
    return sum / count;
  };
  // The middle bar (green) shows column 8 of the window; it lies in the middle of the lower face.
  const middle = (px: number, py: number) =>
    Math.abs(px - x - width / 2) < width * 0.06 && Math.abs(py - y - height * 0.8) < height * 0.05;
  const green = frames.map((image) => mean(image, 1, middle));
  const quiet = green[2]!;
  const loud = Math.max(...green);
  expect(loud - quiet).toBeGreaterThan(60);
  // Column 8 of frame i lies 0.1 s after the frame: the noise from 0.5 to 1.0 s shows in frames 10 to 22.
  const bright = green.flatMap((level, i) => (level > (quiet + loud) / 2 ? [i] : []));
  expect(bright[0]).toBeGreaterThanOrEqual(9);
  expect(bright[0]).toBeLessThanOrEqual(11);
  expect(bright.at(-1)).toBeGreaterThanOrEqual(21);
  expect(bright.at(-1)).toBeLessThanOrEqual(23);
  expect(bright.length).toBe(bright.at(-1)! - bright[0]! + 1);
  // Above the eyes and beside the head the picture stands still, up to the encoder.
  const outside = (px: number, py: number) => py < y || px < x - width * 0.4 || px > x + width * 1.4;
  for (const channel of [0, 1, 2]) {
    expect(Math.abs(mean(frames[2]!, channel, outside) - mean(frames[16]!, channel, outside))).toBeLessThan(
      1,
    );
  }
});

test("the same job gives the same frames, with the model still open", async () => {
  const run = async () => {
    const { report } = await lipSync.image(
      { image: await fixture("portrait.jpg"), audio: burst(), seed: 1 },
      { lipModel: { file: net(), acceptLicence: true }, backend: "wasm", hashFrames: true },
    );
    return report.framesSha256;
  };
  const first = await run();
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(await run()).toBe(first);
});

test("a file that is no model fails with its code and the next job works", async () => {
  const image = await fixture("portrait.jpg");
  const broken = new File(["not a model"], "model.onnx");
  await expect(
    lipSync.image({ image, audio: silence(0.2) }, { lipModel: { file: broken, acceptLicence: true } }),
  ).rejects.toMatchObject({ code: "model/unsupported" });
  const { report } = await lipSync.image({ image, audio: silence(0.2) }, { backend: "wasm" });
  expect(report.frames).toBeGreaterThan(0);
});

test("an inspection shows what was understood and tries the model", async () => {
  const found = await lipSync.inspectModel(net(), { backend: "wasm" });
  expect(found.problems).toEqual([]);
  expect(found.manifest).toMatchObject({ id: "wav2lip-96", role: "lip-frames" });
  expect(found.selfTest?.passed).toBe(true);
  expect(found.understood).toContainEqual(
    expect.objectContaining({
      code: "use/sound",
      message: expect.stringContaining("80 mel bands × 16 columns (0.2 s)") as string,
    }),
  );
});
