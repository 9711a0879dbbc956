import { afterEach, expect, test } from "vitest";
import { createImage, type RgbaImage } from "../core/image.ts";
import { openAudio } from "../media/open-audio.ts";
import { tone, wav } from "../media/test-media.ts";
import { writeFilm } from "./film.ts";

const [SIDE, FPS, FRAMES] = [64, 25, 60];
const { pathname } = location;
afterEach(() => history.replaceState(null, "", pathname));

/** Draws a film of 2.4 s in segments of one second; from which frame on, and the segments that it finished. */
async function draw(pieces: readonly Blob[]): Promise<{ first: number; finished: Blob[] }> {
  const sound = await openAudio(wav({ sampleRateHz: 48_000, signal: tone(440), seconds: FRAMES / FPS }));
  const finished: Blob[] = [];
  let drawnFrom = -1;
  async function* images(first: number): AsyncGenerator<RgbaImage> {
    drawnFrom = first;
    for (let frame = first; frame < FRAMES; frame++) {
      const image = createImage(SIDE, SIDE);
      image.data.fill(4 * frame);
      yield image;
    }
  }
  try {
    await writeFilm(
      {
        ...{ width: SIDE, height: SIDE, fps: FPS, frames: FRAMES, durationSeconds: FRAMES / FPS },
        ...{ sound, format: "webm", encoder: "webcodecs", hashFrames: true, aiMark: true },
        segments: { seconds: 1, kept: { fingerprint: "a job", pieces } },
      },
      images,
      {
        signal: new AbortController().signal,
        onProgress: (news) => void (news.finished && finished.push(news.finished.piece)),
        onPreview: null,
      },
    );
  } finally {
    sound.dispose();
  }
  return { first: drawnFrom, finished };
}

test("kept segments are taken over by a worker of any address: from another origin it starts at a new one each time", async () => {
  const { first, finished } = await draw([]);
  expect([first, finished.length]).toEqual([0, 2]);
  history.replaceState(null, "", "/d5c2a1f0");
  expect(await draw(finished)).toEqual({ first: 2 * FPS, finished: [] });
});
