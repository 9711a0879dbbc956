import { expect, test } from "vitest";
import { MEL_BANDS } from "./log-mel.ts";
import { levelled, LoudFrames } from "./loud-frames.ts";

const frame = (level: number) => levelled(new Float32Array(MEL_BANDS).fill(level));
const levels = (frames: LoudFrames) => frames.frames().map(({ level }) => level);

test("what counts is the loud part, however long it was quiet before and after", () => {
  const frames = new LoudFrames();
  for (let i = 0; i < 1000; i++) frames.add(frame(-20));
  for (let i = 0; i < 30; i++) frames.add(frame(-5));
  expect(levels(frames)).toEqual(Array(30).fill(-5));
  for (let i = 0; i < 5000; i++) frames.add(frame(-20));
  expect(levels(frames)).toEqual(Array(30).fill(-5));
});

test("a click of 50 ms does not drive a voice out", () => {
  const frames = new LoudFrames();
  for (let i = 0; i < 300; i++) frames.add(frame(-6));
  for (let i = 0; i < 5; i++) frames.add(frame(4));
  expect(levels(frames).filter((level) => level === -6)).toHaveLength(300);
});

test("of a lasting voice the last eight seconds are kept", () => {
  const frames = new LoudFrames();
  for (let i = 0; i < 4000; i++) frames.add(frame(-4 - (i % 3)));
  expect(frames.frames()).toHaveLength(800);
});
