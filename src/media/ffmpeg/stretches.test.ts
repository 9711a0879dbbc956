import { expect, test } from "vitest";
import { planStretches, readFrameList } from "./stretches.ts";

/** Frames a second apart, key frames at some places. */
const framesOf = (count: number, keys: readonly number[]) =>
  Array.from({ length: count }, (_, i) => ({ seconds: 10 + i, key: keys.includes(i) }));

test("a video is divided at key frames, each stretch seeking behind its own", () => {
  expect(planStretches(framesOf(121, [0, 30, 60, 90, 120]), 100)).toEqual([
    { from: null, to: 69.5, seek: null, frames: 60 },
    { from: 69.5, to: 129.5, seek: 70.5, frames: 60 },
    { from: 129.5, to: null, seek: 130.001, frames: 1 },
  ]);
});

test("a video stays whole that begins with no key frame, has too few of them, or shows two frames at once", () => {
  expect(planStretches([], 100)).toBeNull();
  expect(planStretches(framesOf(200, [1, 60, 120]), 100)).toBeNull();
  expect(planStretches(framesOf(200, [0]), 300)).toBeNull();
  expect(planStretches(framesOf(200, [0, 60]), 100)).toBeNull();
  expect(planStretches(framesOf(200, [0, 60, 120]), 100)).not.toBeNull();
  const doubled = framesOf(200, [0, 60, 120]).map((frame, i) =>
    i === 9 ? { ...frame, seconds: 18 } : frame,
  );
  expect(planStretches(doubled, 100)).toBeNull();
});

test("packets are read in the order in which they are shown, with their key frames", () => {
  const text = [
    "#software: Lavf59.27.100",
    "#tb 0: 1/50",
    "#media_type 0: video",
    "0,         -2,          0,        1,    24064, 0x0b4a6d6e",
    "0,         -1,          4,        1,     1205, 0x5d3f5d57, F=0x0",
    "0,          0,          2,        1,      805, 0x7b5d9c1e, F=0x0, S=1,        8, 0x03290157",
    "0,          1,          6,        1,      905, 0x7b5d9c1f, F=0x1",
    // Before the instant at which the container lets the film begin.
    "0,         -3,         -5,        1,      905, 0x7b5d9c1f, F=0x5",
  ].join("\n");
  expect(readFrameList(text)).toEqual([
    { seconds: 0, key: true },
    { seconds: 0.04, key: false },
    { seconds: 0.08, key: false },
    { seconds: 0.12, key: true },
  ]);
});
