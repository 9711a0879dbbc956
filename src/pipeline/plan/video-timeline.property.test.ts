import fc from "fast-check";
import { expect, test } from "vitest";
import { frameRateOf } from "../../media/demux/frame-rate.ts";
import { outputRate } from "./output-rate.ts";
import { planTimeline, rangesOf } from "./video-timeline.ts";

/** Frames of lengths between 11 µs and half a second. */
const lengths = fc.array(fc.double({ min: 1.1e-5, max: 0.5, noNaN: true }), {
  minLength: 1,
  maxLength: 40,
});
const duration = fc.integer({ min: 0, max: 20_000 }).map((ms) => ms / 1000);
const rate = fc.constantFrom(24_000 / 1001, 24, 25, 29.97, 60);

test("a timeline begins at 0, runs evenly, ends just before its length, and shows what the source shows then", () => {
  fc.assert(
    fc.property(lengths, duration, rate, (frames, seconds, fps) => {
      const starts: number[] = [];
      let end = 0;
      for (const length of frames) {
        starts.push(end);
        end += length;
      }
      const plan = planTimeline(starts, end, seconds, fps);
      expect(plan.frames.length).toBe(plan.starts.length);
      expect([plan.frames[0] === 0 || starts[plan.frames[0]!]! <= 0.5 / fps, plan.starts[0]]).toEqual([
        true,
        0,
      ]);
      plan.starts.forEach((start, k) => expect(start).toBeCloseTo(k / fps, 9));
      const last = plan.starts.at(-1)!;
      expect(last).toBeLessThan(Math.max(seconds, 1e-9));
      expect(last).toBeGreaterThanOrEqual(seconds - 1 / fps - 0.0011);
      for (let k = 0; k < Math.min(plan.frames.length, Math.round(end * fps)); k++) {
        const place = plan.frames[k]!;
        expect(starts[place]!).toBeLessThanOrEqual((k + 0.5) / fps + 1e-9);
        expect(starts[place + 1] ?? Infinity).toBeGreaterThan((k + 0.5) / fps - 1e-9);
      }
    }),
  );
});

/** What a hostile or broken file can claim of its frames' instants, in seconds. */
const instants = fc.array(
  fc.oneof(
    fc.double({ min: -1e12, max: 1e12, noNaN: true }),
    fc.double({ min: 0, max: 1e-6, noNaN: true }),
    fc.double({ min: 0, max: 100, noNaN: true }),
  ),
  { minLength: 1, maxLength: 200 },
);
const end = fc.oneof(fc.constantFrom(0, -1, Number.NaN, Infinity), fc.double({ min: -1e15, max: 1e15 }));

test("whatever a file claims, a plan has at most 60 frames a second and one, and it ends", () => {
  fc.assert(
    fc.property(instants, end, duration, (claimed, endSeconds, seconds) => {
      const starts = Float64Array.from(claimed).sort();
      const fps = outputRate(frameRateOf(starts));
      expect(fps).toBeGreaterThanOrEqual(23);
      expect(fps).toBeLessThanOrEqual(60);
      const plan = planTimeline(starts, endSeconds, seconds, fps);
      expect(plan.frames.length).toBeLessThanOrEqual(seconds * 60 + 1);
      expect(plan.frames.every((place) => place >= 0 && place < starts.length)).toBe(true);
    }),
  );
});

test("ranges name exactly the places that are true, and no two of them touch", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (values) => {
      const ranges = rangesOf(values);
      const named = values.map((_, i) => ranges.some(([first, last]) => i >= first && i <= last));
      expect(named).toEqual(values);
      for (let i = 1; i < ranges.length; i++) expect(ranges[i]![0]).toBeGreaterThan(ranges[i - 1]![1] + 1);
    }),
  );
});
