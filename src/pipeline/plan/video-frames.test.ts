import { expect, test } from "vitest";
import { createImage, type RgbaImage } from "../../core/image.ts";
import type { VideoFramesOptions, VideoSource } from "../../media/demux/video-source.ts";
import { rgbaOf } from "../../media/planes/picture.ts";
import { framesAt, picturesInOrder } from "./video-frames.ts";

/** A video whose frame at `starts[i]` is a pixel with the red value `i`; those in `lost` no longer come. */
function video(starts: readonly number[], lost: ReadonlySet<number> = new Set()) {
  let reads = 0;
  async function* pictures({ fromSeconds = 0, toSeconds = Infinity }: VideoFramesOptions = {}) {
    reads++;
    for (const [i, start] of starts.entries()) {
      const ends = starts[i + 1] ?? Infinity;
      if (ends <= fromSeconds || start >= toSeconds || lost.has(i)) continue;
      const picture = createImage(1, 1);
      picture.data[0] = i;
      yield { picture, timestampSeconds: start, durationSeconds: 0.04 };
    }
  }
  return { source: { decoder: "webcodecs", pictures } as unknown as VideoSource, reads: () => reads };
}

const size = { width: 1, height: 1 };

/** Reads places in order and draws on each, as the composition does. */
async function shown(source: VideoSource, places: readonly number[], starts: readonly number[]) {
  const values: number[] = [];
  for await (const picture of picturesInOrder(source, places, {
    ...size,
    starts: Float64Array.from(starts),
  })) {
    const { data } = rgbaOf(picture) satisfies RgbaImage;
    values.push(data[0]!);
    data.fill(255);
  }
  return values;
}

const even = Array.from({ length: 12 }, (_, i) => i / 25);

test("frames come as often as they are shown, forth and back, and what is drawn on one is on no other", async () => {
  const places = [0, 0, 0, 1, 2, 2, 5, 9, 9, 11, 10, 10, 6, 2, 2, 0, 0, 3];
  expect(await shown(video(even).source, places, even)).toEqual(places);
});

test("a frame that repeats is decoded once", async () => {
  const { source, reads } = video([0]);
  expect(await shown(source, new Array<number>(500).fill(0), [0])).toHaveLength(500);
  expect(reads()).toBe(1);
});

test("of two frames at one instant every reading takes the first", async () => {
  // 11 µs apart, as a capture card's clock of 90 kHz tells them; the list has one of the two.
  const instants = [0, 0.04, 0.08, 0.08 + 1 / 90_000, 0.16, 0.2];
  const starts = instants.toSpliced(3, 1);
  const { source } = video(instants);
  expect(await shown(source, [0, 1, 2, 3, 4], starts)).toEqual([0, 1, 2, 4, 5]);
  expect(await shown(source, [2, 3], starts)).toEqual([2, 4]);
  const found: number[] = [];
  for await (const { picture } of framesAt(source, [2], { ...size, starts: Float64Array.from(starts) })) {
    found.push(rgbaOf(picture).data[0]!);
  }
  expect(found).toEqual([2]);
});

test("a neighbour stands in for a frame that a later reading no longer gives", async () => {
  const { source } = video(even, new Set([0, 4, 5, 11]));
  expect(await shown(source, [0, 1, 2, 3, 4, 5, 6, 10, 11, 11, 10], even)).toEqual([
    1, 1, 2, 3, 6, 6, 6, 10, 10, 10, 10,
  ]);
});

test("a file that gives no frames any more ends the job", async () => {
  const { source } = video(even, new Set(even.keys()));
  await expect(shown(source, [0, 1], even)).rejects.toMatchObject({ code: "codec/failed" });
});

/** Kept frames whose red value is 100 more than their place; `lost` ones can no longer be read. */
function keptFrames(first: number, end: number, lost?: number) {
  return {
    has: (place: number) => place >= first && place < end,
    read: (place: number) => {
      const picture = createImage(1, 1);
      picture.data[0] = 100 + place;
      return Promise.resolve(place === lost ? undefined : picture);
    },
  };
}

test("kept frames are not decoded, and the others are read as ever", async () => {
  const { source, reads } = video(even);
  const options = { ...size, starts: Float64Array.from(even), kept: keptFrames(0, 6, 4) };
  const values: number[] = [];
  const places = [0, 1, 2, 3, 4, 5, 6, 7, 8, 7, 6, 5, 4, 3];
  for await (const picture of picturesInOrder(source, places, options)) values.push(rgbaOf(picture).data[0]!);
  expect(values).toEqual([100, 101, 102, 103, 4, 105, 6, 7, 8, 7, 6, 105, 4, 103]);
  expect(reads()).toBe(4);
  const found = new Map<number, number>();
  for await (const { place, picture } of framesAt(source, [9, 2, 7, 2], options))
    found.set(place, rgbaOf(picture).data[0]!);
  expect([...found].sort(([a], [b]) => a - b)).toEqual([
    [2, 102],
    [7, 7],
    [9, 9],
  ]);
  expect(reads()).toBe(5);
});
