import { afterAll, describe, expect, test } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import { createVideoWriter } from "../../src/media/encode/video-writer.ts";
import { openVideo } from "../../src/media/demux/open-video.ts";
import { rgbaOf, type Picture } from "../../src/media/planes/picture.ts";
import { shortVoice } from "../engine/media.ts";

const engine = createEngine();
afterAll(() => engine.dispose());

const CLIPS = import.meta.glob<string>("../fixtures/video/*.mp4", {
  query: "?url",
  import: "default",
  eager: true,
});

async function clip(name: string): Promise<File> {
  return new File([await (await fetch(CLIPS[`../fixtures/video/${name}.mp4`]!)).blob()], `${name}.mp4`);
}

async function picturesOf(file: Blob): Promise<{ pictures: Picture[]; times: number[]; seconds: number }> {
  const video = await openVideo(file);
  const pictures: Picture[] = [];
  const times: number[] = [];
  for await (const { picture, timestampSeconds } of video.pictures()) {
    pictures.push(picture);
    times.push(timestampSeconds);
  }
  const seconds = video.durationSeconds;
  video.dispose();
  return { pictures, times, seconds };
}

/** The head that speaks, its frames at the given instants; the last one lasts until `end`. */
async function talkAt(timestamps: readonly number[], end: number): Promise<File> {
  const { pictures } = await picturesOf(await clip("talk"));
  const { width, height } = pictures[0]!;
  const options = { width, height, fps: { timestamps }, durationSeconds: end, sound: null } as const;
  const writer = await createVideoWriter({ ...options, format: "mp4" });
  for (let i = 0; i < timestamps.length; i++) await writer.add(rgbaOf(pictures[i % pictures.length]!));
  return new File([await writer.finish()], "talk.mp4");
}

/** Rows of the mouth: the lower part of the face's box. */
function mouthChange(a: Picture, b: Picture, face: { x: number; y: number; width: number; height: number }) {
  const [one, other] = [rgbaOf(a), rgbaOf(b)];
  let sum = 0;
  let count = 0;
  for (let y = Math.round(face.y + 0.6 * face.height); y < face.y + 0.92 * face.height; y++) {
    for (let x = Math.round(face.x + 0.25 * face.width); x < face.x + 0.75 * face.width; x++, count++) {
      sum += Math.abs(one.data[(y * one.width + x) * 4]! - other.data[(y * one.width + x) * 4]!);
    }
  }
  return sum / count;
}

describe("the output's clock is its own", () => {
  test.each([
    ["a single frame", [0], 0.04],
    ["a still picture of one frame a second", [0, 1], 2],
    ["two frames far apart", [0, 1.5], 1.54],
    ["a pause between frames", [0, 0.04, 0.08, 0.12, 0.16, 0.2, 1.2, 1.24, 1.28], 1.32],
  ] as const)("%s", async (_, timestamps, end) => {
    const video = await talkAt(timestamps, end);
    const voice = await shortVoice(1.4);
    const { output, report } = await engine.run({
      model: "lipsync-video",
      formState: { video, audio: voice },
      backend: "wasm",
    });
    const { pictures, times, seconds } = await picturesOf(output);
    expect(report.fps).toBe(25);
    expect(pictures.length).toBe(report.frames);
    expect(pictures.length).toBe(Math.ceil((report.durationSeconds - 0.001) * 25));
    times.forEach((time, i) => expect(time).toBeCloseTo(i / 25, 3));
    // Picture and sound end together, within a frame.
    expect(Math.abs(seconds - report.durationSeconds)).toBeLessThan(0.041);
    // The mouth speaks in every second, also where the source stands still.
    const face = report.faces[0]!;
    const moved = pictures.slice(1).map((picture, i) => mouthChange(pictures[i]!, picture, face));
    const moving = moved.filter((change) => change > 0.5).length;
    expect(moving / moved.length).toBeGreaterThan(0.4);
  });

  test("two frames at one instant count as one in every pass", async () => {
    const { report, output } = await engine.run({
      model: "lipsync-video",
      formState: { video: await clip("doubled"), audio: await shortVoice(1.2) },
      backend: "wasm",
    });
    expect(report.fps).toBe(25);
    const { pictures } = await picturesOf(output);
    expect(pictures.length).toBe(report.frames);
    expect(pictures.length).toBe(Math.ceil((report.durationSeconds - 0.001) * 25));
  });
});
