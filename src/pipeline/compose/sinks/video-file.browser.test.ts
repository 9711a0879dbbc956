import { afterEach, expect, test } from "vitest";
import { createImage } from "../../../core/image.ts";
import { sha256OfBlob } from "../../../core/sha256.ts";
import { createOutputSound } from "../../../media/encode/output-sound.ts";
import { openAudio } from "../../../media/audio/open-audio.ts";
import { tone, wav } from "../../../media/test-media.ts";
import { openVideoFileSink, type VideoFileOptions } from "./video-file.ts";

const [SIDE, FPS, FRAMES] = [64, 25, 60];
const { pathname } = location;
afterEach(() => history.replaceState(null, "", pathname));

/** Writes a video of 2.4 s in segments of one second; from which frame on, and the segments that it finished. */
async function draw(
  pieces: readonly Blob[],
  chooseBitrates: VideoFileOptions["chooseBitrates"] = async () => undefined,
): Promise<{ first: number; finished: Blob[]; output: Blob }> {
  const voice = () => openAudio(wav({ sampleRateHz: 48_000, signal: tone(440), seconds: FRAMES / FPS }));
  const sound = createOutputSound(voice, "webm", FRAMES / FPS);
  const finished: Blob[] = [];
  const sink = await openVideoFileSink(
    {
      ...{ width: SIDE, height: SIDE, fps: FPS, frames: FRAMES, durationSeconds: FRAMES / FPS },
      ...{ sound, format: "webm", encoder: "webcodecs", hashFrames: true, aiMark: true, chooseBitrates },
      segments: { seconds: 1, kept: { fingerprint: "a job", pieces } },
    },
    {
      signal: new AbortController().signal,
      onProgress: (progress) => void (progress.finished && finished.push(progress.finished.piece)),
      onPreview: null,
    },
  );
  for (let frame = sink.first; frame < FRAMES; frame++) {
    const image = createImage(SIDE, SIDE);
    image.data.fill(4 * frame);
    await sink.add(image);
  }
  const { output } = await sink.finish();
  return { first: sink.first, finished, output };
}

test("kept segments are taken over by a worker of any address: from another origin it starts at a new one each time", async () => {
  const { first, finished } = await draw([]);
  expect([first, finished.length]).toEqual([0, 2]);
  history.replaceState(null, "", "/d5c2a1f0");
  expect(await draw(finished)).toMatchObject({ first: 2 * FPS, finished: [] });
});

test("a video goes on at the rates that were chosen first, and is the same file", async () => {
  const rates = Uint32Array.of(200_000, 50_000, 400_000, 100_000, 300_000);
  const whole = await draw([], async () => rates);
  const goesOn = await draw(whole.finished.slice(0, 1), async () => {
    throw new Error("asked again");
  });
  expect(goesOn.first).toBe(FPS);
  expect(await sha256OfBlob(goesOn.output)).toBe(await sha256OfBlob(whole.output));
  // The rates count: at others it is another file.
  const other = await draw([], async () => Uint32Array.of(20_000));
  expect(other.output.size).not.toBe(whole.output.size);
});

test("a segment of other rates is not mixed in", async () => {
  const [one, two] = [
    await draw([], async () => Uint32Array.of(200_000)),
    await draw([], async () => Uint32Array.of(200_000, 90_000)),
  ];
  expect((await draw([one.finished[0]!, two.finished[1]!])).first).toBe(FPS);
});
