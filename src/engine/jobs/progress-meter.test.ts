import { expect, test } from "vitest";
import type { JobProgress } from "../../job/job.ts";
import { createProgressMeter, VIDEO_WEIGHTS } from "./progress-meter.ts";

test("progress never falls, stages never go back, and each one's time is kept", () => {
  const seen: JobProgress[] = [];
  let time = 0;
  const meter = createProgressMeter(
    (progress) => seen.push(progress),
    () => time,
  );
  const steps = [
    ["decoding", 0],
    ["decoding", 1],
    ["finding faces", 0.5],
    ["decoding", 0.9],
    ["finding faces", 0.4],
    ["rendering", 0],
    ["rendering", 0.5],
    ["encoding", 0],
    ["done", 1],
  ] as const;
  for (const [stage, fraction] of steps) {
    meter.report(stage, fraction);
    time += 1000;
  }
  const values = seen.map((progress) => progress.progress);
  expect(values).toEqual([...values].sort((a, b) => a - b));
  expect(values.at(-1)).toBe(1);
  expect(seen.map(({ stage, stageProgress }) => [stage, stageProgress])).toEqual([
    ["decoding", 0],
    ["decoding", 1],
    ["finding faces", 0.5],
    ["finding faces", 0.5],
    ["rendering", 0],
    ["rendering", 0.5],
    ["encoding", 0],
    ["done", 1],
  ]);
  expect(meter.timings()).toEqual({
    decoding: 2000,
    "finding faces": 3000,
    rendering: 2000,
    encoding: 1000,
  });
});

test("the time left is told only when there is a basis for it", () => {
  const seen: JobProgress[] = [];
  let time = 0;
  const meter = createProgressMeter(
    (progress) => seen.push(progress),
    () => time,
  );
  meter.report("rendering", 0);
  time = 1000;
  meter.report("rendering", 0.25);
  expect(seen[0]!.secondsLeft).toBeUndefined();
  expect(seen[1]!.secondsLeft).toBeCloseTo(3);
});

test("a job that goes on starts at its true share, and its time left goes by its own pace", () => {
  const seen: JobProgress[] = [];
  let time = 0;
  const meter = createProgressMeter(
    (progress) => seen.push(progress),
    () => time,
  );
  meter.report("rendering", 0.5, 0.5);
  expect(seen[0]!.stageProgress).toBe(0.5);
  expect(seen[0]!.secondsLeft).toBeUndefined();
  time = 1000;
  meter.report("rendering", 0.75, 0.5);
  expect(seen[1]!.secondsLeft).toBeCloseTo(1);
});

test("a video's time left is told while its faces are followed, with the rendering to come", () => {
  let time = 0;
  const seen: JobProgress[] = [];
  const meter = createProgressMeter(
    (progress) => seen.push(progress),
    () => time,
    VIDEO_WEIGHTS,
  );
  meter.report("finding faces", 0);
  time = 10_000;
  meter.report("finding faces", 0.5);
  // Ten seconds more of this stage, and the stages after it in their proportion.
  expect(seen.at(-1)!.secondsLeft).toBeCloseTo(10 + (20 * (0.03 + 0.45)) / 0.42, 6);
  expect(seen.at(-1)!.progress).toBeCloseTo(0.08 + 0.21, 6);
});
