import { expect, test } from "vitest";
import { openAudio } from "../audio/open-audio.ts";
import { openWithFfmpeg } from "../ffmpeg/video-ffmpeg.ts";
import { rgbaOf } from "../planes/picture.ts";
import { fixtureFile } from "../test-media.ts";
import { openVideo } from "./open-video.ts";
import { withEdits, type Edit } from "./test-edits.ts";
import type { VideoSource } from "./video-source.ts";

/** Three seconds: red with 300 Hz, green with 600 Hz, blue with 900 Hz. */
const thirds = new Uint8Array(await (await fixtureFile("thirds.mp4")).arrayBuffer());

/** The colour that rules each frame, as runs. */
async function colours(video: VideoSource) {
  const runs: [name: string, frames: number][] = [];
  let last = 0;
  for await (const { picture, timestampSeconds } of video.pictures()) {
    const { data } = rgbaOf(picture);
    const name = ["red", "green", "blue"][
      data.subarray(0, 3).indexOf(Math.max(data[0]!, data[1]!, data[2]!))
    ]!;
    if (runs.at(-1)?.[0] === name) runs.at(-1)![1]++;
    else runs.push([name, 1]);
    expect(timestampSeconds).toBeGreaterThanOrEqual(last);
    last = timestampSeconds;
  }
  const { durationSeconds } = video;
  expect(last).toBeLessThan(durationSeconds);
  const listed = (await video.packets?.(new AbortController().signal))?.length;
  video.dispose();
  return { runs, durationSeconds, listed };
}

/** Pitch of a stretch by its zero crossings, in Hz. */
function pitch(mono: Float32Array, from: number, to: number): number {
  let crossings = 0;
  const [first, end] = [Math.round(from * 16_000), Math.round(to * 16_000)];
  for (let i = first + 1; i < end; i++) if (mono[i - 1]! < 0 && mono[i]! >= 0) crossings++;
  return crossings / (to - from);
}

async function hear(file: Blob) {
  const audio = await openAudio(file);
  const mono = await audio.mono16k();
  audio.dispose();
  return { mono, audio };
}

test("what was trimmed off a video's end is neither shown nor heard", async () => {
  for (const [edit, runs] of [
    [
      [2, 0],
      [
        ["red", 25],
        ["green", 25],
      ],
    ],
    [
      [1.4, 0.4],
      [
        ["red", 15],
        ["green", 20],
      ],
    ],
  ] as const satisfies readonly (readonly [Edit, unknown])[]) {
    const file = withEdits(thirds, [edit]);
    const opened = await openVideo(file);
    expect(opened.decoder).toBe("webcodecs");
    for (const video of [opened, (await openWithFfmpeg(file, undefined))!]) {
      const seen = await colours(video);
      expect(seen.runs).toEqual(runs);
      expect(seen.durationSeconds).toBeCloseTo(edit[0], 1);
    }
    const { mono, audio } = await hear(file);
    expect(audio.decoder).toBe("webcodecs");
    expect(mono.length / 16_000).toBeCloseTo(edit[0], 3);
    const end = edit[0] - 0.05;
    expect(Math.abs(pitch(mono, end - 0.5, end) - 600)).toBeLessThan(10);
  }
});

test("a part taken out of the middle stays out, of pictures and sound", async () => {
  const file = withEdits(thirds, [
    [1, 0],
    [1, 2],
  ]);
  const video = await openVideo(file);
  expect(video.decoder).toBe("ffmpeg");
  const seen = await colours(video);
  expect(seen.runs).toEqual([
    ["red", 25],
    ["blue", 25],
  ]);
  expect(seen.durationSeconds).toBeCloseTo(2, 1);
  const { mono } = await hear(file);
  expect(mono.length / 16_000).toBeGreaterThan(1.9);
  expect(mono.length / 16_000).toBeLessThan(2.1);
  expect(Math.abs(pitch(mono, 0.2, 0.8) - 300)).toBeLessThan(10);
  expect(Math.abs(pitch(mono, 1.2, 1.8) - 900)).toBeLessThan(10);
});
