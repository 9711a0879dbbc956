import { afterAll, expect, test } from "vitest";
import { paintNet } from "../../models/lip-models/test-nets.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { createLipSync } from "../../src/engine/lip-sync.ts";
import type { RgbaImage } from "../../src/core/image.ts";
import { openVideo } from "../../src/media/demux/open-video.ts";
import gapUrl from "../fixtures/video/gap.mp4?url";
import talkUrl from "../fixtures/video/talk.mp4?url";
import { wavOf } from "../engine/media.ts";

const engine = createEngine();
const lipSync = createLipSync(engine);
afterAll(() => engine.dispose());

const lipModel = () => ({ file: new File([paintNet({ size: 96 })], "own.onnx"), acceptLicence: true });
const fileOf = async (url: string) => new File([await (await fetch(url)).blob()], "video.mp4");

/** Noise from `from` to `to` within silence of the given length, in seconds. */
function noise(seconds: number, from: number, to: number): File {
  let state = 1;
  return wavOf(
    Float32Array.from({ length: Math.round(seconds * 16_000) }, (_, i) => {
      state = (state * 48271) % 2147483647;
      return i >= from * 16_000 && i < to * 16_000 ? (state / 2147483647 - 0.5) * 1.6 : 0;
    }),
  );
}

/** Mean green level of the frames around the mouth, where the middle bar shows column 8 of each window. */
async function greens(movie: Blob, box: { x: number; y: number; width: number; height: number }) {
  const video = await openVideo(movie);
  const levels: number[] = [];
  const mean = (image: RgbaImage) => {
    let [sum, count] = [0, 0];
    for (let y = box.y + box.height * 0.76; y < box.y + box.height * 0.84; y++) {
      for (let x = box.x + box.width * 0.45; x < box.x + box.width * 0.55; x++) {
        sum += image.data[(Math.floor(y) * image.width + Math.floor(x)) * 4 + 1]!;
        count++;
      }
    }
    return sum / count;
  };
  try {
    for await (const { image } of video.frames()) levels.push(mean(image));
  } finally {
    video.dispose();
  }
  return levels;
}

test("a video's mouth is painted by the model in time with the new voice", async () => {
  const { output, report } = await lipSync.video(
    { video: await fileOf(talkUrl), audio: noise(1.2, 0.4, 0.8) },
    { lipModel: lipModel(), backend: "wasm" },
  );
  expect(report.frames).toBe(30);
  expect(report.durationSeconds).toBeCloseTo(1.2, 1);
  const levels = await greens(output, report.faces[0]!);
  const [quiet, loud] = [Math.min(...levels), Math.max(...levels)];
  expect(loud - quiet).toBeGreaterThan(60);
  // Column 8 lies 0.1 s after the frame: noise from 0.4 to 0.8 s shows in frames 7.5 to 17.5.
  const bright = levels.flatMap((level, i) => (level > (quiet + loud) / 2 ? [i] : []));
  expect(Math.abs(bright[0]! - 7.5)).toBeLessThanOrEqual(1.5);
  expect(Math.abs(bright.at(-1)! - 17)).toBeLessThanOrEqual(1.5);
});

test("frames without a face pass through and are listed", async () => {
  const { report } = await lipSync.video(
    { video: await fileOf(gapUrl), audio: noise(1.4, 0, 1.4) },
    { lipModel: lipModel(), backend: "wasm" },
  );
  expect(report.frames).toBe(35);
  expect(report.facelessRanges).toHaveLength(1);
  // Frames 16 to 23 are blank.
  const [first, last] = report.facelessRanges[0]!;
  expect(Math.abs(first - 16)).toBeLessThanOrEqual(1);
  expect(Math.abs(last - 23)).toBeLessThanOrEqual(1);
  expect(report.lipModel).toBe("wav2lip-96");
});
