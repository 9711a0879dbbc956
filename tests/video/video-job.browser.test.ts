import { afterAll, describe, expect, test } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import type { JobSpec } from "../../src/job/job-spec.ts";
import type { ErrorCode } from "../../src/job/errors.ts";
import type { RgbaImage } from "../../src/core/image.ts";
import type { JobProgress } from "../../src/job/job.ts";
import { openVideo } from "../../src/media/demux/open-video.ts";
import { fixture, pictureOf, shortVoice, silence, wavOf } from "../engine/media.ts";

const engine = createEngine();
afterAll(() => engine.dispose());

const CLIPS = import.meta.glob<string>("../fixtures/video/*.mp4", {
  query: "?url",
  import: "default",
  eager: true,
});

/** One of the project's own clips. */
async function clip(name: string): Promise<File> {
  const url = CLIPS[`../fixtures/video/${name}.mp4`];
  if (!url) throw new Error(`tests/fixtures/video/${name}.mp4 is missing`);
  return new File([await (await fetch(url)).blob()], `${name}.mp4`, { type: "video/mp4" });
}

type VideoFormState = Extract<JobSpec<Blob>, { model: "lipsync-video" }>["formState"];

function run(
  formState: VideoFormState,
  options: Partial<Pick<JobSpec<Blob>, "hashFrames">> = {},
  listeners: Parameters<typeof engine.run>[1] = {},
) {
  return engine.run({ model: "lipsync-video", formState, backend: "wasm", ...options }, listeners);
}

async function framesOf(movie: Blob): Promise<{ images: RgbaImage[]; times: number[]; seconds: number }> {
  const video = await openVideo(movie);
  const images: RgbaImage[] = [];
  const times: number[] = [];
  try {
    for await (const { image, timestampSeconds } of video.frames()) {
      images.push(image);
      times.push(timestampSeconds);
    }
    return { images, times, seconds: video.durationSeconds };
  } finally {
    video.dispose();
  }
}

/** Mean difference of two pictures over the pixels of a box, in grey levels. */
function difference(
  a: RgbaImage,
  b: RgbaImage,
  box = { x: 0, y: 0, width: a.width, height: a.height },
): number {
  let sum = 0;
  for (let y = box.y; y < box.y + box.height; y++) {
    for (let x = box.x; x < box.x + box.width; x++) {
      const at = (y * a.width + x) * 4;
      for (let k = 0; k < 3; k++) sum += Math.abs(a.data[at + k]! - b.data[at + k]!);
    }
  }
  return sum / (3 * box.width * box.height);
}

/** Encoding alone changes a pixel of these clips by less than this on average, in grey levels. */
const ENCODING = 2.5;

/** Names of the frames that are kept on the disk, and of videos that are being written. */
async function temporaryFiles(): Promise<string[]> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle("dudak-temporary", { create: true });
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}

test("frames are kept while a job draws, and are gone when it has ended, failed or was cancelled", async () => {
  const before = await temporaryFiles();
  const added = async () => (await temporaryFiles()).filter((name) => !before.includes(name));
  const audio = await shortVoice(1);
  let kept: Promise<string[]> | undefined;
  const onProgress = ({ stage }: JobProgress) => {
    if (stage === "rendering") kept ??= added();
  };
  await run({ video: await clip("talk"), audio }, {}, { onProgress });
  expect((await kept!).filter((name) => name.endsWith(".frames"))).toHaveLength(1);
  expect(await added()).toEqual([]);

  await expect(run({ video: await clip("no-face"), audio })).rejects.toMatchObject({
    code: "input/no-face",
  });
  expect(await added()).toEqual([]);

  for (const wanted of ["finding faces", "rendering"]) {
    const controller = new AbortController();
    const cancelAt = ({ stage, stageProgress = 0 }: JobProgress) => {
      if (stage === wanted && stageProgress > 0) controller.abort();
    };
    const running = run(
      { video: await clip("talk"), audio },
      {},
      { signal: controller.signal, onProgress: cancelAt },
    );
    await expect(running).rejects.toMatchObject({ code: "job/cancelled" });
    await expect.poll(added).toEqual([]);
  }
});

describe("a video and a new voice", () => {
  test("become a video as long as the voice, at the source's rate, changed only around the mouth", async () => {
    const seen: JobProgress[] = [];
    const video = await clip("talk");
    const { output, report } = await run(
      { video, audio: await shortVoice(1) },
      {},
      { onProgress: (progress) => seen.push(progress) },
    );
    const [before, after] = [await framesOf(video), await framesOf(output)];
    expect(report.fps).toBe(25);
    expect(report.frames).toBeGreaterThanOrEqual(20);
    expect(after.images.length).toBe(report.frames);
    expect(Math.abs(after.seconds - report.durationSeconds)).toBeLessThanOrEqual(1 / 25 + 0.001);
    expect(report.facelessRanges).toEqual([]);
    const face = report.faces.find(({ animated }) => animated)!;
    const [x, y] = [Math.round(face.x), Math.round(face.y)];
    const [width, height] = [Math.round(face.width), Math.round(face.height)];
    const top = { x: 0, y: 0, width: report.width, height: y + Math.round(0.5 * height) };
    const mouth = {
      x: x + Math.round(0.25 * width),
      y: y + Math.round(0.62 * height),
      width: Math.round(0.5 * width),
      height: Math.round(0.3 * height),
    };
    let mouthChange = 0;
    for (let i = 0; i < report.frames; i++) {
      expect(difference(before.images[i]!, after.images[i]!, top)).toBeLessThan(ENCODING);
      mouthChange = Math.max(mouthChange, difference(before.images[i]!, after.images[i]!, mouth));
    }
    expect(mouthChange).toBeGreaterThan(6);
    const values = seen.map((progress) => progress.progress);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(seen.at(-1)).toMatchObject({ stage: "done", progress: 1 });
  });

  test("rest where the new voice is silent, though the old mouth spoke", async () => {
    const video = await clip("talk");
    const { output, report } = await run({ video, audio: silence(1) });
    const { images } = await framesOf(output);
    const face = report.faces[0]!;
    // The inside of the source's mouth is bright pink: nothing of it may be left.
    const bright = (image: RgbaImage) => {
      let count = 0;
      for (let y = Math.round(face.y + 0.6 * face.height); y < face.y + 0.9 * face.height; y++) {
        for (let x = Math.round(face.x + 0.3 * face.width); x < face.x + 0.7 * face.width; x++) {
          const at = (y * image.width + x) * 4;
          if (image.data[at + 1]! > 135) count++;
        }
      }
      return count;
    };
    const before = await framesOf(video);
    expect(Math.max(...before.images.map(bright))).toBeGreaterThan(40);
    expect(Math.max(...images.map(bright))).toBeLessThan(8);
  });

  test("frames without a face pass untouched, are told, and do not shift what follows", async () => {
    const video = await clip("gap");
    const { output, report, warnings } = await run({ video, audio: await shortVoice(1.6) });
    const [before, after] = [await framesOf(video), await framesOf(output)];
    expect(report.facelessRanges.length).toBe(1);
    const [first, last] = report.facelessRanges[0]!;
    // A frame at each side where the new mouth has just faded out counts as well.
    expect(first).toBeGreaterThanOrEqual(15);
    expect(first).toBeLessThanOrEqual(16);
    expect(last).toBeGreaterThanOrEqual(23);
    expect(last).toBeLessThanOrEqual(24);
    expect(warnings.map(({ code }) => code)).toContain("video/faceless");
    for (let i = 16; i <= 23; i++) expect(difference(before.images[i]!, after.images[i]!)).toBeLessThan(1);
    // The report shows the one in the middle.
    const [left, ...others] = report.leftFrames!;
    expect([left!.frame, others]).toEqual([Math.floor((first + last) / 2), []]);
    const bitmap = await createImageBitmap(await (await fetch(left!.picture)).blob());
    expect(bitmap.height).toBe(96);
    const small = (picture: ImageBitmap): RgbaImage => {
      const context = new OffscreenCanvas(bitmap.width, 96).getContext("2d")!;
      context.drawImage(picture, 0, 0, bitmap.width, 96);
      const { data } = context.getImageData(0, 0, bitmap.width, 96);
      return { width: bitmap.width, height: 96, data };
    };
    const shown = async ({ data, width, height }: RgbaImage) =>
      small(await createImageBitmap(new ImageData(new Uint8ClampedArray(data), width, height)));
    const [gap, spoken] = [before.images[left!.frame]!, before.images[5]!];
    expect(difference(small(bitmap), await shown(gap))).toBeLessThan(ENCODING);
    expect(difference(small(bitmap), await shown(spoken))).toBeGreaterThan(ENCODING);
    for (const i of [26, 30, 34]) {
      const top = { x: 0, y: 0, width: report.width, height: Math.round(report.faces[0]!.y + 30) };
      expect(difference(before.images[i]!, after.images[i]!, top)).toBeLessThan(ENCODING);
    }
  });

  test("a longer voice plays the video back and forth without a jump", async () => {
    const video = await clip("talk");
    const { output, report } = await run({ video, audio: silence(2.6) });
    const { images } = await framesOf(output);
    expect(images.length).toBe(65);
    const steps = images.slice(1).map((image, i) => difference(image, images[i]!));
    const largest = Math.max(...steps.slice(0, 29));
    expect(Math.max(...steps)).toBeLessThan(1.5 * largest + 1);
    expect(Math.abs(report.durationSeconds - 2.6)).toBeLessThan(0.01);
  });

  test("a mask lets white change and keeps black, and the same job gives the same frames", async () => {
    // Through the middle of the mouth.
    const SPLIT = 136;
    const video = await clip("talk");
    const audio = await shortVoice(0.8);
    const mask = await pictureOf(240, 240, (context) => {
      context.fillStyle = "#000";
      context.fillRect(0, 0, 240, 240);
      context.fillStyle = "#fff";
      context.fillRect(0, 0, SPLIT, 240);
    });
    const masked = await run({ video, audio, maskImage: mask, seed: 1 }, { hashFrames: true });
    const before = await framesOf(video);
    const after = await framesOf(masked.output);
    const { y, height } = masked.report.faces.find(({ animated }) => animated)!;
    const mouth = { y: Math.round(y + 0.62 * height), width: 20, height: Math.round(0.3 * height) };
    const changes = (box: Parameters<typeof difference>[2]) =>
      Math.max(...after.images.map((image, i) => difference(before.images[i]!, image, box)));
    expect(changes({ ...mouth, x: SPLIT - 4 - mouth.width })).toBeGreaterThan(4 * ENCODING);
    expect(changes({ ...mouth, x: SPLIT + 4 })).toBeLessThan(ENCODING);
    expect(changes({ x: SPLIT + 4, y: 0, width: 236 - SPLIT, height: 240 })).toBeLessThan(ENCODING);
    const again = await run({ video, audio, maskImage: mask, seed: 1 }, { hashFrames: true });
    expect(again.report.framesSha256).toBe(masked.report.framesSha256);
  });

  test("of two people only the chosen one changes", async () => {
    const video = await clip("two");
    const mask = await pictureOf(160, 90, (context) => {
      context.fillStyle = "#000";
      context.fillRect(0, 0, 160, 90);
      context.fillStyle = "#fff";
      context.fillRect(80, 0, 80, 90);
    });
    const { output, report } = await run({ video, audio: await shortVoice(0.8), maskImage: mask });
    const [before, after] = [await framesOf(video), await framesOf(output)];
    const animated = report.faces.filter((face) => face.animated);
    expect(animated).toHaveLength(1);
    expect(animated[0]!.x).toBeGreaterThan(report.width / 2);
    for (let i = 0; i < after.images.length; i++) {
      const left = { x: 0, y: 0, width: report.width / 2 - 10, height: report.height };
      expect(difference(before.images[i]!, after.images[i]!, left)).toBeLessThan(ENCODING);
    }
  });

  test("a cancelled job stops and the next one works", async () => {
    const video = await clip("talk");
    const controller = new AbortController();
    const cancelled = run(
      { video, audio: silence(4) },
      {},
      {
        signal: controller.signal,
        onProgress: ({ stage }) => stage === "rendering" && controller.abort(),
      },
    );
    await expect(cancelled).rejects.toMatchObject({ code: "job/cancelled" });
    expect((await run({ video, audio: silence(0.2) })).report.frames).toBe(5);
  });
});

const bad: [
  string,
  ErrorCode,
  () => Promise<{ video?: File; audio?: File }> | { video?: File; audio?: File },
][] = [
  ["a video without any face", "input/no-face", async () => ({ video: await clip("no-face") })],
  ["an empty video file", "input/video-empty", () => ({ video: new File([], "a.mp4") })],
  [
    "a picture named .mp4",
    "input/video",
    async () => ({ video: new File([await fixture("portrait.jpg")], "a.mp4", { type: "video/mp4" }) }),
  ],
  ["a sound in the place of a video", "input/video", async () => ({ video: await fixture("voice.mp3") })],
  [
    "a video cut off in its middle",
    "input/video",
    async () => {
      const whole = await clip("no-face");
      return { video: new File([whole.slice(0, 200)], "cut.mp4") };
    },
  ],
  ["an empty voice", "input/audio-empty", () => ({ audio: new File([], "a.wav") })],
  ["a text in the place of a voice", "input/audio", () => ({ audio: new File(["hello"], "a.mp3") })],
];

test.each(bad)("%s ends with %s and a sentence; the next job works", async (...[, code, files]) => {
  const { video, audio } = await files();
  const error = await run({ video: video ?? (await clip("talk")), audio: audio ?? silence(0.3) }).then(
    () => {
      throw new Error("the job succeeded");
    },
    (failure: { code: ErrorCode; message: string }) => failure,
  );
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/^[“A-Z].{15,}[.)]$/s);
});

test("a voice of a tenth of a second makes a video of three frames", async () => {
  const audio = wavOf(Float32Array.from({ length: 1600 }, (_, i) => 0.2 * Math.sin(i / 8)));
  expect((await run({ video: await clip("talk"), audio })).report.frames).toBe(3);
});
